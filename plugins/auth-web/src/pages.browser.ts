/**
 * Every page as all people meet it: judged by axe (WCAG 2.2 AA), light and dark, narrow and wide, with forced colours, with
 * the keyboard, in German, and from right to left.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './testing/browser.ts';
import { startDemo, type Demo } from './testing/demo.ts';

const executablePath = findBrowser();
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const widths = [320, 768, 1920];

/** Hebrew, as somebody would give it in the config: not all of it. */
const hebrew = {
  common: { skip: 'דילוג לתוכן', backToPortal: 'חזרה לפורטל' },
  endings: { noSuchPage: 'אין דף כזה' },
  signIn: { heading: 'כניסה אל {title}', withProvider: 'כניסה עם {provider}' },
};

function config(): object {
  const client = { clientId: 'demo', clientSecret: 'dev-only-secret-of-the-demo' };
  const signIn = { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] };
  return {
    auth: {
      clientIdMetadataDocuments: { enabled: true },
      experimentalRefreshToken: { enabled: true },
      signInPage: { messages: { he: hebrew } },
      providers: {
        google: { development: { ...client, signIn } },
        github: { development: client },
        acme: { type: 'oidc', title: 'Acme', development: { ...client } },
      },
    },
  };
}

function authorizeUrl(url: string): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: `${url}/api/auth/.well-known/oauth-client/cli.json`,
    redirect_uri: 'http://127.0.0.1:8055/callback',
    scope: 'openid offline_access',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  return `${url}/api/auth/v1/authorize?${query}`;
}

async function signIn(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', {
    name: /Sign in with OpenID Connect|Mit OpenID Connect anmelden/,
  });
  const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()]);
  await popup.getByRole('button', { name: `Sign in as ${name}` }).click();
}

/** Page -> how one gets there, in development. */
const pages: readonly (readonly [string, (page: Page, url: string) => Promise<unknown>])[] = [
  ['sign-in, with several providers', async (page, url) => page.goto(url)],
  [
    'the guest picker',
    async (page, url) => {
      await page.goto(url);
      await page.locator('.picker summary').click();
      await page.locator('.people button').first().waitFor();
    },
  ],
  [
    'signed in',
    async (page, url) => {
      await page.goto(url);
      await signIn(page, 'Jane');
      await page.locator('.things').waitFor();
    },
  ],
  [
    'refused, explained',
    async (page, url) => {
      await page.goto(url);
      await signIn(page, 'Kim');
      await page.locator('#refusal-decision').waitFor();
    },
  ],
  ['a refusal in a window', async (page, url) => page.goto(`${url}/api/auth/oidc/start?env=nope`)],
  ['an application that is none', async (page, url) => page.goto(`${url}/api/auth/v1/authorize?client_id=x`)],
  ['an unknown address', async (page, url) => page.goto(`${url}/nothing/here`)],
  [
    'consent',
    async (page, url) => {
      await page.goto(authorizeUrl(url));
      await signIn(page, 'Jane');
      await page.locator('#allow:not([aria-disabled])').waitFor();
    },
  ],
];

