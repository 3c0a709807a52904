/**
 * Where a sign-in may end. Nothing is posted or redirected to a target that was not matched here first (RFC 9700
 * section 4.11).
 */
import { coreServices, parseUrl } from '@vestibule/backend-plugin-api';
import { RefusalError, backendUrl, frontEndUrl } from '@vestibule/plugin-auth-node';
import type { RouteContext } from '@vestibule/koa-handler';
import picomatch from 'picomatch';
import { internalService } from '../internalService.ts';
import { authSettingsServiceRef } from '../settings.ts';

const maximumRedirectUrlBytes = 1500;
/** Scheme, a host name of 253 characters (RFC 1035 section 2.3.4), and port. Patterns take long on what is no origin. */
const maximumOriginLength = 'https://'.length + 253 + ':65535'.length;

/** What a URL consists of (RFC 3986 appendix A). */
const urlCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;

/** The allow-list. */
export class AllowedTargets {
  /** The origin of `app.baseUrl`: where errors go when nothing better is known. */
  readonly appOrigin: string;
  private readonly pageOrigins = new Set<string>();
  private readonly matchesPattern: readonly ((origin: string) => boolean)[];

  /** @param homeUrl - Where a sign-in page of ours would be. */
  constructor(
    readonly appUrl: string,
    private readonly homeUrl: string,
    extraOrigins: readonly string[],
  ) {
    this.appOrigin = new URL(appUrl).origin;
    const options = { nocase: true, noglobstar: true, dot: true };
    this.matchesPattern = extraOrigins.map((pattern) => picomatch(pattern, options));
  }

  /** Adds the origin of a sign-in page of ours, while the backend starts. */
  allow(origin: string): void {
    this.pageOrigins.add(new URL(origin).origin);
  }

  isOriginAllowed(origin: string): boolean {
    if (origin === this.appOrigin || this.pageOrigins.has(origin)) return true;
    return origin.length <= maximumOriginLength && this.matchesPattern.some((matches) => matches(origin));
  }

  /** Whether targets that were parsed before are allowed still. */
  isAllowed({ origin, redirectUrl = origin }: { origin: string; redirectUrl?: string }): boolean {
    return this.isOriginAllowed(origin) && this.isOriginAllowed(new URL(redirectUrl).origin);
  }

  /**
   * Parses and matches the `origin` parameter of a start.
   *
   * @throws `ERR_AUTH_ORIGIN_INVALID`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`.
   */
  parseOrigin(text: string): string {
    const origin = parseHttpUrl(text)?.origin;
    if (origin === undefined) throw new RefusalError('ERR_AUTH_ORIGIN_INVALID');
    this.checkOrigin(origin);
    return origin;
  }

  private checkOrigin(origin: string): void {
    if (this.isOriginAllowed(origin)) return;
    throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED', { sentence: `Origin '${origin}' is not allowed` });
  }

  /**
   * Parses and matches the `redirectUrl` parameter of a start. The answer is the URL as it was given, or in its normal
   * form where it is written with other characters than those of a URL.
   *
   * @throws `ERR_AUTH_REDIRECT_URL_INVALID`, `ERR_AUTH_REDIRECT_URL_NOT_ALLOWED`.
   */
  parseRedirectUrl(text: string): string {
    const url = parseHttpUrl(text);
    // The normal form, in which other characters than ASCII take up to nine times the room.
    if (!url || url.href.length > maximumRedirectUrlBytes)
      throw new RefusalError('ERR_AUTH_REDIRECT_URL_INVALID');
    // eslint-disable-next-line no-control-regex -- a Location header must not carry control characters
    if (/[\u0000-\u0020\u007f]/.test(text)) throw new RefusalError('ERR_AUTH_REDIRECT_URL_INVALID');
    if (!this.isOriginAllowed(url.origin)) throw new RefusalError('ERR_AUTH_REDIRECT_URL_NOT_ALLOWED');
    return asGiven(text);
  }

  /**
   * Makes sure that a call of refresh or logout, which a browser could be made to call from anywhere (CSRF), came from a
   * script that our CORS rules let run, of every kind of provider: other sites can neither set the header nor hide their
   * origin.
   *
   * @throws `ERR_AUTH_REQUESTED_WITH_MISSING`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`.
   */
  checkCaller(ctx: RouteContext): void {
    if (ctx.get('x-requested-with') !== 'XMLHttpRequest')
      throw new RefusalError('ERR_AUTH_REQUESTED_WITH_MISSING');
    const origin = ctx.get('origin');
    if (origin !== '') this.checkOrigin(origin);
    else if (ctx.get('sec-fetch-site') === 'cross-site')
      throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED');
  }

  /**
   * Where a redirect that failed ends. A sign-in page of ours tells it where it began, so that a consent goes on with its
   * request; any other front end is Backstage's, and looks for it at `app.baseUrl`.
   *
   * @param redirectUrl - Matched before.
   */
  failureAddress(redirectUrl: string): string {
    const { origin, href } = new URL(redirectUrl);
    const [app, home] = [directoryOf(this.appUrl), directoryOf(this.homeUrl)];
    // One origin may hold both: then the more exact address tells whose page it is, and where they are the same, it is ours.
    const isInApp = href.startsWith(app) && app.length > home.length;
    const isPageOfOurs = this.pageOrigins.has(origin) && href.startsWith(home) && !isInApp;
    return isPageOfOurs ? redirectUrl : new URL(this.appUrl).href;
  }
}

function directoryOf(url: string): string {
  const { href } = new URL(url);
  return href.endsWith('/') ? href : `${href}/`;
}

/** Only http and https targets exist, and none carries a user name that could pass for a host. */
function parseHttpUrl(text: string): URL | undefined {
  const url = parseUrl(text);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  return isHttp && url.username === '' && url.password === '' ? url : undefined;
}

/**
 * The address byte for byte, where it is an absolute URL written with the characters of one; otherwise its normal form.
 *
 * A browser reads both alike. Anything else has to be brought into the form that was matched: `http:evil.example` and
 * `http:\\evil.example` are relative for one reader and absolute for another.
 *
 * @param text - Parsed and matched before.
 */
export function asGiven(text: string): string {
  const { protocol, href } = new URL(text);
  return text.startsWith(`${protocol}//`) && urlCharacters.test(text) ? text : href;
}

/** Within sign-in. */
export const allowedTargetsServiceRef = internalService({
  id: 'vestibule.auth.allowedTargets',
  deps: {
    config: coreServices.rootConfig,
    discovery: coreServices.discovery,
    settings: authSettingsServiceRef,
  },
  async factory({ config, discovery, settings }) {
    const baseUrl = await discovery.getExternalBaseUrl('auth');
    // Path included, where a proxy serves the backend under one.
    const homeUrl = backendUrl(config, baseUrl);
    const { experimentalExtraAllowedOrigins: extraOrigins = [] } = settings;
    return new AllowedTargets(frontEndUrl(config, baseUrl), homeUrl, extraOrigins);
  },
});
