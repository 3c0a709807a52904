// Every provider module of Backstage's that is on npm, unmodified, in our host. What each one showed becomes the table in
// docs/reference/backstage-provider-modules.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestBackend } from '@vestibule/backend-test-utils';
import { clockServiceRef, createBackendModule, createServiceFactory } from '@vestibule/backend-plugin-api';
import { startDevIdp } from '@vestibule/dev-idp';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createBrowser, readAnswer } from './browser.mjs';
import { oauthModules, people, proxyModules } from './providerModules/cases.mjs';
import { checkModuleTable, installedModules, packageOf } from './providerModules/table.mjs';
import { client, startVendorStandIn } from './vendorStandIn.mjs';

// Where the portal is known; it really listens on a free port.
const baseUrl = 'http://127.0.0.1:7007';
const fromScript = { 'X-Requested-With': 'XMLHttpRequest', Origin: baseUrl };
const rows = [];

for (const module of oauthModules) {
  test(`${packageOf(module)} starts, signs in, refreshes and signs out`, async (context) => {
    const row = openRow(module, 'OAuth');
    const { providerId, identity } = module;
    const place = await startVendorStandIn(context, module.circle ? [module.circle] : []);
    const idp = module.idp ? await startIdp(context, providerId) : undefined;
    const providers = { [providerId]: { development: module.settings({ ...place, idp }) } };
    const { url, logs } = await startPortal(context, [module], providers);
    row.loads = true;

    const browser = createBrowser();
    const auth = `${url}/api/auth/${providerId}`;
    const start = await browser.send(`${auth}/start?env=development&origin=${baseUrl}`);
    assert.equal(start.status, 302, `${start.text}\n${logs.join('\n')}`);
    const location = start.headers.get('location');
    assert.ok(location.startsWith(module.startsAt({ ...place, idp })), location);
    const asked = new URL(location).searchParams;
    assert.equal(asked.get('client_id'), client.clientId);
    assert.equal(asked.get('redirect_uri'), `${baseUrl}/api/auth/${providerId}/handler/frame`);
    assert.equal(asked.get('response_type'), 'code');
    row.starts = true;

    const back = idp
      ? await idp.authorize(location, { as: 'jane' })
      : (await createBrowser().send(location)).headers.get('location');
    const page = await browser.send(back.replace(baseUrl, url));
    const { response, error } = readAnswer(page.text);
    assert.equal(error, undefined, logs.join('\n'));
    assert.equal(response.backstageIdentity?.identity.userEntityRef, identity);
    assert.ok(response.providerInfo.accessToken);
    row.signsIn = true;

    const refresh = async () => browser.send(`${auth}/refresh?env=development`, { headers: fromScript });
    const refreshed = await refresh();
    assert.equal(refreshed.status, 200, `${refreshed.text}\n${logs.join('\n')}`);
    assert.equal(JSON.parse(refreshed.text).backstageIdentity?.identity.userEntityRef, identity);
    // Once more, with what the vendor gave at the first refresh.
    assert.equal((await refresh()).status, 200, logs.join('\n'));
    // Vendors' refresh tokens never reach the browser.
    const seen = page.text + refreshed.text + JSON.stringify([...browser.cookies]);
    assert.doesNotMatch(seen, /kept-from-browsers/);
    row.refreshes = true;

    const out = await browser.send(`${auth}/logout?env=development`, { method: 'POST', headers: fromScript });
    assert.equal(out.status, 200, out.text);
    if (module.logoutUrl) assert.match(JSON.parse(out.text).logoutUrl, module.logoutUrl);
    else assert.equal(out.text, '');
    assert.equal((await refresh()).status, 401);
    if (module.revokes) assert.equal(idp ? idp.requests().revocation : place.revoked.length, 1);
    row.signsOut = true;
  });
}

for (const module of proxyModules) {
  test(`${packageOf(module)} signs in whom its proxy names`, async (context) => {
    const row = openRow(module, 'proxy');
    const { providerId, identity, environment = {} } = module;
    const place = await startVendorStandIn(context, [{ answers: module.answers }]);
    setEnvironment(context, environment);
    const { url, logs } = await startPortal(context, [module], { [providerId]: module.block() });
    row.loads = true;

    const auth = `${url}/api/auth/${providerId}`;
    assert.equal((await createBrowser().send(`${auth}/start?env=development`)).status, 501);
    const refusing = module.refusalBlock
      ? (await startPortal(context, [module], { [providerId]: module.refusalBlock() })).url
      : url;
    const nobody = await createBrowser().send(`${refusing}/api/auth/${providerId}/refresh`, {
      headers: fromScript,
    });
    assert.equal(nobody.status, module.refusal, nobody.text);
    row.refuses = true;

    const headers = { ...fromScript, ...(await module.headers(place)) };
    const somebody = await createBrowser().send(`${auth}/refresh`, { headers });
    assert.equal(somebody.status, 200, `${somebody.text}\n${logs.join('\n')}`);
    assert.equal(JSON.parse(somebody.text).backstageIdentity.identity.userEntityRef, identity);
    row.signsIn = true;
  });
}

