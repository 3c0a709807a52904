// Our auth plugin in a real createBackend() of Backstage's, in place of theirs: their provider modules, unmodified, on our
// extension points, their core services under us, their catalog beside us.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDevIdp } from '@vestibule/dev-idp';
import { startEmulatedGitHub } from '@vestibule/emulated-vendors';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { createBrowser } from './browser.mjs';
import {
  gitlab,
  headers,
  logout,
  ownPostgres,
  passThrough,
  refresh,
  signIn,
  startDropIn,
  untilCatalogHas,
  whoami,
} from './dropIn/kit.mjs';
import { startFakeGitLab } from './fakeGitLab.mjs';

const jane = {
  userEntityRef: 'user:default/jane',
  ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'],
};

test('our auth plugin signs in with their GitLab and guest modules on their host', async (context) => {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  const audience = await startFakeGitLab(context);
  const resolvers = [{ resolver: 'usernameMatchingUserEntityName' }];
  const backstage = await startDropIn(context, {
    postgres,
    parts: ['ours', 'backstage:gitlab', 'backstage:guest', 'catalog', 'whoami'],
    auth: (baseUrl) => ({
      // Backstage's own keys, of which some are for its front end.
      autologout: { enabled: true },
      identityTokenAlgorithm: 'ES256',
      omitIdentityTokenOwnershipClaim: true,
      backstageTokenExpiration: { minutes: 30 },
      experimentalExtraAllowedOrigins: [baseUrl],
      providers: { guest: {}, gitlab: gitlab({ audience, signIn: { resolvers } }) },
    }),
    more: { enableExperimentalRedirectFlow: true },
  });
  assert.equal((await backstage.started).outcome, 'success');
  const { baseUrl } = backstage;
  await untilCatalogHas(baseUrl, 'user/default/jane');
  const browser = createBrowser();

  let token;
  await context.test(
    'GitLab to the end: the answer is posted, by a resolver of theirs from the config',
    async () => {
      const { type, response, error } = await signIn(browser, baseUrl);
      assert.equal(error, undefined);
      assert.equal(type, 'authorization_response');
      assert.equal(response.profile.email, 'jane@acme.example');
      assert.equal(response.providerInfo.accessToken, 'gitlab-access-token');
      assert.equal(response.backstageIdentity.identity.userEntityRef, jane.userEntityRef);
      assert.equal(response.backstageIdentity.expiresInSeconds <= 1800, true);
      ({ token } = response.backstageIdentity);
    },
  );

  await context.test('the browser holds a ticket, and no token of GitLab', () => {
    assert.deepEqual([...browser.cookies.keys()], ['gitlab-refresh-token']);
    assert.equal(browser.cookies.get('gitlab-refresh-token').path, '/api/auth/gitlab');
    assert.doesNotMatch(JSON.stringify([...browser.cookies]), /kept-from-browsers/);
  });

  await context.test("their httpAuth and userInfo accept the token in somebody else's plugin", async () => {
    const who = await whoami(browser, baseUrl, token);
    assert.equal(who.status, 200, who.text);
    assert.deepEqual(JSON.parse(who.text), jane);
    assert.equal((await whoami(browser, baseUrl)).status, 401);
  });

  await context.test(
    'their catalog accepts the token, and a route with a cookie the limited one',
    async () => {
      const authorization = `Bearer ${token}`;
      const url = `${baseUrl}/api/catalog/entities/by-name/user/default/jane`;
      assert.equal((await fetch(url, { headers: { authorization } })).status, 200);
      assert.equal((await whoami(browser, baseUrl, token, 'cookie')).status, 204);
      const limited = await whoami(browser, baseUrl, undefined, 'limited');
      assert.equal(limited.status, 200, limited.text);
      assert.deepEqual(JSON.parse(limited.text), jane);
      assert.equal((await whoami(browser, baseUrl)).status, 401);
    },
  );

  await context.test('the key set, userinfo and the keys of the host for services are served', async () => {
    const keySet = await (await fetch(`${baseUrl}/api/auth/.well-known/jwks.json`)).json();
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keySet));
    assert.equal(protectedHeader.typ, 'vnd.backstage.user');
    assert.equal(payload.iss, `${baseUrl}/api/auth`);
    assert.equal(payload.ent, undefined);
    const authorization = `Bearer ${token}`;
    const userinfo = await fetch(`${baseUrl}/api/auth/v1/userinfo`, { headers: { authorization } });
    assert.deepEqual((await userinfo.json()).claims.ent, jane.ownershipEntityRefs);
    const services = await (await fetch(`${baseUrl}/api/auth/.backstage/auth/v1/jwks.json`)).json();
    assert.equal(services.keys.length > 0, true);
    assert.deepEqual(
      services.keys.filter(({ kid }) => keySet.keys.some((own) => own.kid === kid)),
      [],
    );
  });

  await context.test('a session refreshes, and ends with its logout', async () => {
    const refreshed = await refresh(browser, baseUrl);
    assert.equal(refreshed.status, 200, refreshed.text);
    assert.equal(JSON.parse(refreshed.text).backstageIdentity.identity.userEntityRef, jane.userEntityRef);
    assert.equal((await logout(browser, baseUrl)).status, 200);
    assert.equal((await refresh(browser, baseUrl)).status, 401);
  });

  await context.test('the redirect flow ends where it should', async () => {
    const other = createBrowser();
    const query = new URLSearchParams({
      env: 'development',
      origin: baseUrl,
      flow: 'redirect',
      redirectUrl: `${baseUrl}/catalog`,
    });
    const start = await other.send(`${baseUrl}/api/auth/gitlab/start?${query}`);
    const end = await other.send(await passThrough(start.headers.get('location')));
    assert.deepEqual([end.status, end.headers.get('location')], [302, `${baseUrl}/catalog`]);
    assert.equal((await refresh(other, baseUrl)).status, 200);
  });

  await context.test('guests sign in by their module, by a refresh', async () => {
    const guest = await createBrowser().send(`${baseUrl}/api/auth/guest/refresh`, { headers });
    assert.equal(guest.status, 200, guest.text);
    const { backstageIdentity } = JSON.parse(guest.text);
    assert.equal(backstageIdentity.identity.userEntityRef, 'user:development/guest');
    assert.equal((await whoami(createBrowser(), baseUrl, backstageIdentity.token)).status, 200);
  });
});

