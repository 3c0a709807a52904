/** The consent page as people meet it: a real browser, the whole backend, and a program that listens for the answer. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './testing/browser.ts';
import { startDemo, type Demo } from './testing/demo.ts';
import { startOAuthClient, type OAuthClientOptions, type OAuthClientProgram } from './testing/oauthClient.ts';

const executablePath = findBrowser();
/** Of a client that stands in the config; nobody is there. */
const notesRedirectUri = 'https://notes.example/callback';

if (executablePath === undefined) {
  it('is not checked without a browser', () => undefined);
} else {
  describe('the consent page', () => {
    let demo: Demo;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];
    let clients: OAuthClientProgram[];

    beforeAll(async () => {
      const loopback = ['http://127.0.0.1:*/*'];
      const allowedRedirectUriPatterns = ['acme://*', 'http://intranet.example/*', ...loopback];
      [demo, browser] = await Promise.all([
        startDemo({
          config: () => ({
            auth: {
              clientIdMetadataDocuments: { enabled: true },
              experimentalDynamicClientRegistration: { enabled: true, allowedRedirectUriPatterns },
              experimentalRefreshToken: { enabled: true },
              staticClients: [
                { clientId: 'acme-notes', clientName: 'Acme notes', redirectUris: [notesRedirectUri] },
              ],
            },
          }),
        }),
        launchBrowser(executablePath),
      ]);
    }, 60_000);
    afterAll(async () => {
      await Promise.all([demo?.stop(), browser?.close()]);
    });
    beforeEach(async () => {
      complaints = [];
      clients = [];
      context = await browser.newContext();
      context.setDefaultTimeout(10_000);
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(error.error().message));
      page = await context.newPage();
    });
    afterEach(async () => {
      await context.close();
      for (const client of clients) client.stop();
      // Script errors, failed requests, and whatever the content security policy blocked.
      expect(complaints).toEqual([]);
    });

    const heading = (name: string | RegExp, on = page) => on.getByRole('heading', { level: 1, name });
    const question = (on = page) => heading('Let this application act as you?', on);
    const button = (name: string, on = page) => on.getByRole('button', { name });
    const nothing = (on = page) => heading('There is nothing to answer', on);
    const focused = () => page.locator(':focus');

    async function startClient(options?: OAuthClientOptions): Promise<OAuthClientProgram> {
      const client = await startOAuthClient(demo.url, options);
      clients.push(client);
      return client;
    }

    async function signIn(name: string, on = page): Promise<void> {
      const [popup] = await Promise.all([
        on.waitForEvent('popup'),
        button('Sign in with OpenID Connect', on).click(),
      ]);
      await button(`Sign in as ${name}`, popup).click();
    }

    /** The question, to somebody who just signed in. */
    async function ask(client: OAuthClientProgram, name = 'Jane'): Promise<void> {
      await page.goto(client.begin());
      await signIn(name);
      await question().waitFor();
    }

    /** The browser itself reports answers that are refusals, and requests that went nowhere. */
    function forgive(pattern: RegExp): void {
      const [first, ...others] = complaints.splice(0);
      expect(first).toMatch(pattern);
      for (const other of others) expect(other).toMatch(pattern);
    }

    it('signs Jane in first, tells her who asks for what, and takes her answer to the program', async () => {
      const client = await startClient({ name: 'Acme CLI', scope: 'openid offline_access' });
      await page.goto(client.begin());
      await page.getByText('An application asks to act as you.').waitFor();
      // Nothing of the request is in the tab, or in what another site could be told.
      expect(await page.title()).toBe('Allow access – Vestibule');
      await signIn('Jane');
      await question().waitFor();
      expect(await focused().getAttribute('id')).toBe('consent-title');
      const text =
        (await page.getByRole('region', { name: 'Let this application act as you?' }).innerText()) ?? '';
      for (const part of [
        '“Acme CLI”',
        'That is what it calls itself; nobody has checked it.',
        'It registered itself here.',
        'Jane Doe',
        'user:default/jane',
        'act as you in Vestibule',
        'go on while you are away, until this access is taken away or lapses',
        `a program on this computer (127.0.0.1:${new URL(client.redirectUri).port})`,
      ])
        expect(text).toContain(part);
      expect(await page.locator('.caution').filter({ visible: true }).count()).toBe(0);

      await Promise.all([client.answered(), button('Allow').click()]);
      await heading('You can go back to your terminal.').waitFor();
      const [answer = new URLSearchParams()] = client.answers;
      expect(answer.get('state')).toBe('a-state-of-the-client');
      expect(await client.redeem(answer)).toEqual({ sub: 'user:default/jane', hasRefreshToken: true });
      // The page is not in the history any more: whoever goes back finds no question.
      await page.goBack();
      expect(page.url()).not.toContain('/oauth2/authorize/');
    });

    it('takes a refusal to the program, and no code with it', async () => {
      const client = await startClient();
      await ask(client);
      const [answer] = await Promise.all([client.answered(), button('Cancel').click()]);
      expect(answer.get('error')).toBe('access_denied');
      expect(answer.get('state')).toBe('a-state-of-the-client');
      expect(answer.has('code')).toBe(false);
    });

    it('names the host that describes a client, and says when access is for a limited time', async () => {
      const clientId = `${demo.url}/api/auth/.well-known/oauth-client/cli.json`;
      const client = await startClient({ document: { clientId, path: '/callback' } });
      await ask(client);
      const text = await page.locator('#consent').innerText();
      expect(text).toContain('“Backstage CLI”');
      expect(text).toContain(`Its description comes from ${new URL(demo.url).host}.`);
      expect(text).toContain('for a limited time; then it has to ask you again');
    });

    it('says of a client of the config that the portal has set it up, and doubts nothing of it', async () => {
      const parameters = new URLSearchParams({
        client_id: 'acme-notes',
        redirect_uri: notesRedirectUri,
        response_type: 'code',
        code_challenge: 'a'.repeat(43),
        code_challenge_method: 'S256',
      });
      await page.goto(`${demo.url}/api/auth/v1/authorize?${parameters}`);
      await signIn('Jane');
      await question().waitFor();
      const text = await page.locator('#consent').innerText();
      expect(text).toContain('“Acme notes”');
      expect(text).toContain('Whoever runs this portal has set it up as acme-notes.');
      expect(text).not.toContain('nobody has checked it');
      expect(text).toContain('notes.example');
    });

    it('finds the session of before, and asks each time, however often the answer was yes', async () => {
      const client = await startClient();
      await ask(client);
      for (let time = 0; time < 2; time += 1) {
        await Promise.all([client.answered(), button('Allow').click()]);
        await heading('You can go back to your terminal.').waitFor();
        await page.goto(client.begin());
        await question().waitFor();
        await page.waitForLoadState('networkidle');
        expect(client.answers).toHaveLength(time + 1);
      }
    });

    it('comes back from a sign-in without a popup, also from one that was refused', async () => {
      const client = await startClient();
      await page.goto(client.begin());
      const address = page.url();
      await page.getByRole('link', { name: 'Sign in without a popup' }).click();
      await button('Sign in as Kim').click();
      await page.getByText('does not belong to a user of this portal').waitFor();
      expect(page.url()).toBe(address);
      await page.getByRole('link', { name: 'Sign in without a popup' }).click();
      await button('Sign in as Jane').click();
      await question().waitFor();
      expect(page.url()).toBe(address);
      const [answer] = await Promise.all([client.answered(), button('Allow').click()]);
      expect(await client.redeem(answer)).toEqual({ sub: 'user:default/jane', hasRefreshToken: false });
    });

    it('lets somebody use another account', async () => {
      const client = await startClient();
      await ask(client);
      await button('Use another account').click();
      expect(await focused().getAttribute('id')).toBe('choices-title');
      await signIn('Omar');
      await page.locator('#identity-ref', { hasText: 'user:default/omar' }).waitFor();
      const [answer] = await Promise.all([client.answered(), button('Allow').click()]);
      expect(await client.redeem(answer)).toMatchObject({ sub: 'user:default/omar' });
    });

    it('answers for whom it shows, whoever signs in in another tab', async () => {
      const client = await startClient();
      await ask(client);
      const other = await context.newPage();
      await other.goto(demo.url);
      await heading('Jane Doe', other).waitFor();
      await button('Sign out', other).click();
      await page.getByText('You signed out in another tab.').waitFor();
      expect(await question().isVisible()).toBe(false);
      await signIn('Jane');
      await question().waitFor();
      await other.reload();
      await heading('Jane Doe', other).waitFor();
      await other.evaluate("localStorage.setItem('vestibule:last-sign-in', 'something else')");
      await other.reload();
      await signIn('Omar', other);
      await heading('Omar Haddad', other).waitFor();
      expect(await page.locator('#identity-ref').textContent()).toBe('user:default/jane');
      const [answer] = await Promise.all([client.answered(), button('Allow').click()]);
      expect(await client.redeem(answer)).toMatchObject({ sub: 'user:default/jane' });
    });

    it('lets one of two tabs answer, and tells the other', async () => {
      const client = await startClient();
      await ask(client);
      const other = await context.newPage();
      await other.goto(page.url());
      await question(other).waitFor();
      await Promise.all([button('Allow').click(), button('Cancel', other).click()]);
      const tabs = [page, other];
      await Promise.all(
        tabs.map((tab) => nothing(tab).or(heading('You can go back to your terminal.', tab)).waitFor()),
      );
      const told = await Promise.all(tabs.map((tab) => nothing(tab).isVisible()));
      expect(told.filter(Boolean)).toHaveLength(1);
      expect(client.answers).toHaveLength(1);
      forgive(/status of 400/);
    });

    it('asks nobody about a request that is unknown, over or decided, and says what to do', async () => {
      await page.goto(`${demo.url}/oauth2/authorize/nobody-made-this-one`);
      await nothing().waitFor();
      expect(await focused().getAttribute('id')).toBe('outcome-title');
      await page.getByText('Go back to the application and begin there once more.').waitFor();
      expect(await button('Sign in with OpenID Connect').isVisible()).toBe(false);

      const client = await startClient();
      await ask(client);
      const address = page.url();
      // What the backend says once the request is over.
      await page.route('**/approve', (route) =>
        route.continue({
          url: route
            .request()
            .url()
            .replace(/sessions\/[^/]+/, 'sessions/over'),
        }),
      );
      await button('Allow').click();
      await nothing().waitFor();
      await page.unroute('**/approve');
      await page.goto(address);
      await Promise.all([client.answered(), button('Allow').click()]);
      await heading('You can go back to your terminal.').waitFor();
      await page.goto(address);
      await nothing().waitFor();
      expect(client.answers).toHaveLength(1);
      forgive(/status of 400/);
    });

    it('asks once more where the token was not good any more, and answers nothing by itself', async () => {
      const client = await startClient();
      await ask(client);
      await page.route(
        '**/approve',
        (route) =>
          route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer ended' } }),
        { times: 1 },
      );
      await button('Allow').click();
      await page.getByText('Your sign-in had ended and was renewed. Please answer once more.').waitFor();
      expect(client.answers).toHaveLength(0);
      await Promise.all([client.answered(), button('Allow').click()]);
      forgive(/status of 401/);
    });

    it('says so while the backend is away, and goes on when it is back', async () => {
      const client = await startClient();
      await page.route('**/v1/sessions/*', (route) => route.abort(), { times: 1 });
      await page.goto(client.begin());
      await heading('This does not work right now').waitFor();
      await button('Try again').click();
      await signIn('Jane');
      await page.route('**/approve', (route) => route.abort(), { times: 1 });
      await button('Allow').click();
      await page.getByRole('alert').filter({ hasText: 'The backend cannot be reached' }).waitFor();
      await Promise.all([client.answered(), button('Allow').click()]);
      forgive(/ERR_FAILED/);
    });

    it('stays, and offers the way once more, where the answer goes to an app', async () => {
      const client = await startClient({ name: 'Acme', redirectUri: 'acme://signed-in/here' });
      await ask(client);
      const text = await page.locator('#consent').innerText();
      expect(text).toContain('the app on this device that opens “acme:” links');
      expect(text).toContain('Any program on this device may open such links.');
      await button('Allow').click();
      await heading('You allowed it').waitFor();
      await page.getByText('When it is open, you can close this page.').waitFor();
      // What is decided stays said, also when nobody is signed in any more.
      const other = await context.newPage();
      await other.goto(demo.url);
      const told = page.evaluate(
        "new Promise((resolve) => addEventListener('storage', ({ newValue }) => newValue ?? resolve()))",
      );
      await Promise.all([told, button('Sign out', other).click()]);
      expect(await heading('You allowed it').isVisible()).toBe(true);
      const link = page.getByRole('link', { name: 'Open the app again' });
      expect(await link.getAttribute('href')).toMatch(/^acme:\/\/signed-in\/here\?code=[\w-]+&state=/);
      // The answer was given: a reload finds nothing to answer, and says so.
      await page.reload();
      await nothing().waitFor();
      forgive(/status of 400/);
    });

    it('warns of an answer that goes over the network without encryption', async () => {
      const client = await startClient({ redirectUri: 'http://intranet.example/signed-in' });
      await ask(client);
      expect(await page.locator('#destination').textContent()).toBe('intranet.example');
      await page.getByText('The way there is not encrypted').waitFor();
    });

    it('shows the name of an application as text, on one line, and never longer than it is useful', async () => {
      const evil = `<img src=x onerror=alert(1)> a${'\u0300'.repeat(30)} ${'A'.repeat(130)}`;
      const client = await startClient({ name: evil });
      await page.setViewportSize({ width: 320, height: 640 });
      await ask(client);
      const shown = (await page.locator('#asker-name').textContent()) ?? '';
      expect(shown).toMatch(/^“<img src=x onerror=alert\(1\)> à\u0300\u0300\u0300? A+…”$/);
      expect([...shown].length).toBeLessThanOrEqual(62);
      expect(await page.locator('img[src=x]').count()).toBe(0);
      expect(
        await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
      ).toBeLessThanOrEqual(0);
    });

    it.each([
      ['turns text around', 'evil\u202Egpj.exe\u2066', '“evilgpj.exe”'],
      ['is not seen or ends a line', 'Acme\u200B\u00AD\u3164 CLI\nIt is safe', '“Acme CLI It is safe”'],
      ['is all there is', '\u200B\u3164\u202E \u0007', 'An application without a name'],
    ])('takes out of a name what %s', async (_, clientName, shown) => {
      const client = await startClient();
      // The backend lets nobody register such a name; the page does not depend on that.
      await page.route('**/v1/sessions/*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), clientName } });
      });
      await ask(client);
      expect(await page.locator('#asker-name').textContent()).toBe(shown);
    });

    it.each([
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'file:///etc/passwd',
      'blob:http://127.0.0.1/x',
      'no address at all',
    ])('asks nobody about a request whose answer would go to %s', async (redirectUri) => {
      const client = await startClient();
      await page.route('**/v1/sessions/*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), redirectUri } });
      });
      await page.goto(client.begin());
      await heading('This request is not safe').waitFor();
      expect(await page.getByRole('button').filter({ visible: true }).count()).toBe(0);
    });

    it.each([
      'javascript:alert(1)',
      'https://evil.example/callback?code=x',
      'http://127.0.0.1:1/callback?code=x',
      'http://127.0.0.1@evil.example/callback?code=x',
      'not an address',
      7,
    ])('takes no answer to %s, which the application never named', async (redirectUrl) => {
      const client = await startClient();
      await ask(client);
      const address = page.url();
      await page.route('**/approve', (route) => route.fulfill({ json: { redirectUrl } }));
      await button('Allow').click();
      await heading('The answer was not delivered').waitFor();
      expect(await page.getByRole('main').getByRole('link').count()).toBe(0);
      expect(page.url()).toBe(address);
    });

    it('cannot be put into a frame, not even of its own portal', async () => {
      const client = await startClient();
      await ask(client);
      const address = page.url();
      for (const outside of [new URL(client.redirectUri).origin, demo.url]) {
        await page.goto(outside);
        const embed = `document.body.append(Object.assign(document.createElement('iframe'), { src: '${address}' }))`;
        await Promise.all([
          page.waitForEvent('framenavigated', (frame) => frame.parentFrame() !== null),
          page.evaluate(embed),
        ]);
        const frame = page.frames().find((one) => one.parentFrame() !== null);
        expect(frame?.url()).not.toBe(address);
        expect(await frame?.locator('#allow').count()).toBe(0);
      }
      forgive(/frame/i);
    });

    it('gives nothing for a click that began on another page: not as it appears, and not as it comes to the front', async () => {
      const client = await startClient();
      const decisions: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST' && request.url().includes('/v1/sessions/'))
          decisions.push(request.url());
      });
      // The second half of a double click, as early as it can come.
      await page.addInitScript(`new MutationObserver((_, observer) => {
        if (document.getElementById('consent')?.hidden !== false) return;
        observer.disconnect();
        document.getElementById('allow').click();
        globalThis.hasClicked = true;
      }).observe(document, { subtree: true, attributes: true })`);
      await ask(client);
      expect(await page.evaluate('globalThis.hasClicked')).toBe(true);
      const allow = page.locator("#allow:not([aria-disabled='true'])");
      for (const arrival of [
        "dispatchEvent(new Event('focus'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
      ]) {
        await allow.waitFor();
        // What the browser says when the window above this one closes.
        await page.evaluate(`${arrival}; document.getElementById('allow').click()`);
      }
      expect(decisions).toEqual([]);
      await Promise.all([client.answered(), button('Allow').click()]);
      expect(decisions).toHaveLength(1);
    });

    it('is answered with the keyboard alone', async () => {
      const client = await startClient();
      await ask(client);
      const passed: (string | null)[] = [];
      for (let step = 0; step < 3; step += 1) {
        await page.keyboard.press('Tab');
        passed.push(await focused().textContent());
      }
      expect(passed).toEqual(['Use another account', 'Allow', 'Cancel']);
      const [answer] = await Promise.all([client.answered(), page.keyboard.press('Enter')]);
      expect(answer.get('error')).toBe('access_denied');
    });

    it('says without JavaScript that it needs it, and offers nothing', async () => {
      const client = await startClient();
      const without = await browser.newContext({ javaScriptEnabled: false });
      try {
        const silent = await without.newPage();
        await silent.goto(client.begin());
        const notice = silent.locator('noscript .notice');
        await notice.waitFor();
        expect(await notice.textContent()).toContain('This page needs JavaScript');
        expect(await silent.getByRole('button').filter({ visible: true }).count()).toBe(0);
      } finally {
        await without.close();
      }
    });
  });
}
