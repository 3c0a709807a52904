// A person at a real Chromium: what the app shows, the vendors' login pages, and every call that reaches the backend.
import assert from 'node:assert/strict';

/** The vendors' login pages: the button of a person. */
const loginButtons = {
  oidc: (page, { name }) => page.getByRole('button', { name: `Sign in as ${name}` }),
  github: (page, { id }) => page.locator(`form:has(input[value="${id}"]) button`),
  google: (page, { email }) => page.locator(`form:has(input[value="${email}"]) button`),
};

const people = {
  jane: { id: 'jane', name: 'Jane', email: 'jane@example.com' },
  omar: { id: 'omar', name: 'Omar', email: 'omar@example.com' },
  kim: { id: 'kim', name: 'Kim', email: 'kim@example.com' },
};

/**
 * Opens a browser with a profile of its own.
 *
 * @param setting - `browser` of playwright; `app` and `portal` as served; `signInPage` and `redirect` as the app has them.
 */
export async function visit(context, { browser, app, portal, signInPage, redirect = false }) {
  app.configure({
    app: { title: 'Acme', baseUrl: app.url, signInPage },
    backend: { baseUrl: portal.url },
    auth: { environment: 'development' },
    enableExperimentalRedirectFlow: redirect,
  });
  const profile = await browser.newContext({ locale: 'en' });
  profile.setDefaultTimeout(10_000);
  const calls = [];
  const complaints = [];
  profile.on('response', (response) => {
    if (response.url().startsWith(`${portal.url}/`)) calls.push(new Call(response));
  });
  profile.on('console', (message) => {
    // A browser notes each answer that is no success; which ones those are, the tests say.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded with a status');
    if (['error', 'warning'].includes(message.type()) && !isStatus) complaints.push(message.text());
  });
  profile.on('weberror', (error) => complaints.push(String(error.error())));
  // The emulators' fonts come through a front that handles text only.
  await profile.route('**/_emulate/fonts/**', (route) => route.fulfill({ status: 404 }));
  context.after(async () => profile.close());
  const page = await profile.newPage();
  await page.goto(app.url);

  const person = (at, vendor, who) => loginButtons[vendor](at, people[who]);
  return {
    page,
    /** What the browser complained about: script errors, refused cookies, whatever a content security policy blocked. */
    complaints,
    /** The calls since the last time that they were taken, without preflights. */
    takeCalls: () => calls.splice(0).filter(({ method }) => method !== 'OPTIONS'),
    /** Takes them: exactly these, in this order. */
    expectCalls(...expected) {
      const taken = this.takeCalls();
      assert.deepEqual(
        taken.map(({ inShort }) => inShort),
        expected,
      );
      return taken;
    },
    /** Does something that opens a popup, and signs in there. */
    async signInThroughPopup(act, vendor, who) {
      const [popup] = await Promise.all([page.waitForEvent('popup'), act()]);
      const closed = popup.waitForEvent('close');
      await person(popup, vendor, who).click();
      await closed;
    },
    /** Does something that leads to the vendor, and signs in there. */
    async signInByRedirect(act, vendor, who) {
      await act();
      await person(page, vendor, who).click();
    },
    /** Of the page with one provider, or of the card with this title. */
    signInButton: (title) =>
      title === undefined
        ? page.getByRole('button', { name: 'Sign In' })
        : page.getByRole('listitem').filter({ hasText: title }).getByRole('button'),
    async expectSignedIn(name, ref) {
      await page.getByRole('heading', { level: 1, name }).waitFor();
      assert.equal(await page.locator('#ref').textContent(), ref);
    },
    /** Presses a button of the app, and gives what it then shows. */
    async ask(button) {
      await page.getByRole('button', { name: button, exact: true }).click();
      return this.shown();
    },
    async shown() {
      const output = page.locator('output:not(:empty)');
      await output.waitFor();
      return JSON.parse(await output.textContent());
    },
    /** Asks the provider's API of the app for access. */
    async askForScope(provider, scope) {
      await page.getByLabel(`Scope for ${provider}`).fill(scope);
      await page.getByRole('button', { name: `Ask ${provider} for access` }).click();
    },
  };
}

/** A call to the backend and its answer. */
class Call {
  #response;

  constructor(response) {
    this.#response = response;
    this.method = response.request().method();
    const url = new URL(response.url());
    this.path = url.pathname.replace('/api/auth', '');
    this.query = Object.fromEntries(url.searchParams);
    this.status = response.status();
    /** For example `GET /oidc/refresh 401`. */
    this.inShort = `${this.method} ${this.path} ${this.status}`;
  }

  get headers() {
    return this.#response.headers();
  }

  async requestHeaders() {
    return this.#response.request().allHeaders();
  }

  async text() {
    return this.#response.text();
  }

  async json() {
    return this.#response.json();
  }
}
