// A real Backstage front end in a real Chromium signs in through our backend. Every call that reaches the backend is
// named, in its order, with its status; a call more, or one that is answered otherwise, fails the test.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findChromium, launchChromium } from './frontEnd/chromium.mjs';
import { serveApp } from './frontEnd/serveApp.mjs';
import { startPortal } from './frontEnd/startPortal.mjs';
import { visit } from './frontEnd/visit.mjs';

const executablePath = findChromium();
const unknownUser = /does not belong to a user of this portal/;
const google = 'https://www.googleapis.com/auth/';

/** What the front end asks at first, and what a plugin asks for later. */
const vendors = [
  {
    id: 'oidc',
    title: 'OpenID Connect',
    scopes: 'openid profile email',
    more: 'offline_access',
    // Which scopes were granted is known for this provider, so a wider refresh is refused without asking it.
    refusal: 401,
  },
  { id: 'github', title: 'GitHub', scopes: 'read:user', more: 'repo', refusal: 401 },
  {
    id: 'google',
    title: 'Google',
    scopes: `openid ${google}userinfo.email ${google}userinfo.profile`,
    more: `${google}calendar`,
    // Google itself is asked, and names the scopes that it gave.
    refusal: 200,
  },
];

describe('a real Backstage front end', { skip: executablePath === undefined }, () => {
  let app;
  let portal;
  let browser;
  const open = (context, setting) => visit(context, { browser, app, portal, ...setting });

  before(async () => {
    app = await serveApp();
    [portal, browser] = await Promise.all([startPortal(app.url), launchChromium(executablePath)]);
  });
  after(async () => {
    await browser?.close();
    await portal?.stop();
    app?.stop();
  });

  for (const { id, scopes, more, refusal } of vendors) {
    test(`signs in at ${id} through popups, asks for more, and signs out`, async (context) => {
      const person = await open(context, { signInPage: id });
      await person.signInButton().waitFor();
      const [silent] = person.expectCalls(`GET /${id}/refresh 401`);
      assert.deepEqual(silent.query, { optional: '', scope: scopes, env: 'development' });
      assert.equal((await silent.requestHeaders())['x-requested-with'], 'XMLHttpRequest');

      await person.signInThroughPopup(() => person.signInButton().click(), id, 'jane');
      await person.expectSignedIn('Jane Doe', 'user:default/jane');
      const [, start, page] = person.expectCalls(
        `GET /${id}/refresh 401`,
        `GET /${id}/start 302`,
        `GET /${id}/handler/frame 200`,
      );
      assert.deepEqual(start.query, { scope: scopes, origin: app.url, flow: 'popup', env: 'development' });
      assert.match(page.headers['content-type'], /^text\/html/);
      assert.equal(page.headers['x-frame-options'], 'sameorigin');
      assert.match(page.headers['content-security-policy'], /script-src 'sha256-/);

      await expectToken(person);
      await expectRefresh(person, { id, scopes });
      await person.askForScope(id, more);
      await loginButton(person).waitFor();
      const [wider] = person.expectCalls(`GET /${id}/refresh ${refusal}`);
      assert.equal(wider.query.scope, `${scopes} ${more}`);
      await person.signInThroughPopup(() => loginButton(person).click(), id, 'jane');
      assert.ok((await person.shown()).token);
      const [upgrade] = person.expectCalls(`GET /${id}/start 302`, `GET /${id}/handler/frame 200`);
      assert.equal(upgrade.query.scope, `${scopes} ${more}`);

      await expectLasting(person, { id, scopes, more });
      await expectSignOut(person, id);
    });

    test(`signs in at ${id} by redirects, asks for more, and signs out`, async (context) => {
      const person = await open(context, { signInPage: id, redirect: true });
      await person.signInButton().waitFor();
      person.expectCalls(`GET /${id}/refresh 401`);

      await person.signInByRedirect(() => person.signInButton().click(), id, 'jane');
      await person.expectSignedIn('Jane Doe', 'user:default/jane');
      const [, start, callback] = person.expectCalls(
        `GET /${id}/refresh 401`,
        `GET /${id}/start 302`,
        `GET /${id}/handler/frame 302`,
        `GET /${id}/refresh 200`,
      );
      const redirectUrl = `${app.url}/`;
      const asked = { origin: app.url, redirectUrl, flow: 'redirect', env: 'development' };
      assert.deepEqual(start.query, { scope: scopes, ...asked });
      assert.equal(callback.headers.location, redirectUrl);
      assert.equal(person.page.url(), redirectUrl);

      await expectToken(person);
      await expectRefresh(person, { id, scopes });
      await person.askForScope(id, more);
      await loginButton(person).waitFor();
      person.expectCalls(`GET /${id}/refresh ${refusal}`);
      await person.signInByRedirect(() => loginButton(person).click(), id, 'jane');
      await person.expectSignedIn('Jane Doe', 'user:default/jane');
      person.expectCalls(`GET /${id}/start 302`, `GET /${id}/handler/frame 302`, `GET /${id}/refresh 200`);

      await expectLasting(person, { id, scopes, more });
      await expectSignOut(person, id);
    });
  }

  test('offers several providers, remembers the chosen one, and forgets it at sign-out', async (context) => {
    const person = await open(context, { signInPage: 'several' });
    for (const { title } of vendors) await person.signInButton(title).waitFor();
    person.expectCalls();

    await person.signInThroughPopup(() => person.signInButton('GitHub').click(), 'github', 'jane');
    await person.expectSignedIn('Jane Doe', 'user:default/jane');
    person.expectCalls('GET /github/refresh 401', 'GET /github/start 302', 'GET /github/handler/frame 200');
    await expectRefresh(person, vendors[1]);

    // A second provider beside it, for access alone: its session is its own.
    await person.askForScope('google', 'calendar');
    await person.signInThroughPopup(() => loginButton(person).click(), 'google', 'omar');
    assert.ok((await person.shown()).token);
    person.expectCalls('GET /google/refresh 401', 'GET /google/start 302', 'GET /google/handler/frame 200');
    await expectRefresh(person, vendors[1]);

    await person.page.getByRole('button', { name: 'Sign out' }).click();
    await person.signInButton('GitHub').waitFor();
    person.expectCalls('POST /github/logout 200');
    assert.deepEqual(person.complaints, []);
  });

  test('comes back to several providers by redirect', async (context) => {
    const person = await open(context, { signInPage: 'several', redirect: true });
    await person.signInByRedirect(() => person.signInButton('OpenID Connect').click(), 'oidc', 'jane');
    await person.expectSignedIn('Jane Doe', 'user:default/jane');
    person.expectCalls(
      'GET /oidc/refresh 401',
      'GET /oidc/start 302',
      'GET /oidc/handler/frame 302',
      'GET /oidc/refresh 200',
    );
    assert.deepEqual(person.complaints, []);
  });

  test('signs a guest in from the page with several providers', async (context) => {
    const person = await open(context, { signInPage: 'several' });
    await person.page.getByRole('button', { name: 'Enter' }).click();
    await person.page.getByText('user:development/guest').waitFor();
    const [entered] = person.expectCalls('GET /guest/refresh 200');
    assert.deepEqual(entered.query, {});
    await person.page.reload();
    await person.page.getByText('user:development/guest').waitFor();
    person.expectCalls('GET /guest/refresh 200');
    assert.deepEqual(person.complaints, []);
  });

  test('signs a guest in behind ProxiedSignInPage, before anybody clicks', async (context) => {
    const person = await open(context, { signInPage: 'proxied' });
    await person.page.getByText('user:development/guest').waitFor();
    const [entered] = person.expectCalls('GET /guest/refresh 200');
    const { profile, backstageIdentity } = await entered.json();
    assert.equal(typeof profile, 'object');
    assert.deepEqual(backstageIdentity.identity, {
      type: 'user',
      userEntityRef: 'user:development/guest',
      ownershipEntityRefs: ['user:development/guest'],
    });
    const { status, claims } = await person.ask('Ask userinfo');
    assert.deepEqual(
      { status, claims },
      {
        status: 200,
        claims: { sub: 'user:development/guest', ent: ['user:development/guest'] },
      },
    );
    person.expectCalls('GET /v1/userinfo 200');
    assert.deepEqual(person.complaints, []);
  });

  test('renews a token that is about to expire, with one silent call', async (context) => {
    const person = await open(context, { signInPage: 'oidc' });
    await person.signInThroughPopup(() => person.signInButton().click(), 'oidc', 'jane');
    await person.expectSignedIn('Jane Doe', 'user:default/jane');
    const { token: first } = await person.ask('Ask credentials');
    person.expectCalls(
      'GET /oidc/refresh 401',
      'GET /oidc/refresh 401',
      'GET /oidc/start 302',
      'GET /oidc/handler/frame 200',
    );

    await person.page.clock.setFixedTime(Date.now() + 58 * 60 * 1000);
    const { token: second } = await person.ask('Ask credentials');
    assert.notEqual(second, first);
    person.expectCalls('GET /oidc/refresh 200');
    assert.equal((await person.ask('Ask credentials')).token, second);
    person.expectCalls();
    assert.deepEqual(person.complaints, []);
  });

  test('renews at the provider, and stays signed in while the provider is down', async (context) => {
    const { idp } = portal;
    // So near to its end that every call renews it.
    idp.configure({ accessTokenSeconds: 100 });
    context.after(() => {
      idp.configure({ accessTokenSeconds: 3600 });
      idp.scenario({});
    });
    const person = await open(context, { signInPage: 'oidc' });
    await person.signInThroughPopup(() => person.signInButton().click(), 'oidc', 'jane');
    await person.expectSignedIn('Jane Doe', 'user:default/jane');
    await person.askForScope('oidc', 'offline_access');
    await person.signInThroughPopup(() => loginButton(person).click(), 'oidc', 'jane');
    const { token } = await person.shown();

    idp.resetRequests();
    await person.page.reload();
    await person.expectSignedIn('Jane Doe', 'user:default/jane');
    assert.ok(idp.requests().token > 0);
    await person.askForScope('oidc', 'offline_access');
    assert.notEqual((await person.shown()).token, token);

    idp.scenario({ token: '500' });
    person.takeCalls();
    await person.page.reload();
    await person.expectSignedIn('Jane Doe', 'user:default/jane');
    const refreshes = person.takeCalls();
    assert.ok(refreshes.length > 0);
    for (const { inShort } of refreshes) assert.equal(inShort, 'GET /oidc/refresh 200');
    const { status } = await person.ask('Ask userinfo');
    assert.equal(status, 200);
    assert.deepEqual(person.complaints, []);
  });

  test('shows a refusal in the words that our decision has for it, after a popup', async (context) => {
    const person = await open(context, { signInPage: 'oidc' });
    await person.signInThroughPopup(() => person.signInButton().click(), 'oidc', 'kim');
    await person.page.getByText(unknownUser).waitFor();
    person.expectCalls(
      'GET /oidc/refresh 401',
      'GET /oidc/refresh 401',
      'GET /oidc/start 302',
      'GET /oidc/handler/frame 200',
    );
    // The next attempt is not spoilt by it.
    await person.signInThroughPopup(() => person.signInButton().click(), 'oidc', 'jane');
    await person.expectSignedIn('Jane Doe', 'user:default/jane');
    assert.deepEqual(person.complaints, []);
  });

  test('shows a refusal after a redirect, and does not go round in circles', async (context) => {
    const person = await open(context, { signInPage: 'oidc', redirect: true });
    await person.signInByRedirect(() => person.signInButton().click(), 'oidc', 'kim');
    await person.page.getByText(unknownUser).waitFor();
    const [, , , callback] = person.expectCalls(
      'GET /oidc/refresh 401',
      'GET /oidc/refresh 401',
      'GET /oidc/start 302',
      'GET /oidc/handler/frame 302',
      'GET /oidc/refresh 401',
    );
    const { origin, searchParams } = new URL(callback.headers.location);
    assert.equal(origin, app.url);
    assert.match(searchParams.get('error'), unknownUser);
    assert.deepEqual(person.complaints, []);
  });

  test('says so where a person refuses at the provider', async (context) => {
    const person = await open(context, { signInPage: 'oidc' });
    const [popup] = await Promise.all([person.page.waitForEvent('popup'), person.signInButton().click()]);
    await popup.getByRole('button', { name: /refuse the sign-in/ }).click();
    await person.page.getByText('The sign-in provider refused the login.').waitFor();
    assert.deepEqual(person.complaints, []);
  });
});

/** Of the dialog in which the app asks whether it may ask a provider. */
const loginButton = ({ page }) => page.getByRole('dialog').getByRole('button', { name: 'Log in' });

/** The app's token is accepted, across origins, and says who she is. */
async function expectToken(person) {
  const { status, claims } = await person.ask('Ask userinfo');
  assert.equal(status, 200);
  assert.equal(claims.sub, 'user:default/jane');
  assert.ok(claims.ent.includes('group:default/team-a'));
  person.expectCalls('GET /v1/userinfo 200');
}

/** A reload costs one silent call, whose answer has all that a front end reads, and no more. */
async function expectRefresh(person, { id, scopes }) {
  await person.page.reload();
  await person.expectSignedIn('Jane Doe', 'user:default/jane');
  const [refresh] = person.expectCalls(`GET /${id}/refresh 200`);
  assert.match(refresh.headers['content-type'], /^application\/json/);
  const { profile, providerInfo, backstageIdentity, ...others } = await refresh.json();
  assert.deepEqual(others, {});
  assert.equal(profile.displayName, 'Jane Doe');
  for (const scope of scopes.split(' ')) assert.ok(providerInfo.scope.split(' ').includes(scope), scope);
  assert.equal(typeof providerInfo.accessToken, 'string');
  assert.deepEqual(Object.keys(backstageIdentity).sort(), ['expiresInSeconds', 'identity', 'token']);
  assert.equal(backstageIdentity.identity.type, 'user');
  assert.equal(backstageIdentity.identity.userEntityRef, 'user:default/jane');
}

/** What was granted is there after a reload as well, without another question. */
async function expectLasting(person, { id, scopes, more }) {
  await expectRefresh(person, { id, scopes: `${scopes} ${more}` });
  await person.askForScope(id, more);
  assert.ok((await person.shown()).token);
  person.expectCalls();
}

/** Back on the sign-in page, where the silent call finds no session any more. */
async function expectSignOut(person, id) {
  await person.page.getByRole('button', { name: 'Sign out' }).click();
  await person.signInButton().waitFor();
  const [logout] = person.expectCalls(`POST /${id}/logout 200`, `GET /${id}/refresh 401`);
  assert.equal(logout.headers['content-type'], undefined);
  assert.deepEqual(person.complaints, []);
}
