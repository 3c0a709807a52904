/** The page as people meet it: a real browser, the whole backend, the development identity provider. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './testing/browser.ts';
import { startDemo, type Demo } from './testing/demo.ts';
import { servePage } from './testing/servePage.ts';

const executablePath = findBrowser();

if (executablePath === undefined) {
  it('is not checked without a browser', () => undefined);
} else {
  describe('the sign-in page', () => {
    let demo: Demo;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      [demo, browser] = await Promise.all([startDemo(), launchBrowser(executablePath)]);
    }, 60_000);
    afterAll(async () => {
      await Promise.all([demo?.stop(), browser?.close()]);
    });
    beforeEach(async () => {
      complaints = [];
      context = await browser.newContext();
      context.setDefaultTimeout(10_000);
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(error.error().message));
      page = await context.newPage();
      await page.goto(demo.url);
    });
    afterEach(async () => {
      await context.close();
      // Script errors, failed requests, and whatever the content security policy blocked.
      expect(complaints).toEqual([]);
    });

    const popupButton = (on = page) => on.getByRole('button', { name: 'Sign in with OpenID Connect' });
    const person = (on: Page, name: string) => on.getByRole('button', { name: `Sign in as ${name}` });
    const nameOnPage = (name: string, on = page) => on.getByRole('heading', { level: 1, name });
    const status = (on = page) => on.locator('#status');
    const focused = () => page.locator(':focus');

    async function openPopup(on = page): Promise<Page> {
      const [popup] = await Promise.all([on.waitForEvent('popup'), popupButton(on).click()]);
      await popup.getByRole('heading', { level: 1 }).waitFor();
      return popup;
    }

    async function signInWithPopup(name: string, on = page): Promise<void> {
      await person(await openPopup(on), name).click();
    }

    async function signInWithRedirect(name: string): Promise<void> {
      await page.getByRole('link', { name: 'Sign in without a popup' }).click();
      await person(page, name).click();
    }

    async function shownAnswer(): Promise<Record<string, unknown>> {
      return JSON.parse((await page.locator('#answer').textContent()) ?? '') as Record<string, unknown>;
    }

    it('signs Jane in through a popup and shows who she is and what she owns', async () => {
      await signInWithPopup('Jane');
      await nameOnPage('Jane Doe').waitFor();
      expect(await page.locator('#identity-ref').textContent()).toBe('user:default/jane');
      expect(await page.locator('#identity-email').textContent()).toBe('jane@example.com');
      expect(await page.title()).toMatch(/^Jane Doe – /);
      const checkout = page.locator('.things > li', { hasText: 'Takes orders and payments.' });
      await checkout.waitFor();
      expect(await checkout.textContent()).toContain('through Team A');
      expect(await page.locator('.things > li', { hasText: "Jane's notes" }).textContent()).toContain(
        'directly',
      );
      expect(await page.locator('.groups > li').allTextContents()).toContain('Team A');
      expect(Object.keys(await shownAnswer()).sort()).toEqual([
        'backstageIdentity',
        'profile',
        'providerInfo',
      ]);
      // Her picture is loaded, and the focus is where a screen reader should go on.
      await page.locator('#identity-picture').waitFor();
      expect(await focused().getAttribute('id')).toBe('identity-name');
    });

    it('signs Jane in by redirect, and leaves nothing in the address', async () => {
      await signInWithRedirect('Jane');
      await nameOnPage('Jane Doe').waitFor();
      expect(page.url()).toBe(`${demo.url}/`);
      expect(await shownAnswer()).toMatchObject({
        backstageIdentity: { identity: { userEntityRef: 'user:default/jane' } },
      });
    });

    it('keeps the session over a reload, gives a new token on demand, and ends it at sign-out', async () => {
      await signInWithPopup('Jane');
      await nameOnPage('Jane Doe').waitFor();
      await page.reload();
      await nameOnPage('Jane Doe').waitFor();
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByText('this is a new token').waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await popupButton().waitFor();
      expect(await status().textContent()).toBe('You are signed out.');
      expect(await page.locator('#answer').textContent()).toBe('');
      expect((await context.cookies(`${demo.url}/api/auth/oidc`)).map(({ name }) => name)).not.toContain(
        'oidc-refresh-token',
      );
      await page.reload();
      await popupButton().waitFor();
    });

    it.each([
      [
        'Kim',
        'does not belong to a user of this portal',
        'ERR_RESOLVER_NO_MATCH',
        'Add a User entity to the catalog',
      ],
      [
        'Sam',
        'e-mail address is not verified',
        'ERR_EMAIL_NOT_VERIFIED',
        'An unverified address identifies nobody',
      ],
    ])('refuses %s in plain words, in both flows', async (name, words, code, forOperator) => {
      for (const signIn of [signInWithPopup, signInWithRedirect]) {
        await signIn(name);
        const refusal = page.getByRole('region', { name: 'You are not signed in' });
        await refusal.waitFor();
        const text = await refusal.textContent();
        for (const part of [words, `Code: ${code}`, 'Reference: ', forOperator]) expect(text).toContain(part);
        const why = refusal.getByRole('region', { name: 'The decision, step by step' });
        await why.waitFor();
        const reference = /Reference: ([\w.-]+)/.exec(text ?? '')?.[1] ?? 'none';
        for (const part of [reference, 'emailMatchingUserEntityProfileEmail', code])
          expect(await why.textContent()).toContain(part);
        // Said once: to the person who reads, not again at the end of the tree.
        expect((await refusal.textContent())?.split(forOperator)).toHaveLength(2);
        expect(await why.getByRole('listitem').filter({ hasText: 'catalog: ' }).count()).toBe(
          name === 'Kim' ? 3 : 0,
        );
        expect(await focused().getAttribute('id')).toBe('refusal-title');
        expect(page.url()).toBe(`${demo.url}/`);
        await page.reload();
        await popupButton().waitFor();
        expect(await refusal.isVisible()).toBe(false);
      }
    });

    it('folds the 300 groups of Omar and lets him filter them', async () => {
      await signInWithPopup('Omar');
      await page.getByRole('heading', { name: 'Your 300 groups' }).waitFor();
      const groups = page.locator('.groups > li');
      expect(await groups.first().isVisible()).toBe(false);
      await page.getByText('Show all 300 groups').click();
      expect(await groups.count()).toBe(300);
      await page.getByRole('searchbox', { name: 'Filter groups' }).fill('guild 12');
      await page.getByText('10 of 300 groups').waitFor();
      expect(await groups.filter({ visible: true }).count()).toBe(10);
    });

    it('keeps a list open and filtered when the titles of its groups arrive after their references', async () => {
      let release = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      await page.route('**/auth-web/owned', async (route) => {
        await held;
        await route.continue();
      });
      await signInWithPopup('Omar');
      await page.getByText('Show all 300 groups').click();
      const filter = page.getByRole('searchbox', { name: 'Filter groups' });
      await filter.fill('guild-12');
      await page.getByText(/^\d+ of 300 groups$/).waitFor();
      release();
      await page.getByText('Guild 120', { exact: true }).waitFor();
      expect(await filter.inputValue()).toBe('guild-12');
      expect(await page.locator('input:focus').inputValue()).toBe('guild-12');
      expect(await page.getByText(/^\d+ of 300 groups$/).isVisible()).toBe(true);
    });

    it('signs two people in at once, in two tabs', async () => {
      const other = await context.newPage();
      await other.goto(demo.url);
      const [first, second] = [await openPopup(page), await openPopup(other)];
      await person(second, 'Omar').click();
      await nameOnPage('Omar', other).waitFor();
      await person(first, 'Jane').click();
      await nameOnPage('Jane Doe').waitFor();
    });

    it('notices that another tab signed out', async () => {
      await signInWithPopup('Jane');
      await nameOnPage('Jane Doe').waitFor();
      const other = await context.newPage();
      await other.goto(demo.url);
      await nameOnPage('Jane Doe', other).waitFor();
      await other.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('You signed out in another tab.').waitFor();
      expect(await page.locator('#answer').textContent()).toBe('');
    });

    it('lets a guest in, and out', async () => {
      await page.getByRole('button', { name: 'Continue as Guest' }).click();
      await page.locator('#identity-ref', { hasText: /^user:.*guest$/ }).waitFor();
      expect(await shownAnswer()).toHaveProperty('backstageIdentity');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await popupButton().waitFor();
    });

    it('lets a guest be anybody of the catalog, also after a reload, until they sign out', async () => {
      await page.getByText('Continue as somebody else').click();
      const search = page.getByRole('searchbox', { name: 'Name, e-mail or reference' });
      const people = page.getByRole('list', { name: 'Users of the catalog' }).getByRole('button');
      await page.getByText('3 users of the catalog').waitFor();
      expect(await people.first().textContent()).toBe('Jane Doe3 groupsuser:default/jane');
      await search.fill('OMAR@');
      await page.getByText('1 user of the catalog').waitFor();
      await people.click();
      await nameOnPage('Omar Haddad').waitFor();
      await page.getByRole('heading', { name: 'Your 300 groups' }).waitFor();
      expect(await shownAnswer()).toMatchObject({
        profile: { email: 'omar@example.com' },
        backstageIdentity: { identity: { userEntityRef: 'user:default/omar' } },
      });
      await page.reload();
      await nameOnPage('Omar Haddad').waitFor();
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByText('this is a new token').waitFor();
      expect(await page.locator('#identity-ref').textContent()).toBe('user:default/omar');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.reload();
      await page.getByRole('button', { name: 'Continue as Guest' }).click();
      await page.locator('#identity-ref', { hasText: 'user:development/guest' }).waitFor();
    });

    it('lets somebody pick with the keyboard alone, and says when nobody is called that', async () => {
      await page.locator('.picker summary').focus();
      await page.keyboard.press('Enter');
      await page.getByText('3 users of the catalog').waitFor();
      await page.keyboard.type('nobody');
      await page.getByText('Nobody in the catalog is called that.').waitFor();
      await page.keyboard.press('Escape');
      expect(await page.locator('.picker[open]').count()).toBe(0);
      expect(await focused().textContent()).toContain('Continue as somebody else');
      await page.keyboard.press('Enter');
      await page.locator('.picker[open] input:focus').waitFor();
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Backspace');
      await page.getByText('3 users of the catalog').waitFor();
      for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowDown');
      expect(await focused().textContent()).toContain('Sam Okafor');
      await page.keyboard.press('Enter');
      await nameOnPage('Sam Okafor').waitFor();
    });

    it('signs nobody in by a pick that is gone or foreign', async () => {
      for (const user of ['user:default/gone', 'group:default/admins', 7]) {
        const stored = JSON.stringify({ providerId: 'guest', environment: '', user });
        await page.evaluate(`localStorage.setItem('vestibule:last-sign-in', '${stored}')`);
        await page.reload();
        await page.getByRole('button', { name: 'Continue as Guest' }).waitFor();
        expect(await page.locator('#identity').isVisible()).toBe(false);
      }
      // The browser itself reports the two answers that were refusals.
      expect(complaints.splice(0).every((text) => /status of 40[04]/.test(text))).toBe(true);
    });

    it('works with the keyboard alone', async () => {
      await page.keyboard.press('Tab');
      expect(await focused().textContent()).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await focused().textContent()).toBe('Sign in with OpenID Connect');
      const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
      await person(popup, 'Jane').waitFor();
      await popup.keyboard.press('Tab');
      await popup.keyboard.press('Enter').catch(() => undefined);
      await nameOnPage('Jane Doe').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      expect(await focused().textContent()).toBe('Sign out');
      await page.keyboard.press('Enter');
      await popupButton().waitFor();
      expect(await focused().getAttribute('id')).toBe('choices-title');
    });

    it('says so when the window is closed before the end, and when the person refuses', async () => {
      await (await openPopup()).close();
      await page.getByText('The sign-in window was closed before the sign-in was finished.').waitFor();
      // The page has asked first, once, whether somebody is signed in; the browser itself reports the answer.
      expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
      const popup = await openPopup();
      expect(await page.locator('#refusal').isVisible()).toBe(false);
      await popup.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('The sign-in provider refused the login.').waitFor();
    });

    it('says what to do when the browser blocks the window', async () => {
      await page.evaluate('window.open = () => null');
      await popupButton().click();
      await page.getByText('Your browser blocked the sign-in window.').waitFor();
    });

    it('believes no message but the one of its own popup', async () => {
      const popup = await openPopup();
      const identity = { userEntityRef: 'user:default/mallory', ownershipEntityRefs: [] };
      const response = { profile: { displayName: 'Mallory' }, backstageIdentity: { token: 'x', identity } };
      const message = JSON.stringify({ type: 'authorization_response', response });
      await page.evaluate(`window.postMessage(${message}, '*')`);
      await person(popup, 'Jane').click();
      await nameOnPage('Jane Doe').waitFor();
      expect(await page.locator('body').textContent()).not.toContain('mallory');
    });

    it('shows no word of the address, only the sentence of a known code', async () => {
      const sentence = page.locator('#refusal-sentence');
      const evil = encodeURIComponent('<img src=x onerror=alert(1)> call 555-0100');
      await page.goto(`${demo.url}/?error=${evil}&error_code=ERR_GATE_DOMAIN&error_reference=${evil}`);
      await sentence.waitFor();
      expect(await sentence.textContent()).toBe('Sign-in user email is not from an allowed domain');
      await page.goto(`${demo.url}/?error=${evil}&error_code=${evil}`);
      await sentence.waitFor();
      expect(await sentence.textContent()).toMatch(/^The sign-in did not work\./);
      expect(await page.locator('main').textContent()).not.toContain('555-0100');
    });

    it('shows the names of the catalog and the words of a decision as text', async () => {
      const evil = '<img src=x onerror=alert(1)>';
      const user = { entityRef: evil, title: evil, groups: 0 };
      await page.route('**/auth-web/guests?*', (route) =>
        route.fulfill({ json: { users: [user], truncated: false } }),
      );
      await page.route('**/api/auth/v1/decisions/*', (route) => route.fulfill({ json: { text: evil } }));
      await page.goto(`${demo.url}/?error_code=ERR_GATE_DOMAIN&error_reference=abc`);
      await page.locator('#refusal-decision-text', { hasText: evil }).waitFor();
      await page.locator('.picker summary').click();
      await page.locator('.people strong', { hasText: evil }).waitFor();
      expect(await page.locator('img[src=x]').count()).toBe(0);
    });

    it('asks for the decision behind a reference in development only', async () => {
      const served = await servePage();
      const asked: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/decisions/')) asked.push(new URL(request.url()).pathname);
      });
      try {
        for (const [isDevelopment, expected] of [
          [true, ['/api/auth/v1/decisions/abc']],
          [false, []],
        ] as const) {
          asked.length = 0;
          await served.html({
            isDevelopment,
            address: { origin: served.url, basePath: '', authPath: '/api/auth' },
          });
          await page.goto(`${served.url}/?error_code=ERR_GATE_DOMAIN&error_reference=abc`);
          await page.locator('#refusal').waitFor();
          await page.waitForLoadState('networkidle');
          expect(asked).toEqual(expected);
          // Without an answer nothing is shown.
          expect(await page.locator('#refusal-decision').isVisible()).toBe(false);
        }
      } finally {
        served.stop();
      }
      expect(complaints.splice(0).every((text) => text.includes('418'))).toBe(true);
    });

    it('fits a window of 320 pixels, with every view', async () => {
      await page.setViewportSize({ width: 320, height: 640 });
      const overflow = () => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(await overflow()).toBeLessThanOrEqual(0);
      await page.getByText('Continue as somebody else').click();
      await page.getByText('3 users of the catalog').waitFor();
      expect(await overflow()).toBeLessThanOrEqual(0);
      await signInWithPopup('Kim');
      await page.locator('#refusal-decision').waitFor();
      expect(await overflow()).toBeLessThanOrEqual(0);
      // The tree breaks its lines, so that nobody has to move it sideways.
      const tree = page.locator('#refusal-decision-text');
      expect(await tree.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
      await signInWithPopup('Jane');
      await page.locator('.things').waitFor();
      expect(await overflow()).toBeLessThanOrEqual(0);
    });
  });
}
