/** Reading and writing cookies (RFC 6265). */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The attributes of a cookie that we set. `HttpOnly` always, `Domain` never. */
export interface CookieAttributes {
  path: string;
  secure: boolean;
  sameSite: 'Lax' | 'None';
}

const sessionCookieSuffix = '-refresh-token';

/** The cookie that holds the ticket of a session; the name is Backstage's. */
export const sessionCookieName = (providerId: string): string => `${providerId}${sessionCookieSuffix}`;

export const isSessionCookieName = (name: string): boolean => name.endsWith(sessionCookieSuffix);

/** The cookies of a request; of equal names the first wins, which is the one with the longest path. */
export function readCookies(request: IncomingMessage): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const separator = pair.indexOf('=');
    if (separator < 0) continue;
    const name = pair.slice(0, separator).trim();
    if (!cookies.has(name)) cookies.set(name, pair.slice(separator + 1).trim());
  }
  return cookies;
}

/** How long a cookie lives, in both of its spellings (RFC 6265 section 5.2). `expiresAt`: milliseconds since the epoch. */
interface CookieLifetime {
  maxAgeSeconds: number;
  expiresAt: number;
}

/** Adds a Set-Cookie header. Values are our own base64url, so nothing needs escaping. */
export function setCookie(
  response: ServerResponse,
  name: string,
  value: string,
  { path, secure, sameSite }: CookieAttributes,
  { maxAgeSeconds, expiresAt }: CookieLifetime,
): void {
  const expires = new Date(expiresAt).toUTCString();
  response.appendHeader(
    'Set-Cookie',
    `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=${path}; Expires=${expires}; HttpOnly${secure ? '; Secure' : ''}; SameSite=${sameSite}`,
  );
}

/** Removes a cookie. */
export function clearCookie(response: ServerResponse, name: string, attributes: CookieAttributes): void {
  setCookie(response, name, '', attributes, { maxAgeSeconds: 0, expiresAt: 0 });
}
