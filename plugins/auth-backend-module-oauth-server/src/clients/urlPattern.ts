/**
 * Patterns of URLs, as Backstage's config has them: `*` alone is every URL; else a scheme, a host, a port and a path, each
 * compared with the same part of the URL, so that no `*` reaches into another part. Without a port the scheme's own is
 * meant, `:*` is any. In a host or path `*` is any text. A query is not compared.
 */
import { parseUrl } from '@vestibule/backend-plugin-api';

/** Patterns longer than this are refused. */
const maximumLength = 1000;

/** One pattern. */
export interface UrlPattern {
  readonly text: string;
  /** Whether it is one URL, written out. */
  readonly isExact: boolean;
  /** Whether it lets in hosts that belong to anybody. */
  readonly isWide: boolean;
  matches(url: URL): boolean;
}

/**
 * Reads a pattern.
 *
 * @returns The pattern, or what is wrong with it, to be read after its key.
 */
export function parseUrlPattern(text: string): UrlPattern | { problem: string } {
  const isExact = !/[*?]/.test(text);
  if (text === '*') return { text, isExact, isWide: true, matches: () => true };
  if (text.length > maximumLength) return { problem: `must have at most ${maximumLength} characters` };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    return { problem: "must begin with a scheme, for example 'https://example.com/*'" };
  }
  const anyPort = /^([^/?#]*:\/\/[^/?#]*):\*(?=\/|$)/.exec(text);
  const concrete = anyPort ? `${anyPort[1]}:1${text.slice(anyPort[0].length)}` : text;
  const url = parseUrl(concrete);
  if (!url) return { problem: "must be a URL in which '*' may stand" };
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    return { problem: 'must have no user name, no query and no fragment' };
  }
  // There it would let in all others.
  if (url.hostname.startsWith('!') || url.pathname.startsWith('!')) return { problem: 'must be no negation' };
  const host = url.hostname.toLowerCase() || '*';
  const path = url.pathname || '*';
  const matchesHost = globMatcher(host);
  const matchesPath = globMatcher(path);
  return {
    text,
    isExact,
    isWide: /^https?:$/.test(url.protocol) && isWideHost(host),
    matches: (candidate) =>
      candidate.protocol === url.protocol &&
      matchesHost(candidate.hostname.toLowerCase()) &&
      (anyPort !== null || candidate.port === url.port) &&
      matchesPath(candidate.pathname) &&
      (isExact || isWholePath(path) || !hidesSeparator(candidate.pathname)),
  };
}

/** A `*` that at least two fixed labels do not follow: `*`, `*.com`, `example.*`, `*example.com`. */
function isWideHost(host: string): boolean {
  const end = host.lastIndexOf('*');
  return end >= 0 && !/^\.[^.]+\.[^.]+/.test(host.slice(end + 1));
}

function isWholePath(path: string): boolean {
  return path === '*' || path === '/*';
}

/** A server that decodes before it splits the path sees `..%2F..` as a way out of the part that was compared. */
function hidesSeparator(path: string): boolean {
  return /%(?:2f|5c)/i.test(path);
}

/** Compares from left to right without going back, so in time that grows with the text and no faster. */
function globMatcher(glob: string): (text: string) => boolean {
  const [first = '', ...others] = glob.split('*');
  const last = others.pop();
  if (last === undefined) return (text) => text === glob;
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}
