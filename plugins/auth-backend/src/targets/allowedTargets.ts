/**
 * Where a sign-in may end. Nothing is posted or redirected to a target that was not matched here first (RFC 9700
 * section 4.11).
 */
import picomatch from 'picomatch';
import { RefusalError } from '../errors.ts';

const maximumRedirectUrlBytes = 1500;

/** The allow-list. */
export interface AllowedTargets {
  /** The origin of `app.baseUrl`: where errors go when nothing better is known. */
  readonly appOrigin: string;
  readonly appUrl: string;
  /** Adds an origin; used by the sign-in page while the backend starts. */
  allow(origin: string): void;
  isOriginAllowed(origin: string): boolean;
  /**
   * Parses and matches the `origin` parameter of a start.
   *
   * @throws `ERR_AUTH_ORIGIN_INVALID`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`.
   */
  parseOrigin(origin: string): string;
  /**
   * Parses and matches the `redirectUrl` parameter of a start. The answer is the URL in its normal form.
   *
   * @throws `ERR_AUTH_REDIRECT_URL_INVALID`, `ERR_AUTH_REDIRECT_URL_NOT_ALLOWED`.
   */
  parseRedirectUrl(redirectUrl: string): string;
}

export function createAllowedTargets(options: {
  appUrl: string;
  extraOrigins: readonly string[];
}): AllowedTargets {
  const { appUrl, extraOrigins } = options;
  const appOrigin = new URL(appUrl).origin;
  const origins = new Set([appOrigin]);
  const matchesPattern = extraOrigins.map((pattern) =>
    picomatch(pattern, { nocase: true, noglobstar: true, dot: true }),
  );

  function isOriginAllowed(origin: string): boolean {
    return origins.has(origin) || matchesPattern.some((matches) => matches(origin));
  }

  return {
    appOrigin,
    appUrl,
    allow: (origin) => void origins.add(new URL(origin).origin),
    isOriginAllowed,
    parseOrigin(text) {
      const origin = parseHttpUrl(text)?.origin;
      if (origin === undefined) throw new RefusalError('ERR_AUTH_ORIGIN_INVALID');
      if (!isOriginAllowed(origin)) {
        throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED', {
          sentence: `Origin '${origin}' is not allowed`,
        });
      }
      return origin;
    },
    parseRedirectUrl(text) {
      const url = Buffer.byteLength(text) <= maximumRedirectUrlBytes ? parseHttpUrl(text) : undefined;
      // eslint-disable-next-line no-control-regex -- a Location header must not carry control characters
      if (!url || /[\u0000-\u0020\u007f]/.test(text)) throw new RefusalError('ERR_AUTH_REDIRECT_URL_INVALID');
      if (!isOriginAllowed(url.origin)) throw new RefusalError('ERR_AUTH_REDIRECT_URL_NOT_ALLOWED');
      return url.href;
    },
  };
}

/** Only http and https targets exist, and none carries a user name that could pass for a host. */
function parseHttpUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  return isHttp && url.username === '' && url.password === '' ? url : undefined;
}
