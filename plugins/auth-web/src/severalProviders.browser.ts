/** Several providers of one type on one page: each with its own title, icon, issuer and session. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './testing/browser.ts';
import { freePort, startDemo, type Demo } from './testing/demo.ts';

const executablePath = findBrowser();
// One pixel.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

if (executablePath === undefined) {
  it('is not checked without a browser', () => undefined);
} else {
  describe('two providers of one type', () => {
    let labsIdp: DevIdpServer;
    let demo: Demo;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      // The providers compare redirect URIs exactly, and are started first.
      const port = await freePort();
      const client = (providerId: string) => ({
        clientId: providerId,
        clientSecret: `dev-only-secret-of-${providerId}`,
        redirectUris: [`http://localhost:${port}/api/auth/${providerId}/handler/frame`],
      });
      const block = (providerId: string, metadataUrl: string) => ({
        metadataUrl,
        clientId: client(providerId).clientId,
        clientSecret: client(providerId).clientSecret,
        signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
      });
      labsIdp = await startDevIdp({ clients: [client('labs')] });
      [demo, browser] = await Promise.all([
        startDemo({
          port,
          config: (url) => ({
            devIdp: { clients: [client('acme')] },
            auth: {
              providers: {
                acme: {
                  type: 'oidc',
                  title: 'Acme',
                  icon: 'building',
                  development: block('acme', `${url}/dev-idp/.well-known/openid-configuration`),
                },
                labs: {
                  type: 'oidc',
                  title: 'Labs',
                  icon: 'https://icons.example/labs.png',
                  development: block('labs', labsIdp.metadataUrl),
                },
              },
            },
          }),
        }),
        launchBrowser(executablePath),
      ]);
      context = await browser.newContext();
      context.setDefaultTimeout(10_000);
      await context.route('https://icons.example/*', (route) =>
        route.fulfill({ contentType: 'image/png', body: picture }),
      );
      page = await context.newPage();
      await page.goto(demo.url);
    }, 60_000);
    afterAll(async () => {
      await Promise.all([demo?.stop(), browser?.close(), labsIdp?.stop()]);
    });

    const button = (title: string, on = page) => on.getByRole('button', { name: `Sign in with ${title}` });

    async function signIn(title: string, person: string): Promise<string> {
      const [popup] = await Promise.all([page.waitForEvent('popup'), button(title).click()]);
      const option = popup.getByRole('button', { name: `Sign in as ${person}` });
      await option.waitFor();
      const { origin } = new URL(popup.url());
      await option.click();
      await page.locator('#identity-how', { hasText: `Signed in with ${title}.` }).waitFor();
      return origin;
    }

    async function sessionCookies(): Promise<string[]> {
      const cookies = await context.cookies(['acme', 'labs'].map((id) => `${demo.url}/api/auth/${id}`));
      return cookies.map(({ name }) => name).filter((name) => name.endsWith('-refresh-token'));
    }

    it('have a button each, with the icon that the config names', async () => {
      const drawn = await button('Acme').locator('.icon svg').innerHTML();
      expect(drawn).not.toBe(await button('OpenID Connect').locator('.icon svg').innerHTML());
      await button('Labs').locator('.icon img').waitFor();
      expect(await button('Labs').locator('.icon svg').count()).toBe(0);
    });

    it('sign in separately, each at its own issuer', async () => {
      expect(await signIn('Acme', 'Jane')).toBe(demo.url);
      expect(await page.locator('#identity-ref').textContent()).toBe('user:default/jane');
      expect(await sessionCookies()).toEqual(['acme-refresh-token']);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await button('Labs').waitFor();

      expect(await signIn('Labs', 'Omar')).toBe(labsIdp.issuer);
      expect(await page.locator('#identity-ref').textContent()).toBe('user:default/omar');
      expect(await sessionCookies()).toEqual(['labs-refresh-token']);
      await page.reload();
      await page.locator('#identity-ref', { hasText: 'user:default/omar' }).waitFor();
    });

    it('keep the drawing of the type where a picture does not come', async () => {
      const other = await browser.newContext();
      await other.route('https://icons.example/*', (route) => route.fulfill({ body: 'no picture' }));
      const shown = await other.newPage();
      const answered = shown.waitForResponse('https://icons.example/*');
      await shown.goto(demo.url);
      await answered;
      await shown.waitForLoadState('load');
      expect(await button('Labs', shown).locator('.icon svg').isVisible()).toBe(true);
      expect(await button('Labs', shown).locator('.icon img').isVisible()).toBe(false);
      await other.close();
    });
  });
}
