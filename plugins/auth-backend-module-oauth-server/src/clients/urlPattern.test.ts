import { describe, expect, it } from '@jest/globals';
import { parseUrlPattern, type UrlPattern } from './urlPattern.ts';

function patternOf(text: string): UrlPattern {
  const pattern = parseUrlPattern(text);
  if ('problem' in pattern) throw new Error(`${text} ${pattern.problem}`);
  return pattern;
}
const matches = (text: string, url: string): boolean => patternOf(text).matches(new URL(url));

describe('a pattern of URLs', () => {
  it.each([
    ['*', 'https://example.com/a'],
    ['*', 'cursor://anything'],
    ['https://claude.ai/*', 'https://claude.ai/oauth/client'],
    ['https://claude.ai/*', 'https://claude.ai/'],
    ['https://claude.ai/*', 'https://claude.ai/a?b=c'],
    ['https://Claude.AI/*', 'https://claude.ai/a'],
    ['https://claude.ai:443/*', 'https://claude.ai/a'],
    ['https://chatgpt.com/oauth/codex/*/client.json', 'https://chatgpt.com/oauth/codex/a/client.json'],
    ['https://chatgpt.com/oauth/codex/*/client.json', 'https://chatgpt.com/oauth/codex/a/b/client.json'],
    ['https://*.example.com/*', 'https://a.example.com/b'],
    ['https://*.example.com/*', 'https://a.b.example.com/c'],
    ['https://a-*-c.example.com/*/x/*', 'https://a-b-c.example.com/1/x/2'],
    ['https://bücher.example/*', 'https://xn--bcher-kva.example/a'],
    ['http://localhost:*/*', 'http://localhost:8055/callback'],
    ['http://localhost:*/*', 'http://localhost/callback'],
    ['http://[::1]:*/*', 'http://[::1]:1234/'],
    ['http://127.0.0.1:8055/*', 'http://127.0.0.1:8055/callback'],
    ['cursor://*', 'cursor://anysphere.cursor-retrieval/oauth/callback'],
    ['cursor://*', 'cursor:callback'],
    ['cursor://HOST/*', 'cursor://host/a'],
    ['com.example.app:/*', 'com.example.app:/oauth2redirect'],
  ])('%s lets %s in', (pattern, url) => {
    expect(matches(pattern, url)).toBe(true);
  });

  it.each([
    ['https://claude.ai/*', 'http://claude.ai/a'],
    ['https://claude.ai/*', 'https://claude.ai:8443/a'],
    ['https://claude.ai/*', 'https://www.claude.ai/a'],
    ['https://claude.ai', 'https://claude.ai/a'],
    ['https://claude.ai/a', 'https://claude.ai/A'],
    ['http://localhost/*', 'http://localhost:8055/callback'],
    ['http://localhost:*', 'http://localhost:8055/callback'],
    ['https://a*a/', 'https://a/'],
    ['https://x/ab*ba', 'https://x/aba'],
    ['https://x/a*b*c', 'https://x/acb'],
    ['com.example.app:/*', 'com.example.other:/oauth2redirect'],
  ])('%s does not let %s in', (pattern, url) => {
    expect(matches(pattern, url)).toBe(false);
  });

  it.each([
    ['', "must begin with a scheme, for example 'https://example.com/*'"],
    ['claude.ai/*', "must begin with a scheme, for example 'https://example.com/*'"],
    ['//claude.ai/*', "must begin with a scheme, for example 'https://example.com/*'"],
    ['**', "must begin with a scheme, for example 'https://example.com/*'"],
    ['https://', "must be a URL in which '*' may stand"],
    ['https://exa mple.com/', "must be a URL in which '*' may stand"],
    ['https://*:port/', "must be a URL in which '*' may stand"],
    ['https://10.*.1/', "must be a URL in which '*' may stand"],
    ['https://user@example.com/*', 'must have no user name, no query and no fragment'],
    ['https://example.com/*?a=*', 'must have no user name, no query and no fragment'],
    ['https://example.com/#*', 'must have no user name, no query and no fragment'],
    ['https://!evil.example/*', 'must be no negation'],
    [`https://example.com/${'a'.repeat(1000)}`, 'must have at most 1000 characters'],
  ])('%s is none, and says why', (text, problem) => {
    expect(parseUrlPattern(text)).toEqual({ problem });
  });

  it.each([
    ['*', true],
    ['https://*', true],
    ['https://*/*', true],
    ['https://*:*/*', true],
    ['https://*.com/*', true],
    ['https://*example.com/*', true],
    ['https://example.*/*', true],
    ['https://*.example.com/*', false],
    ['https://claude.ai/*', false],
    ['http://localhost:*/*', false],
    ['cursor://*', false],
  ])('%s, and whether it lets in hosts that belong to anybody', (text, isWide) => {
    expect(patternOf(text).isWide).toBe(isWide);
  });

  it('is exact without a wildcard', () => {
    expect(patternOf('https://a.example.com/client.json').isExact).toBe(true);
    expect(patternOf('https://a.example.com/*').isExact).toBe(false);
    expect(patternOf('https://a.example.com:*/client.json').isExact).toBe(false);
  });
});
