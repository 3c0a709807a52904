/** Signing out at the provider, too: in a browser that stays signed in there. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './testing/browser.ts';
import { freePort, startDemo, type Demo } from './testing/demo.ts';

const executablePath = findBrowser();

if (executablePath === undefined) {
  it('is not checked without a browser', () => undefined);
} else {
  describe('signing out', () => {
    let idp: DevIdpServer;
    let demo: Demo;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      const port = await freePort();
      const portal = `http://localhost:${port}/api/auth/acme`;
      const client = { clientId: 'acme', clientSecret: 'dev-only-secret-of-acme' };
      idp = await startDevIdp({
        // Front ends follow a sign-out over http to this name only.
        host: 'localhost',
        remembersPeople: true,
        clients: [
          {
            ...client,
            redirectUris: [`${portal}/handler/frame`],
            postLogoutRedirectUris: [`${portal}/logout/return`],
            backchannelLogoutUri: `${portal}/backchannel-logout`,
          },
        ],
      });
      const acme = {
        type: 'oidc',
        title: 'Acme',
        development: {
          ...client,
          metadataUrl: idp.metadataUrl,
          signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
        },
      };
      [demo, browser] = await Promise.all([
        startDemo({ port, config: () => ({ auth: { providers: { acme } } }) }),
        launchBrowser(executablePath),
      ]);
      page = await (await browser.newContext()).newPage();
      page.setDefaultTimeout(10_000);
      await page.goto(demo.url);
    }, 60_000);
    afterAll(async () => {
      await Promise.all([demo?.stop(), browser?.close(), idp?.stop()]);
    });

    const openPopup = async (): Promise<Page> => {
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        page.getByRole('button', { name: 'Sign in with Acme' }).click(),
      ]);
      return popup;
    };

    it('ends the session at the provider, which then asks for a login again', async () => {
      const first = await openPopup();
      await first.getByRole('button', { name: /Sign in as Jane/ }).click();
      const signOut = page.getByRole('button', { name: 'Sign out' });
      await signOut.waitFor();

      // Without a sign-out the provider knows her: nobody is asked.
      await page.context().clearCookies({ name: /refresh-token/ });
      await page.reload();
      await openPopup();
      await signOut.waitFor();

      await signOut.click();
      await page.waitForURL(`${idp.issuer}/logout?**`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${demo.url}/**`);
      await page.getByRole('button', { name: 'Sign in with Acme' }).waitFor();

      const second = await openPopup();
      await second.getByRole('button', { name: /Sign in as Jane/ }).waitFor();
      expect(new URL(second.url()).origin).toBe(idp.issuer);
    });
  });
}
