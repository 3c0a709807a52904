/** What the page withstands. That it believes no foreign message is in signInPage.browser.ts. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { oidcChoice, servePage, type ServedPage } from './testing/servePage.ts';

const evil = '"><img src=x onerror=alert(1)>';

let page: ServedPage;

beforeAll(async () => {
  page = await servePage();
});
afterAll(() => page.stop());

describe('the sign-in page', () => {
  it('allows no inline script, no foreign script and no framing, and is not stored', async () => {
    const { headers } = await fetch(`${page.url}/`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    // Anything stricter would cut the popup off from this window.
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
  });

  it('contains neither inline script nor inline style', async () => {
    const html = await page.html();
    expect(html).not.toMatch(/<style|javascript:|<\w[^<>]*\s(style|on\w+)=/i);
    expect([...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
      expect.stringMatching(
        /^<script type="module" src="\/auth-web\/[0-9a-f]{16}\/page\.js" blocking="render">$/,
      ),
      '<script type="application/json" id="page-data">',
    ]);
  });

  it('shows every value of the config as text', async () => {
    const all = { ...oidcChoice, providerId: evil, title: evil, environment: evil };
    const html = await page.html({
      title: evil,
      choices: () => [all, { ...all, problem: evil }, oidcChoice],
    });
    expect(html).not.toContain('<img src=x');
    expect(html).toContain('&#34;&#62;&#60;img src=x');
  });

  it('shows nothing of the query', async () => {
    const html = await page.html();
    const answer = await fetch(`${page.url}/?error=${encodeURIComponent(evil)}&error_code=ERR_X`);
    expect(await answer.text()).toBe(html);
  });

  it('keeps hints for operators to development', async () => {
    expect(await page.html()).toContain('"operator":');
    expect(await page.html({ isDevelopment: false })).not.toContain('"operator":');
  });

  it.each([
    '/auth-web/0000000000000000/page.js',
    '/auth-web/../package.json',
    '/auth-web/%2e%2e%2fsignInPage.ts',
    '/auth-web/%00',
    '//evil.example/',
    '/\\evil.example',
    '/auth-web/__proto__/constructor',
  ])('serves no file for %s', async (path) => {
    // Written as it is: fetch would tidy it up.
    const request = get(page.url, { path });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(418);
  });
});
