/**
 * Refuses request targets and Host headers on which two readers could disagree, before anything else reads them: what a
 * policy sees must be what a router sees.
 */
import type { IncomingMessage } from 'node:http';
import { InputError, type CodedError } from '@vestibule/backend-plugin-api';
import { RequestTooLargeError } from './errors.ts';

const maximalLength = 8192;

/**
 * Checks a request, and turns the absolute form of its target (`GET http://host/path`, RFC 9112 section 3.2.2) into the
 * ordinary one.
 *
 * @param maximalHeaders - 0 means that their number does not matter.
 * @returns What is wrong with it, to be answered with 400, 414 or 431.
 */
export function checkRequest(request: IncomingMessage, maximalHeaders: number): CodedError | undefined {
  // node:http would silently drop the rest, and with it what a proxy appended, such as X-Forwarded-For.
  if (maximalHeaders > 0 && request.rawHeaders.length > 2 * maximalHeaders) {
    return new RequestTooLargeError('ERR_HTTP_HEADERS_TOO_MANY', 431, 'The request has too many headers');
  }
  // RFC 9112 section 3.2: more than one Host is 400. node:http itself would keep the first.
  if (countHeader(request.rawHeaders, 'host') > 1) return malformed('The request has several Host headers');
  const target = request.url ?? '';
  if (target.length > maximalLength) {
    return new RequestTooLargeError('ERR_HTTP_URL_TOO_LONG', 414, 'The address of the request is too long');
  }
  // RFC 3986 section 2: a URL is printable ASCII. No white space, no control characters, nothing beyond.
  if (!/^[\x21-\x7e]+$/.test(target))
    return malformed('The address of the request holds an illegal character');
  if (!target.startsWith('/')) {
    const path = /^https?:\/\/[^/?#]*([^#]*)$/i.exec(target)?.[1];
    if (path === undefined) return malformed('The address of the request is not a path');
    request.url = path.startsWith('/') ? path : `/${path}`;
  }
  return checkPath(pathOf(request.url ?? '/'));
}

/** The part of a URL before its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** What stands in the query of a URL. The URL is not resolved: where it is mounted, it may begin with two slashes. */
export function searchParametersOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(pathOf(url).length));
}

function checkPath(path: string): CodedError | undefined {
  // `//host/path` would be read as a host by whoever resolves it against a base.
  if (path.startsWith('//') || path.includes('\\') || path.includes('#')) {
    return malformed('The address of the request is not a path');
  }
  let decoded = path;
  if (path.includes('%')) {
    try {
      decoded = decodeURIComponent(path);
    } catch {
      return malformed('The address of the request has a malformed percent encoding');
    }
    // eslint-disable-next-line no-control-regex
    if (/[\x00-\x1f\x7f\\]/.test(decoded))
      return malformed('The address of the request holds an illegal character');
  }
  // Dot segments (RFC 3986 section 3.3), also in disguise: clients resolve them, so only an attacker sends them.
  if (decoded.includes('/.') && /\/\.{1,2}(?:\/|$)/.test(decoded)) {
    return malformed('The address of the request has dot segments');
  }
  return undefined;
}

function malformed(message: string): InputError {
  return new InputError('ERR_HTTP_REQUEST_MALFORMED', message);
}

function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count;
}
