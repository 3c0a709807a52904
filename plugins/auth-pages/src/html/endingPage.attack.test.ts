/** Whatever stands in a page that ends something, it stays text, and the page stays shut. */
import { describe, expect, it } from '@jest/globals';
import { Pages } from '../pages.ts';
import { sendEndingPage, type PageContext } from './endingPage.ts';

const evil = `"'><img src=x onerror=alert(1)><script>alert(2)</script></style></title>{title}`;
const origin = 'http://portal.example';

/** The answer, of a host that sets what ours would not. */
function answer(pages: Pages, page: Partial<Parameters<typeof sendEndingPage>[2]> = {}, language = 'en') {
  const headers = new Map<string, unknown>([['cross-origin-opener-policy', 'same-origin']]);
  const ctx: PageContext = {
    status: 0,
    body: '',
    set: (all) => Object.entries(all).forEach(([name, value]) => headers.set(name.toLowerCase(), value)),
    res: {
      removeHeader: (name) => void headers.delete(name.toLowerCase()),
      getHeader: () => undefined,
      setHeader: (name, value) => headers.set(name.toLowerCase(), value),
    },
  };
  const texts = pages.textsFor({ headers: { 'accept-language': language } });
  sendEndingPage(ctx, { pages, texts }, { appUrl: origin, heading: 'x', paragraphs: ['y'], ...page });
  return { headers, html: String(ctx.body), policy: String(headers.get('content-security-policy')) };
}

describe('a page that ends something', () => {
  it('shows titles, texts, colours and lines of anybody as text', () => {
    const messages = { fr: { common: { backToPortal: evil } } };
    const pages = new Pages({ settings: { title: evil, messages } });
    const { html } = answer(
      pages,
      { heading: evil, paragraphs: [evil, evil], lines: evil, appUrl: evil },
      'fr',
    );
    expect(html).not.toMatch(/<img|<script/);
    expect(html.match(/<style>/g)).toHaveLength(1);
    expect(html.match(/<\/style>|<\/title>/g)).toHaveLength(2);
    expect(html.match(/&lt;img src=x/g)?.length).toBeGreaterThanOrEqual(7);
  });

  it('lets no value out of its script, and no text be a placeholder', () => {
    const message = { type: 'authorization_response' as const, response: { evil, lone: '\ud800' } };
    const { html, policy } = answer(new Pages({}), { post: { message, targetOrigin: origin } });
    const [, attributes = '', script = ''] = /<script ([^>]*)>([^]*?)<\/script>/.exec(html) ?? [];
    expect(attributes).toMatch(/^data-message="[\w%.!~*()-]+" data-origin="[\w%.!~*()-]+"$/);
    expect(script).not.toContain('evil');
    expect(policy).toMatch(/script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri/);
  });

  it('allows nothing but its own script and style, no frame of others, and keeps its opener', () => {
    const { headers, policy } = answer(new Pages({}));
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).toContain("base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
    expect(policy).not.toMatch(/unsafe|https:|img-src|\*/);
    expect(headers.has('cross-origin-opener-policy')).toBe(false);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      'no-store',
      'no-referrer',
    ]);
    expect([headers.get('vary'), headers.get('content-language')]).toEqual(['Accept-Language', 'en']);
  });

  it.each([
    ['/brand/logo.svg', "img-src 'self'"],
    ['data:image/png;base64,AAAA', 'img-src data:'],
  ])('shows a logo, and allows no picture from elsewhere: %s', (logo, source) => {
    const { html, policy } = answer(new Pages({ settings: { logo } }));
    expect(html).toContain(`<img class="logo" src="${logo}" alt="" />`);
    expect(policy.split('; ').filter((directive) => directive.startsWith('img-src'))).toEqual([source]);
  });

  it('answers a language that is none as if nothing was asked', () => {
    const { html } = answer(new Pages({}), {}, `de"><script>alert(1)</script>`);
    expect(html).toContain('<html lang="en">');
    expect(html).not.toContain('alert');
  });
});
