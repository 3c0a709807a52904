/**
 * Where a sign-in may end. Nothing is posted or redirected to a target that was not matched here first (RFC 9700
 * section 4.11).
 */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  parseUrl,
} from '@vestibule/backend-plugin-api';
import { RefusalError, backendUrl, frontEndUrl } from '@vestibule/plugin-auth-node';
import picomatch from 'picomatch';
import { authSettingsServiceRef } from '../settings.ts';
import { asGiven } from './address.ts';

const maximumRedirectUrlBytes = 1500;
/** Scheme, a host name of 253 characters (RFC 1035 section 2.3.4), and port. Patterns take long on what is no origin. */
const maximumOriginLength = 'https://'.length + 253 + ':65535'.length;

/** The allow-list. */
export interface AllowedTargets {
  /** The origin of `app.baseUrl`: where errors go when nothing better is known. */
  readonly appOrigin: string;
  readonly appUrl: string;
  /** Adds the origin of a sign-in page of ours, while the backend starts. */
  allow(origin: string): void;
  isOriginAllowed(origin: string): boolean;
  /** Whether targets that were parsed before are allowed still. */
  isAllowed(targets: { origin: string; redirectUrl?: string }): boolean;
  /**
   * Parses and matches the `origin` parameter of a start.
   *
   * @throws `ERR_AUTH_ORIGIN_INVALID`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`.
   */
  parseOrigin(origin: string): string;
  /**
   * Parses and matches the `redirectUrl` parameter of a start. The answer is the URL as it was given, or in its normal
   * form where it is written with other characters than those of a URL.
   *
   * @throws `ERR_AUTH_REDIRECT_URL_INVALID`, `ERR_AUTH_REDIRECT_URL_NOT_ALLOWED`.
   */
  parseRedirectUrl(redirectUrl: string): string;
  /**
   * Where a redirect that failed ends. A sign-in page of ours tells it where it began, so that a consent goes on with its
   * request; any other front end is Backstage's, and looks for it at `app.baseUrl`.
   *
   * @param redirectUrl - Matched before.
   */
  failureAddress(redirectUrl: string): string;
}

/** @param options - `homeUrl`: where a sign-in page of ours would be. */
export function createAllowedTargets(options: {
  appUrl: string;
  homeUrl: string;
  extraOrigins: readonly string[];
}): AllowedTargets {
  const { appUrl, homeUrl, extraOrigins } = options;
  const appOrigin = new URL(appUrl).origin;
  const pageOrigins = new Set<string>();
  const matchesPattern = extraOrigins.map((pattern) =>
    picomatch(pattern, { nocase: true, noglobstar: true, dot: true }),
  );

  /** One origin may hold both: then the more exact address tells whose page it is, and where they are the same, it is ours. */
  function isPageOfOurs({ origin, href }: URL): boolean {
    const [app, home] = [directoryOf(appUrl), directoryOf(homeUrl)];
    const isInApp = href.startsWith(app) && app.length > home.length;
    return pageOrigins.has(origin) && href.startsWith(home) && !isInApp;
  }

  function isOriginAllowed(origin: string): boolean {
    if (origin === appOrigin || pageOrigins.has(origin)) return true;
    return origin.length <= maximumOriginLength && matchesPattern.some((matches) => matches(origin));
  }

  return {
    appOrigin,
    appUrl,
    allow: (origin) => void pageOrigins.add(new URL(origin).origin),
    isOriginAllowed,
    isAllowed: ({ origin, redirectUrl }) =>
      isOriginAllowed(origin) && (redirectUrl === undefined || isOriginAllowed(new URL(redirectUrl).origin)),
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
      const url = parseHttpUrl(text);
      // The normal form, in which other characters than ASCII take up to nine times the room.
      if (!url || url.href.length > maximumRedirectUrlBytes)
        throw new RefusalError('ERR_AUTH_REDIRECT_URL_INVALID');
      // eslint-disable-next-line no-control-regex -- a Location header must not carry control characters
      if (/[\u0000-\u0020\u007f]/.test(text)) throw new RefusalError('ERR_AUTH_REDIRECT_URL_INVALID');
      if (!isOriginAllowed(url.origin)) throw new RefusalError('ERR_AUTH_REDIRECT_URL_NOT_ALLOWED');
      return asGiven(text);
    },
    failureAddress: (redirectUrl) =>
      isPageOfOurs(new URL(redirectUrl)) ? redirectUrl : new URL(appUrl).href,
  };
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

/** Within sign-in. */
export const allowedTargetsServiceRef = createServiceRef<AllowedTargets>({
  id: 'vestibule.auth.allowedTargets',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        settings: authSettingsServiceRef,
      },
      async factory({ config, discovery, settings }) {
        const baseUrl = await discovery.getExternalBaseUrl('auth');
        return createAllowedTargets({
          appUrl: frontEndUrl(config, baseUrl),
          // Path included, where a proxy serves the backend under one.
          homeUrl: backendUrl(config, baseUrl),
          extraOrigins: settings.experimentalExtraAllowedOrigins ?? [],
        });
      },
    }),
});