test('a resolver added through our extension point decides for their GitLab module', async (context) => {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  const backstage = await startDropIn(context, {
    postgres,
    parts: ['ours', 'backstage:gitlab', 'resolver', 'catalog'],
    auth: { providers: { gitlab: gitlab({ audience: await startFakeGitLab(context) }) } },
  });
  await backstage.started;
  await untilCatalogHas(backstage.baseUrl, 'user/default/jane');
  const { response, error } = await signIn(createBrowser(), backstage.baseUrl);
  assert.equal(error, undefined);
  assert.deepEqual(response.backstageIdentity.identity, { type: 'user', ...jane });
});

test('our provider modules and theirs stand side by side on their host', async (context) => {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  const client = { clientId: 'conformance', clientSecret: 'conformance-client-secret' };
  const audience = await startFakeGitLab(context);
  let idp;
  let github;
  const backstage = await startDropIn(context, {
    postgres,
    parts: [
      'ours',
      'catalog in code',
      'whoami',
      'backstage:gitlab',
      'vestibule:oidc',
      'vestibule:github',
      'vestibule:google',
      'vestibule:guest',
    ],
    async auth(baseUrl) {
      const redirectUris = (provider) => [`${baseUrl}/api/auth/${provider}/handler/frame`];
      idp = await startDevIdp({ clients: [{ ...client, redirectUris: redirectUris('oidc') }] });
      context.after(async () => idp.stop());
      github = await startEmulatedGitHub({ clients: [{ ...client, redirectUris: redirectUris('github') }] });
      context.after(async () => github.stop());
      const byName = { signIn: { resolvers: [{ resolver: 'usernameMatchingUserEntityName' }] } };
      const byEmail = { signIn: { resolvers: [{ resolver: 'emailLocalPartMatchingUserEntityName' }] } };
      return {
        providers: {
          gitlab: gitlab({ audience, ...byName }),
          oidc: { development: { ...client, ...byEmail, metadataUrl: idp.metadataUrl } },
          github: { development: { ...client, ...byName, enterpriseInstanceUrl: github.url } },
          google: { development: { ...client, ...byEmail } },
          guest: {},
        },
      };
    },
  });
  assert.equal((await backstage.started).outcome, 'success');
  const { baseUrl } = backstage;
  const authorize = {
    gitlab: passThrough,
    oidc: async (location) => idp.authorize(location, { as: 'jane' }),
    github: async (location) => github.authorize(location, { as: 'jane' }),
  };
  const browser = createBrowser();
  for (const [provider, enter] of Object.entries(authorize)) {
    await context.test(`${provider} signs in`, async () => {
      const { response, error } = await signIn(browser, baseUrl, { provider, authorize: enter });
      assert.equal(error, undefined);
      const { token, identity } = response.backstageIdentity;
      assert.equal(identity.userEntityRef, jane.userEntityRef);
      assert.equal((await whoami(browser, baseUrl, token)).status, 200);
      assert.equal((await refresh(browser, baseUrl, provider)).status, 200);
    });
  }

  await context.test('one browser has a session with each, and a logout ends one', async () => {
    assert.equal((await logout(browser, baseUrl, 'github')).status, 200);
    const statuses = [];
    for (const provider of Object.keys(authorize))
      statuses.push((await refresh(browser, baseUrl, provider)).status);
    assert.deepEqual(statuses, [200, 200, 401]);
  });

  await context.test('google goes to its vendor, and guests come in', async () => {
    const google = await browser.send(`${baseUrl}/api/auth/google/start?env=development&origin=${baseUrl}`);
    assert.equal(new URL(google.headers.get('location')).host, 'accounts.google.com');
    assert.equal((await refresh(browser, baseUrl, 'guest')).status, 200);
  });
});
