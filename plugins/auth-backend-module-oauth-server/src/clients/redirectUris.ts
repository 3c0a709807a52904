/** Where a client may be redirected to. */
import { isLoopback, parseUrl } from '@vestibule/backend-plugin-api';
import type { UrlPattern } from './urlPattern.ts';

/** Longer ones are refused. ASCII, so characters are bytes. */
export const maximumRedirectUriLength = 1500;

/** RFC 3986 section 2. What is outside of it, the URL parsers of browsers and clients read differently. */
const uriCharacters = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})+$/i;

/**
 * What a browser would run, or show as its own page, instead of leaving ours; and what holds another URL within. The
 * consent page of auth-web opens none of these either.
 */
const neverOpened =
  /^(?:about|blob|chrome|chrome-extension|data|edge|feed|file|filesystem|intent|jar|javascript|moz-extension|ms-browser-extension|resource|vbscript|view-source|wss?):$/;

/**
 * An absolute URI without fragment (RFC 6749 section 3.1.2) and without credentials, whose authority is written as it is
 * meant: a host that is spelled in another way than the parser's own counts as none.
 */
function parseRedirectUri(text: string): URL | undefined {
  if (text.length > maximumRedirectUriLength || !uriCharacters.test(text) || text.includes('#'))
    return undefined;
  const url = parseUrl(text);
  if (!url || neverOpened.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  const written = /^[^:/?#]*:\/\/([^/?#]*)/.exec(text)?.[1];
  // RFC 8252 section 7.1: schemes of an app's own may have no authority.
  if (written === undefined) return isWeb || url.host !== '' ? undefined : url;
  const ownPort = url.protocol === 'http:' ? ':80' : ':443';
  const authority = written.toLowerCase();
  const isAsMeant =
    authority === url.host.toLowerCase() || (isWeb && authority === `${url.hostname}${ownPort}`);
  return isAsMeant ? url : undefined;
}

/** Whether it is a redirect URI at all. */
export function isRedirectUri(text: string): boolean {
  return parseRedirectUri(text) !== undefined;
}

/** Whether a pattern of the operator's lets a redirect URI be. */
export function isRedirectUriPermitted(text: string, patterns: readonly UrlPattern[]): boolean {
  const url = parseRedirectUri(text);
  return url !== undefined && patterns.some((pattern) => pattern.matches(url));
}

/** Whether both are one address of this machine, but for the port, which a native app learns late (RFC 8252 section 7.3). */
export function isSameLoopback(text: string, registered: string): boolean {
  const [one, other] = [parseRedirectUri(text), parseRedirectUri(registered)];
  return (
    one !== undefined &&
    other !== undefined &&
    isLoopback(one) &&
    one.protocol === other.protocol &&
    one.hostname === other.hostname &&
    one.pathname === other.pathname &&
    one.search === other.search
  );
}
