/**
 * The cookies of one provider, and everything about them: names, paths, attributes, lifetimes. `HttpOnly` always, `Domain`
 * never. Other rooms know what a cookie holds, and nothing else of it.
 *
 * `SameSite=None` only where the front end is on another host, over https; otherwise `Lax`. The callback is a top-level
 * navigation, for which Lax suffices; None covers front ends that use a frame.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseUrl } from '@vestibule/backend-plugin-api';

const sessionSuffix = '-refresh-token';
const transactionInfix = '-attempt-';
/** Backstage's, which any plugin here takes for the person. */
const limitedTokenCookie = 'backstage-auth';

/** @see createProviderCookies */
export type ProviderCookies = ReturnType<typeof createProviderCookies>;

/** From now to its end, in milliseconds since the epoch. */
interface CookieLifetime {
  readonly now: number;
  readonly expiresAt: number;
}

/**
 * Makes the cookies of a provider. Their path is that of the provider's own routes; for transactions, what these share with
 * the callback URLs that lie elsewhere, of all environments: only so can each environment remove what another has set.
 */
export function createProviderCookies(options: {
  providerId: string;
  /** External base URL of the plugin. */
  baseUrl: string;
  appUrl: string;
  /** Those that config names. */
  callbackUrls: readonly string[];
}) {
  const { providerId, appUrl, callbackUrls } = options;
  const base = new URL(options.baseUrl);
  const path = `${base.pathname.replace(/\/$/, '')}/${providerId}`;
  const callbackPaths = callbackUrls.flatMap((url) => parseUrl(url)?.pathname ?? []);
  const transactionPath = callbackPaths.reduce(commonPath, path);
  const isSecure = base.protocol === 'https:';
  const isCrossSite = new URL(appUrl).hostname !== base.hostname;
  const attributes = `HttpOnly${isSecure ? '; Secure' : ''}; SameSite=${isSecure && isCrossSite ? 'None' : 'Lax'}`;
  const sessionName = `${providerId}${sessionSuffix}`;
  // The prefix makes browsers refuse the cookie over http (RFC 6265bis section 4.1.3).
  const transactionPrefix = `${isSecure ? '__Secure-' : ''}${providerId}${transactionInfix}`;
  const digestLength = 12;

  /** A cookie. Values are our own base64url, so nothing needs escaping. The lifetime has both of its spellings (RFC 6265 section 5.2). */
  const cookie = (name: string, path: string) => {
    const set = (response: ServerResponse, value: string, { now, expiresAt }: CookieLifetime): void => {
      const maxAge = Math.ceil((expiresAt - now) / 1000);
      const expires = new Date(expiresAt).toUTCString();
      response.appendHeader(
        'Set-Cookie',
        `${name}=${value}; Max-Age=${maxAge}; Path=${path}; Expires=${expires}; ${attributes}`,
      );
    };
    return { set, clear: (response: ServerResponse) => set(response, '', { now: 0, expiresAt: 0 }) };
  };

  return {
    /** The token of a session: one cookie. */
    session: {
      read: (request: IncomingMessage) => readCookies(request).get(sessionName),
      ...cookie(sessionName, path),
    },
    /** Auth transactions: a cookie for each, by name. */
    transactions: {
      /** @param digest - Of the transaction; 12 characters of it count. */
      nameOf: (digest: string) => `${transactionPrefix}${digest.slice(0, digestLength)}`,
      /** Those of the request, of this provider. Names of another length are none of ours, and are not repeated in the response. */
      all: (request: IncomingMessage) =>
        [...readCookies(request)].filter(
          ([name]) =>
            name.startsWith(transactionPrefix) && name.length === transactionPrefix.length + digestLength,
        ),
      named: (name: string) => cookie(name, transactionPath),
    },
  };
}

function commonPath(a: string, b: string): string {
  const [left, right] = [a.split('/'), b.split('/')];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return (differs < 0 ? left : left.slice(0, differs)).join('/') || '/';
}

/** The tokens of the sessions that a request comes with, of whichever providers. */
export function sessionTokensIn(request: IncomingMessage): string[] {
  return [...readCookies(request)].flatMap(([name, value]) => (name.endsWith(sessionSuffix) ? [value] : []));
}

/** Whether a Backstage module named a cookie as it names that of its refresh token. */
export function isModulesSessionCookie(name: string, providerId: string): boolean {
  return name.startsWith(`${providerId}${sessionSuffix}`);
}

/** The cookies of a request but for ours: those that a proxy in front of the portal has set. */
export function foreignCookies(request: IncomingMessage): (readonly [name: string, value: string])[] {
  const isOurs = (name: string) =>
    name === limitedTokenCookie || name.endsWith(sessionSuffix) || name.includes(transactionInfix);
  return [...readCookies(request)].filter(([name]) => !isOurs(name));
}

/** The cookies of a request; of equal names the first wins, which is the one with the longest path. */
function readCookies(request: IncomingMessage): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const separator = pair.indexOf('=');
    if (separator < 0) continue;
    const name = pair.slice(0, separator).trim();
    if (!cookies.has(name)) cookies.set(name, pair.slice(separator + 1).trim());
  }
  return cookies;
}