if (executablePath === undefined) {
  it('is not checked without a browser', () => undefined);
} else {
  describe('the pages', () => {
    let demo: Demo;
    let production: Demo;
    let browser: Browser;
    const opened: Page[] = [];

    beforeAll(async () => {
      [demo, production, browser] = await Promise.all([
        startDemo({ config }),
        startDemo({
          isProduction: true,
          config: () => ({ app: { title: 'Acme', baseUrl: 'http://localhost:3000' } }),
        }),
        launchBrowser(executablePath),
      ]);
    }, 90_000);
    afterAll(async () => {
      await Promise.all([demo?.stop(), production?.stop(), browser?.close()]);
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(async (page) => page.context().close()));
    });

    async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      opened.push(page);
      return page;
    }

    /** What axe finds fault with, each with where. */
    async function faults(page: Page): Promise<string[]> {
      await page.evaluate(axe.source);
      const found = await page.evaluate<{ id: string; help: string; nodes: { target: unknown }[] }[]>(
        `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ violations }) => violations)`,
      );
      return found.map(
        ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => String(target)).join(', ')})`,
      );
    }

    /** By how many pixels a page is wider than its window, for each width. */
    async function overflows(page: Page): Promise<number[]> {
      const all: number[] = [];
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        all.push(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'));
      }
      return all.map((overflow) => Math.max(0, overflow));
    }

    it.each(pages)(
      '%s: axe finds nothing, light and dark, and it fits from 320 to 1920 pixels',
      async (_, go) => {
        const page = await open();
        await go(page, demo.url);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          expect([colorScheme, await faults(page)]).toEqual([colorScheme, []]);
        }
        expect(await overflows(page)).toEqual([0, 0, 0]);
        await page.setViewportSize({ width: 320, height: 800 });
        expect(await faults(page)).toEqual([]);
      },
      60_000,
    );

    it('shows in production who is signed in and the way to the portal, and no token anywhere', async () => {
      const page = await open();
      await page.goto(production.url);
      await signIn(page, 'Jane');
      await page.locator('.things').waitFor();
      const onward = page.getByRole('link', { name: 'Continue to Acme' });
      expect(await onward.getAttribute('href')).toBe('http://localhost:3000/');
      expect(await page.locator('#answer, #copy').count()).toBe(0);
      expect(await page.content()).not.toMatch(/eyJ[\w-]{10,}/);
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByText('Refreshed.', { exact: true }).waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect([colorScheme, await faults(page)]).toEqual([colorScheme, []]);
      }
      expect(await overflows(page)).toEqual([0, 0, 0]);
    });

    it('speaks German to whoever asks for it, from the first page to the last', async () => {
      const page = await open({ locale: 'de-CH' });
      await page.goto(demo.url);
      expect(await page.getAttribute('html', 'lang')).toBe('de');
      await page.getByRole('heading', { name: 'Bei Vestibule anmelden' }).waitFor();
      await page.getByRole('button', { name: 'Als Gast fortfahren' }).waitFor();
      await signIn(page, 'Jane');
      await page.getByRole('heading', { name: 'Ihre 3 Gruppen' }).waitFor();
      await page.locator('.things').waitFor();
      expect(await page.locator('.things').textContent()).toContain('über Team A');
      expect(await faults(page)).toEqual([]);
      await page.getByRole('button', { name: 'Abmelden' }).click();
      await page.getByText('Sie sind abgemeldet.').waitFor();
      await page.goto(authorizeUrl(demo.url));
      await signIn(page, 'Jane');
      await page.getByRole('heading', { name: 'Darf diese Anwendung in Ihrem Namen handeln?' }).waitFor();
      await page.goto(`${demo.url}/nothing`);
      await page.getByRole('link', { name: 'Zurück zum Portal' }).click();
      await page.waitForURL(`${demo.url}/`);
    });

    it('runs from right to left in a language of the config, and is English where that says nothing', async () => {
      const page = await open({ locale: 'he-IL' });
      await page.goto(demo.url);
      expect(await page.getAttribute('html', 'dir')).toBe('rtl');
      const heading = page.locator('#choices-title');
      expect(await heading.textContent()).toBe('כניסה אל \u2068Vestibule\u2069');
      expect(await page.locator('#choices .lead').textContent()).toBe(
        'Choose how you want to identify yourself.',
      );
      const right = async (selector: string): Promise<number> => {
        const box = await page.locator(selector).first().boundingBox();
        return (box?.x ?? 0) + (box?.width ?? 0);
      };
      // The mark stands at the right edge, and the panel right of the choices.
      expect(await right('.mark')).toBeGreaterThan((page.viewportSize()?.width ?? 0) * 0.9);
      expect(await right('.panel')).toBeGreaterThan(await right('.offer'));
      expect(await faults(page)).toEqual([]);
      expect(await overflows(page)).toEqual([0, 0, 0]);
      await page.goto(`${demo.url}/nothing`);
      await page.getByRole('heading', { name: 'אין דף כזה' }).waitFor();
      expect(await faults(page)).toEqual([]);
    });

    it('shows where the keyboard is, also where the system chooses the colours', async () => {
      for (const forcedColors of ['none', 'active'] as const) {
        const page = await open({ forcedColors });
        for (const path of ['/', '/nothing']) {
          await page.goto(`${demo.url}${path}`);
          const stops = await page.locator('a, button, summary').filter({ visible: true }).count();
          const seen = new Set<string>();
          for (let stop = 0; stop < stops; stop += 1) {
            await page.keyboard.press('Tab');
            const style = await page.evaluate<string>(
              `(({ outlineStyle, outlineWidth }) => outlineStyle + ' ' + outlineWidth)(getComputedStyle(document.activeElement))`,
            );
            expect([forcedColors, path, style]).toEqual([forcedColors, path, 'solid 3px']);
            seen.add(await page.evaluate<string>('document.activeElement.outerHTML'));
          }
          expect(seen.size).toBe(stops);
        }
      }
    });

    it('keeps its buttons and its cards apart from the page where the system chooses the colours', async () => {
      const page = await open({ forcedColors: 'active' });
      await page.goto(demo.url);
      const border = (selector: string): Promise<string> =>
        page.evaluate<string>(
          `(({ borderTopStyle, borderTopWidth }) => borderTopStyle + ' ' + borderTopWidth)(getComputedStyle(document.querySelector('${selector}')))`,
        );
      expect([await border('.choices'), await border('button.choice')]).toEqual(['solid 1px', 'solid 1px']);
      expect(await page.locator('.panel').isVisible()).toBe(false);
    });
  });
}
