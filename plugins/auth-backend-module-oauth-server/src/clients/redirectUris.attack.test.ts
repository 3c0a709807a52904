/** Redirect URIs that look like allowed ones, and lead elsewhere. */
import { describe, expect, it } from '@jest/globals';
import { isRedirectUriPermitted, isSameLoopback, maximumRedirectUriLength } from './redirectUris.ts';
import { parseUrlPattern } from './urlPattern.ts';

function permitted(uri: string, ...texts: string[]): boolean {
  const patterns = texts.flatMap((text) => {
    const pattern = parseUrlPattern(text);
    return 'problem' in pattern ? [] : [pattern];
  });
  expect(patterns).toHaveLength(texts.length);
  return isRedirectUriPermitted(uri, patterns);
}
const usual = [
  'http://localhost:*/*',
  'http://127.0.0.1:*/*',
  'https://good.example/*',
  'https://*.corp.example/*',
];

describe('a redirect URI', () => {
  it.each([
    'http://localhost:8055/callback',
    'http://localhost/callback?a=b',
    'http://localhost:80/callback',
    'http://LOCALHOST:1/callback',
    'https://good.example',
    'https://good.example:443/a/b%20c',
    'https://app.corp.example/cb',
  ])('%s is permitted by the patterns of the test', (uri) => {
    expect(permitted(uri, ...usual)).toBe(true);
  });

  it.each([
    ['credentials that look like a host', 'http://localhost:1@evil.example/callback'],
    ['credentials', 'http://user:pass@localhost:1/callback'],
    ['an empty user name', 'http://@localhost/callback'],
    ['a backslash for a slash', 'https://good.example\\@evil.example/'],
    ['a backslash at the end of the host', 'https://evil.example\\.corp.example/'],
    ['an encoded host', 'https://%67ood.example/'],
    ['a fragment', 'https://good.example/#a'],
    ['an empty fragment', 'https://good.example/#'],
    ['no slashes', 'https:good.example/a'],
    ['three slashes', 'https:///good.example/a'],
    ['a tab within', 'https://good.exam\tple/a'],
    ['a line break within', 'http://localhost:1/a\r\nset-cookie: b'],
    ['spaces around', ' https://good.example/'],
    ['letters that only look alike', 'https://goоd.example/'],
    ['full-width letters', 'https://ｇood.example/'],
    ['a soft hyphen', 'https://go\u00adod.example/'],
    ['a dot of another script', 'https://app。corp.example/'],
    ['a trailing dot', 'https://good.example./a'],
    ['another port', 'https://good.example:8443/a'],
    ['an empty port', 'https://good.example:/a'],
    ['an odd spelling of 127.0.0.1', 'http://0x7f.1/callback'],
    ['a number for 127.0.0.1', 'http://2130706433/callback'],
    ['a longer host', 'https://good.example.evil.example/a'],
    ['a host that only ends alike', 'https://evilcorp.example/a'],
    ['the pattern in its path', 'https://evil.example/.corp.example/a'],
    ['the pattern in its query', 'https://evil.example?.corp.example/'],
    ['a broken escape', 'https://good.example/%zz'],
    ['a relative address', '/callback'],
    ['no scheme', 'good.example/a'],
    ['a stranger on loopback’s name', 'http://localhost.evil.example:1/callback'],
    ['http for https', 'http://good.example/a'],
    ['an upper-case scheme that runs code', 'JAVASCRIPT:alert(1)'],
    ['nothing', ''],
  ])('with %s is refused: %j', (_, uri) => {
    expect(permitted(uri, ...usual)).toBe(false);
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript://good.example/%0aalert(1)',
    'java\nscript:alert(1)',
    'data:text/html,hi',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://good.example/1',
    'filesystem:https://good.example/temporary/a',
    'view-source:https://good.example/',
    'about:blank',
    'feed:javascript:alert(1)',
    'jar:https://good.example/a',
    'intent://good.example/a',
    'chrome://settings/',
    'wss://good.example/a',
  ])('%j is refused even where every URL is let in', (uri) => {
    expect(permitted(uri, '*')).toBe(false);
  });

  it('may lead into an app of the user’s where its scheme is let in, and into no other', () => {
    expect(permitted('cursor://anysphere.cursor-retrieval/oauth/callback', 'cursor://*')).toBe(true);
    expect(permitted('cursor-evil://anysphere/oauth', 'cursor://*')).toBe(false);
    expect(permitted('cursor://user@host/oauth', 'cursor://*')).toBe(false);
    expect(permitted('com.example.app:/oauth', 'com.example.app:/*')).toBe(true);
  });

  it.each([
    'https://good.example/tenants/..%2f..%2fopen-redirect/callback',
    'https://good.example/tenants/..%5C..%5Copen-redirect/callback',
    'https://good.example/tenants/%2e%2e/callback',
    'https://good.example/tenants/../callback',
  ])('does not leave the part of the path that a pattern names: %s', (uri) => {
    expect(
      permitted('https://good.example/tenants/one/callback', 'https://good.example/tenants/*/callback'),
    ).toBe(true);
    expect(permitted(uri, 'https://good.example/tenants/*/callback')).toBe(false);
  });

  it('is refused when it is too long', () => {
    const uri = `https://good.example/${'a'.repeat(maximumRedirectUriLength - 21)}`;
    expect(permitted(uri, ...usual)).toBe(true);
    expect(permitted(`${uri}a`, ...usual)).toBe(false);
  });

  it('takes no time to be compared with a pattern of many wildcards', () => {
    const started = performance.now();
    const uri = `https://good.example/${'a'.repeat(1400)}`;
    expect(permitted(uri, `https://good.example/${'*a'.repeat(480)}*b`)).toBe(false);
    // A comparison that went back would not end within the life of the universe.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('the port of a loopback address', () => {
  it('may be another one, and nothing else may', () => {
    const registered = 'http://127.0.0.1:8055/callback?a=b';
    expect(isSameLoopback('http://127.0.0.1:1234/callback?a=b', registered)).toBe(true);
    for (const other of [
      'http://127.0.0.1:1234/callback?a=c',
      'http://127.0.0.1:1234/callback/',
      'http://127.0.0.1:1234/callback/?a=b',
      'http://127.0.0.1:1234/Callback?a=b',
      'http://127.0.0.1:1234/',
      'http://localhost:1234/callback?a=b',
      'https://127.0.0.1:1234/callback?a=b',
      'http://127.0.0.1@evil.example:1234/callback?a=b',
      'http://127.0.0.2:1234/callback?a=b',
    ]) {
      expect(isSameLoopback(other, registered)).toBe(false);
    }
    expect(isSameLoopback('https://good.example:1/a', 'https://good.example:2/a')).toBe(false);
  });
});
