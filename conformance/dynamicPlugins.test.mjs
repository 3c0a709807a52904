// Our auth plugin and modules of it as dynamic plugins of a real Backstage backend that has none of our packages itself: from the
// tarballs with what they need beside each, and each as one file. There are as many copies of our contracts as plugins.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDevIdp } from '@vestibule/dev-idp';
import { createBrowser } from './browser.mjs';
import {
  headers,
  logout,
  ownPostgres,
  refresh,
  signIn,
  startDropIn,
  untilCatalogHas,
  whoami,
} from './dropIn/kit.mjs';
import { json, tokensForClient } from './dropIn/oauthClient.mjs';
import { installFiles, installPackages, makeHost, namesIn } from './dynamicPlugins/host.mjs';

const names = [
  '@vestibule/plugin-auth-backend',
  '@vestibule/plugin-auth-backend-module-guest-provider',
  '@vestibule/plugin-auth-backend-module-oauth-server',
  '@vestibule/plugin-auth-backend-module-oidc-provider',
];
const client = { clientId: 'conformance', clientSecret: 'conformance-client-secret' };
const jane = {
  userEntityRef: 'user:default/jane',
  ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'],
};

test('as packages, with what they need beside each', async (context) => {
  const host = makeHost(context);
  installPackages(context, host.plugins, names);
  assert.deepEqual(namesIn(host.plugins), names);
  await tryPlugins(context, host);
});

test('as one file each', async (context) => {
  const host = makeHost(context);
  await installFiles(context, host.plugins, names);
  assert.deepEqual(
    namesIn(host.plugins),
    names.map((name) => `${name}-dynamic`),
  );
  const loaded = await tryPlugins(context, host);
  assert.deepEqual(
    loaded.sort(),
    readdirSync(host.plugins).map((folder) => join(host.plugins, folder, 'dist/index.cjs.js')),
  );
});

/** @returns the files that were loaded from the folder of the plugins. */
async function tryPlugins(context, { cwd, plugins }) {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  let idp;
  const backstage = await startDropIn(context, {
    postgres,
    program: 'dynamicPlugins/backend.mjs',
    cwd,
    parts: [plugins],
    async auth(baseUrl) {
      const redirectUris = [`${baseUrl}/api/auth/oidc/handler/frame`];
      idp = await startDevIdp({ clients: [{ ...client, redirectUris }] });
      context.after(async () => idp.stop());
      const signInBy = { signIn: { resolvers: [{ resolver: 'emailLocalPartMatchingUserEntityName' }] } };
      const { metadataUrl } = idp;
      return {
        clientIdMetadataDocuments: { enabled: true },
        experimentalRefreshToken: { enabled: true },
        providers: {
          guest: { userEntityRef: jane.userEntityRef },
          oidc: { development: { ...client, ...signInBy, metadataUrl } },
          incomplete: { type: 'oidc', development: { clientId: 'conformance', ...signInBy, metadataUrl } },
        },
      };
    },
    more: { dynamicPlugins: { rootDirectory: plugins } },
  });
  const { outcome, loaded } = await backstage.started;
  assert.equal(outcome, 'success', backstage.output());
  for (const name of namesIn(plugins))
    assert.equal(
      backstage.output().includes(`loaded dynamic backend plugin '${name}'`),
      true,
      backstage.output(),
    );
  const { baseUrl } = backstage;
  const auth = `${baseUrl}/api/auth`;
  await untilCatalogHas(baseUrl, 'user/default/jane');
  const browser = createBrowser();

  await context.test('OpenID Connect to the end, and to the end of the session', async () => {
    const authorize = async (location) => idp.authorize(location, { as: 'jane' });
    const { type, response, error } = await signIn(browser, baseUrl, { provider: 'oidc', authorize });
    assert.equal(error, undefined);
    assert.equal(type, 'authorization_response');
    const { identity, token } = response.backstageIdentity;
    assert.deepEqual(identity, { type: 'user', ...jane });
    const who = await whoami(browser, baseUrl, token);
    assert.equal(who.status, 200, who.text);
    assert.deepEqual(JSON.parse(who.text), jane);
    const userinfo = await json(
      fetch(`${auth}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
    );
    assert.equal(userinfo.claims.sub, jane.userEntityRef);
    const refreshed = await refresh(browser, baseUrl, 'oidc');
    assert.equal(refreshed.status, 200, refreshed.text);
    assert.equal((await logout(browser, baseUrl, 'oidc')).status, 200);
    assert.equal((await refresh(browser, baseUrl, 'oidc')).status, 401);
  });

  await context.test('a guest, for whom a client of the OAuth server acts', async () => {
    const guest = await json(fetch(`${auth}/guest/refresh`, { headers }));
    const tokens = await tokensForClient(auth, guest.backstageIdentity.token);
    const who = await whoami(browser, baseUrl, tokens.access_token);
    assert.equal(who.status, 200, who.text);
    assert.equal(JSON.parse(who.text).userEntityRef, jane.userEntityRef);
  });

  await context.test('a page of a module, in the frame of the plugin', async () => {
    const answer = await fetch(`${auth}/v1/authorize?client_id=nobody`, { headers: { accept: 'text/html' } });
    const page = await answer.text();
    assert.equal(answer.status, 400, page);
    assert.match(page, /<h1>[^<]+<\/h1>/);
    assert.doesNotMatch(page, /&lt;/);
  });

  await context.test("a fault that a module finds, with the module's advice", () => {
    assert.match(
      backstage.output(),
      /sign-in provider 'incomplete' is disabled: .*'clientSecret' is missing[^]*A public client has none/,
    );
  });
  return loaded;
}
