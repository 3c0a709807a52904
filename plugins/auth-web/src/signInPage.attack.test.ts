/** What the page withstands. That it believes no foreign message is in signInPage.browser.ts. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GuestPicker } from './guests.ts';
import { oidcChoice, servePage, type ServedPage } from './testing/servePage.ts';

const evil = '"><img src=x onerror=alert(1)>';

const noPicks: GuestPicker = {
  isOfferedBy: () => false,
  search: () => Promise.reject(new Error('was asked')),
};

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
    const all = { ...oidcChoice, providerId: evil, title: evil, environment: evil, type: evil, icon: evil };
    const html = await page.html({
      title: evil,
      signInOptions: () => [all, { ...all, problem: evil }, oidcChoice],
      guests: { ...noPicks, isOfferedBy: () => true },
    });
    expect(html).not.toContain('<img src=x');
    expect(html).toContain('&quot;&gt;&lt;img src=x');
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

describe('the consent page', () => {
  const address = '/oauth2/authorize/some-request';

  it('allows no inline script, no foreign script and no framing, and tells nobody which request it is', async () => {
    const { headers } = await page.get(address);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
  });

  it('contains neither inline script nor inline style, and nothing of its query', async () => {
    const html = await (await page.get(`${address}?error=${encodeURIComponent(evil)}`)).text();
    expect(html).toBe(await (await page.get(address)).text());
    expect(html).not.toMatch(/<style|javascript:|<\w[^<>]*\s(style|on\w+)=/i);
    expect([...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
      expect.stringMatching(
        /^<script type="module" src="\/auth-web\/[0-9a-f]{16}\/consent\.js" blocking="render">$/,
      ),
      '<script type="application/json" id="page-data">',
    ]);
  });

  it.each([
    '',
    '%22%3E%3Cscript%3E',
    '%2e%2e',
    '..%2fapprove',
    'a/b',
    'a%0d%0aSet-Cookie:x=y',
    'a'.repeat(6001),
    '%F0%9F%98%80',
    '%',
  ])('does not exist for what is no request: %s', async (id) => {
    const request = get(page.url, { path: `/oauth2/authorize/${id}` });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect([400, 418]).toContain(response.statusCode);
  });
});

describe('an icon', () => {
  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)//https://example.com',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'data:image/png;base64,AAAA',
    'http://icons.example/acme.png',
    'blob:https://icons.example/x',
    'file:///etc/passwd',
    '//icons.example/acme.png',
    '/acme.png',
    'https:',
    '__proto__',
    'constructor',
    'toString',
  ])('that is neither known nor an https URL is never rendered: %s', async (icon) => {
    const html = await page.html({ signInOptions: () => [{ ...oidcChoice, icon, type: icon }] });
    expect(/<ul class="ways">.*?<\/ul>/s.exec(html)?.[0]).not.toMatch(/<img|href="j|alert/i);
    expect(html).toMatch(/<span class="icon" aria-hidden="true"\s*><svg/);
  });

  it('leaves neither its attribute nor its element, and tells its server nothing of the page', async () => {
    const icon = 'https://icons.example/a.png?x="><script>alert(1)</script>\' onload=alert(1)';
    const html = await page.html({ signInOptions: () => [{ ...oidcChoice, icon }] });
    const [picture, ...others] = html.match(/<img\s+src[^>]*>/g) ?? [];
    expect(others).toEqual([]);
    expect(picture).toMatch(
      /^<img\s+src="https:\/\/icons\.example\/a\.png\?[^"<>\s]*"\s+width="24"\s+height="24"\s+alt=""\s+referrerpolicy="no-referrer"\s+hidden\s*\/>$/,
    );
    expect(html).not.toContain('<script>');
  });
});

describe('the list of users to pick from', () => {
  const asked: string[] = [];
  const picks: GuestPicker = {
    isOfferedBy: () => true,
    async search(text) {
      asked.push(text);
      return { users: [], truncated: false };
    },
  };
  const own = { 'X-Requested-With': 'XMLHttpRequest' };

  it('is no route where no choice lets anybody pick, as in production', async () => {
    const answer = await page.get('/auth-web/guests', { guests: noPicks }, own);
    expect(answer.status).toBe(418);
    expect((await page.get('/auth-web/guests', { guests: picks, signInOptions: () => [] }, own)).status).toBe(
      418,
    );
    expect(await page.html({ guests: noPicks })).not.toContain('class="picker"');
  });

  it('is told to this page only, and kept by nobody', async () => {
    const guests = picks;
    const answer = await page.get(
      '/auth-web/guests?q=',
      { guests },
      { ...own, 'Sec-Fetch-Site': 'same-origin' },
    );
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    for (const [headers, code] of [
      [{}, 'ERR_AUTH_REQUESTED_WITH_MISSING'],
      [{ ...own, Origin: 'http://evil.example' }, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'],
      [{ ...own, Origin: 'null' }, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'],
      [{ ...own, 'Sec-Fetch-Site': 'cross-site' }, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'],
      [{ ...own, 'Sec-Fetch-Site': 'same-site' }, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'],
    ] as const) {
      const refusal = await page.get('/auth-web/guests', { guests }, headers);
      expect([refusal.status, await refusal.text()]).toEqual([400, code]);
    }
  });

  it.each(['q=a&q=b', `q=${'a'.repeat(101)}`, 'q=a%00', 'q=a%0Ab', 'q=%7F'])(
    'takes no search but one short text: %s',
    async (query) => {
      asked.length = 0;
      const refusal = await page.get(`/auth-web/guests?${query}`, { guests: picks }, own);
      expect([refusal.status, await refusal.text()]).toEqual([400, 'ERR_AUTH_PARAMETER_INVALID']);
      expect(asked).toEqual([]);
    },
  );

  it('takes whatever else is searched for as text', async () => {
    asked.length = 0;
    const text = 'a,kind=group&filter=metadata.name=x';
    await page.get(`/auth-web/guests?${new URLSearchParams({ q: text })}`, { guests: picks }, own);
    expect(asked).toEqual([text]);
  });
});
