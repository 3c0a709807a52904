/** Reading cookies (RFC 6265). Setting them is a matter of `providerCookies.ts`. */
import type { IncomingMessage } from 'node:http';

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
