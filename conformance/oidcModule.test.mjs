// Our provider modules in a real Backstage backend.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDevIdp } from '@vestibule/dev-idp';
import { createBrowser, readAnswer } from './browser.mjs';
import { startBackstage } from './backstageProcess.mjs';

const backendConfig = ({ port, baseUrl }) => ({
  app: { baseUrl },
  backend: {
    baseUrl,
    listen: { host: '127.0.0.1', port },
    database: { client: 'better-sqlite3', connection: ':memory:' },
  },
});

test('a real createBackend() accepts and initialises our provider modules', async (context) => {
  const backstage = await startBackstage(context, { auth: 'stub', config: backendConfig });
  const { outcome, plugins } = await backstage.started;

  assert.equal(outcome, 'success');
  assert.deepEqual(
    plugins.map(({ pluginId, modules, failure }) => ({
      pluginId,
      failure,
      modules: modules.map(({ moduleId }) => moduleId).sort(),
    })),
    [
      {
        pluginId: 'auth',
        failure: undefined,
        modules: ['github-provider', 'google-provider', 'oidc-provider'],
      },
    ],
  );
  const { registered } = backstage.messages.find((message) => message.registered);
  assert.deepEqual(
    registered.sort((one, other) => one.providerId.localeCompare(other.providerId)),
    ['github', 'google', 'oidc'].map((providerId) => ({ providerId, factory: 'function' })),
  );
});

test('our auth plugin and oidc module sign somebody in on a real createBackend()', async (context) => {
  let idp;
  const backstage = await startBackstage(context, {
    auth: 'ours',
    async config(place) {
      idp = await startDevIdp({
        clients: [
          {
            clientId: 'conformance',
            clientSecret: 'conformance-client-secret',
            redirectUris: [`${place.baseUrl}/api/auth/oidc/handler/frame`],
          },
        ],
      });
      context.after(async () => idp.stop());
      return {
        ...backendConfig(place),
        auth: {
          environment: 'development',
          session: { secret: 'conformance-session-secret-0123456789' },
          providers: {
            oidc: {
              development: {
                metadataUrl: idp.metadataUrl,
                clientId: 'conformance',
                clientSecret: 'conformance-client-secret',
                additionalScopes: ['offline_access'],
                signIn: { resolvers: [{ resolver: 'emailLocalPartMatchingUserEntityName' }] },
              },
            },
          },
        },
      };
    },
  });
  const { outcome } = await backstage.started;
  assert.equal(outcome, 'success');
  const { baseUrl } = backstage;
  const browser = createBrowser();

  const start = await browser.send(`${baseUrl}/api/auth/oidc/start?env=development&origin=${baseUrl}`);
  assert.equal(start.status, 302, `${start.text}\n${backstage.output()}`);
  const location = new URL(start.headers.get('location'));
  assert.equal(location.origin, idp.issuer);
  assert.equal(location.searchParams.get('code_challenge_method'), 'S256');
  const page = await browser.send(await idp.authorize(location.href, { as: 'jane' }));
  const { response, error } = readAnswer(page.text);
  assert.equal(error, undefined);
  assert.equal(response.backstageIdentity.identity.userEntityRef, 'user:default/jane');

  // Backstage's own services accept the token and ask our userinfo.
  const { token } = response.backstageIdentity;
  const who = await browser.send(`${baseUrl}/api/whoami/`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(who.status, 200, who.text);
  assert.deepEqual(JSON.parse(who.text), {
    userEntityRef: 'user:default/jane',
    ownershipEntityRefs: ['user:default/jane', 'group:default/rockets'],
  });
  const nobody = await browser.send(`${baseUrl}/api/whoami/`);
  assert.equal(nobody.status, 401, nobody.text);

  const headers = { 'X-Requested-With': 'XMLHttpRequest' };
  const refreshed = await browser.send(`${baseUrl}/api/auth/oidc/refresh?env=development`, { headers });
  assert.equal(refreshed.status, 200, refreshed.text);
  const out = await browser.send(`${baseUrl}/api/auth/oidc/logout?env=development`, {
    method: 'POST',
    headers,
  });
  assert.equal(out.status, 200, out.text);
  const after = await browser.send(`${baseUrl}/api/auth/oidc/refresh?env=development`, { headers });
  assert.equal(after.status, 401, after.text);
});