test('all of them run side by side', async (context) => {
  const place = await startVendorStandIn(
    context,
    oauthModules.flatMap(({ circle }) => (circle ? [circle] : [])),
  );
  const idp = await startIdp(context, 'oidc');
  for (const { environment = {} } of proxyModules) setEnvironment(context, environment);
  const { url, logs } = await startPortal(context, [...oauthModules, ...proxyModules], {
    ...Object.fromEntries(
      oauthModules.map(({ providerId, settings }) => [
        providerId,
        { development: settings({ ...place, idp }) },
      ]),
    ),
    ...Object.fromEntries(proxyModules.map(({ providerId, block }) => [providerId, block()])),
  });
  for (const { providerId } of oauthModules) {
    const start = await createBrowser().send(`${url}/api/auth/${providerId}/start?env=development`);
    assert.equal(start.status, 302, `${providerId}: ${start.text}\n${logs.join('\n')}`);
  }
});

test('a resolver that a module of ours adds decides for one of theirs', async (context) => {
  const gitlab = oauthModules.find(({ name }) => name === 'gitlab');
  const place = await startVendorStandIn(context, [gitlab.circle]);
  const seen = [];
  const added = createBackendModule({
    pluginId: 'auth',
    moduleId: 'acme-sign-in',
    register({ registerInit }) {
      registerInit({
        deps: { resolvers: signInResolverExtensionPoint },
        init({ resolvers }) {
          resolvers.add({
            provider: 'gitlab',
            name: 'acme',
            resolver(info, ctx) {
              seen.push(info);
              return ctx.signInWithCatalogUser({ entityRef: { name: 'jane' } });
            },
          });
        },
      });
    },
  });
  const settings = { ...gitlab.settings(place), signIn: { resolvers: [{ resolver: 'acme' }] } };
  const { url, logs } = await startPortal(context, [gitlab], { gitlab: { development: settings } }, [added]);

  const browser = createBrowser();
  const start = await browser.send(`${url}/api/auth/gitlab/start?env=development&origin=${baseUrl}`);
  const back = (await createBrowser().send(start.headers.get('location'))).headers.get('location');
  const { response, error } = readAnswer((await browser.send(back.replace(baseUrl, url))).text);
  assert.equal(error, undefined, logs.join('\n'));
  assert.equal(response.backstageIdentity.identity.userEntityRef, 'user:default/jane');
  assert.deepEqual(seen, [{ profile: response.profile, result: { providerInfo: response.providerInfo } }]);
});

test('their OIDC module survives a provider that is away at start, and works when it is back', async (context) => {
  const oidc = oauthModules.find(({ name }) => name === 'oidc');
  const idp = await startIdp(context, 'oidc');
  const settings = oidc.settings({ idp });
  await idp.stop();
  let late = 0;
  const clock = createServiceFactory({
    service: clockServiceRef,
    deps: {},
    factory: () => ({ now: () => Date.now() + late }),
  });
  const { url, logs } = await startPortal(context, [oidc], { oidc: { development: settings } }, [clock]);
  const start = async () => createBrowser().send(`${url}/api/auth/oidc/start?env=development`);

  const away = await start();
  assert.equal(away.status, 503, away.text);
  assert.match(logs.join(''), /something that the provider module of 'oidc' began has failed/);
  await startIdp(context, 'oidc', idp.port);
  late = 10_000;
  // The first request asks the provider again, and waits for its answer.
  const back = await start();
  assert.equal(back.status, 302, back.text);
});

test('a module that refuses to start says so, and which it is', async (context) => {
  const easyAuth = proxyModules.find(({ name }) => name === 'azure-easyauth');
  await assert.rejects(
    startPortal(context, [easyAuth], { azureEasyAuth: easyAuth.block() }),
    /azure-easyauth-provider[^]*Backstage is not running on Azure App Services/,
  );
});

test('the table is of every module that is installed, and its page is current', async () => {
  const tried = [...oauthModules, ...proxyModules].map(packageOf).sort();
  assert.deepEqual(tried, installedModules());
  await checkModuleTable(rows);
});

/** What a test shows, it writes down as it goes. */
function openRow(module, kind) {
  const row = { module, kind };
  rows.push(row);
  return row;
}

async function startIdp(context, providerId, port = 0) {
  const idp = await startDevIdp({
    port,
    clients: [{ ...client, redirectUris: [`${baseUrl}/api/auth/${providerId}/handler/frame`] }],
  });
  context.after(async () => idp.stop());
  return idp;
}

async function startPortal(context, modules, providers, features = []) {
  const logs = [];
  const { url, stop } = await startTestBackend({
    log: (line) => logs.push(line),
    features: [
      import('@vestibule/plugin-auth-backend'),
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => createInMemoryCatalog(people),
      }),
      ...modules.map((module) => import(packageOf(module))),
      ...features,
    ],
    config: {
      app: { baseUrl },
      backend: { baseUrl, database: { client: 'better-sqlite3', connection: ':memory:' } },
      auth: {
        environment: 'development',
        session: { secret: 'conformance-session-secret-0123456789' },
        providers,
      },
    },
  });
  context.after(async () => stop());
  return { url, logs };
}

function setEnvironment(context, variables) {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    process.env[name] = value;
    context.after(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}
