/** What each flow asks of others, counted: a clock tells on another machine, in another year, whether it is still so. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { coreServices, createBackendModule, createServiceDecorator } from '@vestibule/backend-plugin-api';
import { signingKeysServiceRef } from '@vestibule/plugin-auth-node';
import { createAcmeProvider, startAcmePortal } from './testing/acmeProvider.ts';
import { Browser } from './testing/browser.ts';
import { createMemoryCatalog } from './testing/memoryCatalog.ts';

const acme = createAcmeProvider();
const catalog = createMemoryCatalog();
let statements: string[] = [];
let signatures = 0;

const countStatements = createBackendModule({
  pluginId: 'auth',
  moduleId: 'count-statements',
  register({ registerInit }) {
    registerInit({
      deps: { database: coreServices.database },
      async init({ database }) {
        const knex = await database.getClient();
        knex.on('query', ({ sql }: { sql: string }) => statements.push(sql));
      },
    });
  },
});

const countSignatures = createServiceDecorator({
  service: signingKeysServiceRef,
  deps: {},
  decorate: (inner) => ({
    ready: async () => inner.ready(),
    find: async (kid) => inner.find(kid),
    publicKeySet: () => inner.publicKeySet(),
    active() {
      const key = inner.active();
      return {
        kid: key.kid,
        algorithm: key.algorithm,
        sign(data) {
          signatures += 1;
          return key.sign(data);
        },
      };
    },
  }),
});

let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  portal = await startAcmePortal({
    acme,
    catalog,
    features: [countStatements, countSignatures],
    auth: { providers: { guest: {} } },
  });
  // The first of each kind prepares what the others find.
  await portal.acmeSignIn(new Browser());
});
afterAll(async () => portal.stop());

/** What one act asks, the writing of records within the next second aside. */
async function costOf(act: () => Promise<unknown>) {
  acme.reset();
  [statements, signatures, catalog.calls] = [[], 0, 0];
  await act();
  return {
    statements: statements.filter((sql) => !sql.includes('vestibule_decisions')).length,
    signatures,
    provider: acme.exchanges.length + acme.refreshes.length,
    catalog: catalog.calls,
  };
}

const nothing = { statements: 0, signatures: 0, provider: 0, catalog: 0 };

it('a start asks nobody and writes nothing', async () => {
  expect(await costOf(async () => portal.reachAcmeCallback(new Browser()))).toEqual(nothing);
});

it('a callback marks its state, stores userinfo and the session, and signs a token and its proof', async () => {
  const browser = new Browser();
  const callback = await portal.reachAcmeCallback(browser);
  expect(await costOf(async () => browser.send(callback))).toEqual({
    statements: 3,
    signatures: 2,
    provider: 1,
    catalog: 1,
  });
});

it('a refresh asks no provider while the access token is good, and writes no session', async () => {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  expect(await costOf(async () => portal.acmeRefresh(browser))).toEqual({
    statements: 2,
    signatures: 2,
    provider: 0,
    catalog: 1,
  });
});

it('a refresh that is due takes the lease, and stores tokens and identity once each', async () => {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  portal.clock.advance(3_500_000);
  const cost = await costOf(async () => portal.acmeRefresh(browser));
  portal.clock.reset();
  expect(cost).toEqual({ statements: 8, signatures: 2, provider: 1, catalog: 1 });
});

it('a guest is signed in with one statement', async () => {
  const headers = { 'x-requested-with': 'XMLHttpRequest' };
  const guest = async () =>
    costOf(async () => new Browser().send(`${portal.base}/guest/refresh`, { headers }));
  // Of whom nothing is known yet.
  expect(await guest()).toMatchObject({ statements: 2, signatures: 2, provider: 0 });
  expect(await guest()).toMatchObject({ statements: 1, signatures: 2, provider: 0 });
});

it('userinfo reads a row, and the key set and the discovery document nothing', async () => {
  const { message } = await portal.acmeSignIn(new Browser());
  const authorization = `Bearer ${message?.response?.backstageIdentity?.token}`;
  const userinfo = async () =>
    new Browser().send(`${portal.base}/v1/userinfo`, { headers: { authorization } });
  expect(await costOf(userinfo)).toEqual({ ...nothing, statements: 1 });
  for (const path of ['jwks.json', 'openid-configuration']) {
    const read = async () => new Browser().send(`${portal.base}/.well-known/${path}`);
    expect(await costOf(read)).toEqual(nothing);
  }
});
