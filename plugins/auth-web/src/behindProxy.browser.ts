/** The pages behind a proxy: under a path of its own, and with windows that lose their opener on the way. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './testing/browser.ts';
import { startDemo, type Demo } from './testing/demo.ts';
import { startOAuthClient } from './testing/oauthClient.ts';
import { startPrefixProxy, type PrefixProxy } from './testing/prefixProxy.ts';

const executablePath = findBrowser();

if (executablePath === undefined) {
  it('is not checked without a browser', () => undefined);
} else {
  describe('behind a proxy, under a path of its own', () => {
    const prefix = '/portal';
    let proxy: PrefixProxy;
    let demo: Demo;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let requests: string[];
    let complaints: string[];
    let isCut = false;

    beforeAll(async () => {
      proxy = await startPrefixProxy({
        prefix,
        // As some providers have it on their pages: the window is cut off from the one that opened it.
        headersOf: (path) =>
          isCut && path.startsWith('/dev-idp/interaction')
            ? { 'cross-origin-opener-policy': 'same-origin' }
            : {},
      });
      const { url } = proxy;
      [demo, browser] = await Promise.all([
        startDemo({
          config: () => ({
            app: { baseUrl: url },
            backend: { baseUrl: url },
            auth: {
              experimentalDynamicClientRegistration: {
                enabled: true,
                allowedRedirectUriPatterns: ['http://127.0.0.1:*/*'],
              },
              providers: {
                oidc: { development: { metadataUrl: `${url}/dev-idp/.well-known/openid-configuration` } },
              },
            },
          }),
        }),
        launchBrowser(executablePath),
      ]);
      proxy.serve(demo.url);
    }, 60_000);
    afterAll(async () => {
      proxy?.stop();
      await Promise.all([demo?.stop(), browser?.close()]);
    });
    beforeEach(async () => {
      isCut = false;
      requests = [];
      complaints = [];
      context = await browser.newContext();
      context.setDefaultTimeout(10_000);
      context.on('request', (request) => requests.push(request.url()));
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(error.error().message));
      page = await context.newPage();
      await page.goto(`${proxy.url}/`);
    });
    afterEach(async () => {
      await context.close();
      expect(complaints).toEqual([]);
      // A browser asks for the icon of some pages by itself, at the root.
      const ours = requests.filter((url) => !url.endsWith('/favicon.ico') && !url.includes('/callback?'));
      expect(ours.filter((url) => url !== proxy.url && !url.startsWith(`${proxy.url}/`))).toEqual([]);
    });

    const button = (name: string, on = page) => on.getByRole('button', { name });
    const heading = (name: string, on = page) => on.getByRole('heading', { level: 1, name });

    async function openPopup(): Promise<Page> {
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        button('Sign in with OpenID Connect').click(),
      ]);
      await button('Sign in as Jane', popup).waitFor();
      return popup;
    }

    it('people sign in by popup, find their session again, see what they own, and sign out', async () => {
      await button('Sign in as Jane', await openPopup()).click();
      await heading('Jane Doe').waitFor();
      await page.locator('.things > li', { hasText: 'Takes orders and payments.' }).waitFor();
      await page.locator('#identity-picture').waitFor();
      const cookies = await context.cookies(`${proxy.url}/api/auth/oidc`);
      expect(cookies.map(({ name, path }) => [name, path])).toEqual([
        ['oidc-refresh-token', `${prefix}/api/auth/oidc`],
      ]);
      await page.reload();
      await heading('Jane Doe').waitFor();
      await button('Sign out').click();
      await page.getByText('You are signed out.').waitFor();
    });

    it('people sign in by redirect, and come back to the page', async () => {
      await page.getByRole('link', { name: 'Sign in without a popup' }).click();
      await button('Sign in as Jane').click();
      await heading('Jane Doe').waitFor();
      expect(page.url()).toBe(`${proxy.url}/`);
    });

    it('a refusal comes back to the page as well, and is explained', async () => {
      await page.getByRole('link', { name: 'Sign in without a popup' }).click();
      await button('Sign in as Kim').click();
      await page.getByText('does not belong to a user of this portal').waitFor();
      await page.getByRole('region', { name: 'The decision, step by step' }).waitFor();
      expect(page.url()).toBe(`${proxy.url}/`);
    });

    it('developers pick a guest, whom a reload finds again', async () => {
      await page.getByText('Continue as somebody else').click();
      await page.getByRole('list', { name: 'Users of the catalog' }).getByText('Jane Doe').click();
      await heading('Jane Doe').waitFor();
      await page.reload();
      await heading('Jane Doe').waitFor();
    });

    it('applications ask for consent, and read their addresses in the discovery document', async () => {
      const issuer = `${proxy.url}/api/auth`;
      const document = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
      for (const [name, value] of Object.entries(document as Record<string, unknown>))
        if (/issuer|_endpoint$|_uri$/.test(name)) expect(value).toMatch(new RegExp(`^${issuer}(/|$)`));
      const client = await startOAuthClient(proxy.url);
      try {
        await page.goto(client.begin());
        const [popup] = await Promise.all([
          page.waitForEvent('popup'),
          button('Sign in with OpenID Connect').click(),
        ]);
        await button('Sign in as Jane', popup).click();
        await heading('Let this application act as you?').waitFor();
        expect(page.url()).toContain(`${proxy.url}/oauth2/authorize/`);
        const [answer] = await Promise.all([client.answered(), button('Allow').click()]);
        expect(await client.redeem(answer)).toEqual({ sub: 'user:default/jane', hasRefreshToken: false });
      } finally {
        client.stop();
      }
    });

    it('a page of a failed start leads back to the portal', async () => {
      await page.goto(`${proxy.url}/api/auth/oidc/start?env=nowhere`);
      await heading('You cannot sign in this way').waitFor();
      // The browser itself reports a page with an error status.
      expect(complaints.splice(0)).toEqual([expect.stringContaining('404')]);
      await page.getByRole('link', { name: 'Back to the portal' }).click();
      await button('Sign in with OpenID Connect').waitFor();
      expect(page.url().replace(/\/$/, '')).toBe(proxy.url);
    });

    describe('a window that was cut off from the page', () => {
      beforeEach(() => {
        isCut = true;
      });
      const refreshes = () => requests.filter((url) => url.includes('/refresh'));
      const closed = () => page.getByText('The sign-in window was closed before the sign-in was finished.');

      /** As in front of a person, who looks at the other window. Under test, every page believes that it has the focus. */
      async function lookAway(): Promise<void> {
        await page.evaluate('document.hasFocus = () => false; undefined');
      }

      it('signs the person in: the page asks once, when the window is done', async () => {
        await lookAway();
        const popup = await openPopup();
        expect(await popup.evaluate('window.opener === null')).toBe(true);
        await button('Sign in as Jane', popup).click();
        await heading('Jane Doe').waitFor();
        expect(await heading('You are signed in', popup).isVisible()).toBe(true);
        expect(refreshes()).toHaveLength(1);
      });

      it('signs the person in although the page was looked at, and said no, in between', async () => {
        const popup = await openPopup();
        await closed().waitFor();
        expect(refreshes()).toHaveLength(1);
        await button('Sign in as Jane', popup).click();
        await heading('Jane Doe').waitFor();
        expect(await closed().isVisible()).toBe(false);
        expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
      });

      it('may go on to the portal itself, and is signed in there', async () => {
        await lookAway();
        const popup = await openPopup();
        await button('Sign in as Jane', popup).click();
        await popup.getByRole('link', { name: 'Back to the portal' }).click();
        await heading('Jane Doe', popup).waitFor();
      });

      it('that was closed says so, after one question', async () => {
        await lookAway();
        await (await openPopup()).close();
        await page.evaluate(
          "document.hasFocus = () => true; window.dispatchEvent(new Event('focus')); undefined",
        );
        await closed().waitFor();
        expect(refreshes()).toHaveLength(1);
        expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
      });
    });
  });
}
