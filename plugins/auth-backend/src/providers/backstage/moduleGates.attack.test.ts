/** Gates and hosted Backstage modules: what a module issued takes effect only when the gates have let the login in. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule, type JsonObject } from '@vestibule/backend-plugin-api';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { authProvidersExtensionPoint, type AuthResolverContext } from '@vestibule/plugin-auth-node';
import { tables } from '../../database/migrations.ts';
import { Browser } from '../../testing/browser.ts';
import { moduleHandlers, hostedLogout } from '../../testing/hostedHandlers.ts';
import {
  appOrigin,
  readAnswerPage,
  startIdentityProvider,
  startPortal,
  type Portal,
} from '../../testing/portal.ts';

const profile = { email: 'jane@example.com' };
const providerInfo = { accessToken: 'their-access-token', scope: 'read', expiresInSeconds: 60 };

let isAway = false;
let signsIn = true;

/** As Backstage's modules do: an identity from the resolver context, and their own page. */
const hostedModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        const make = (kind: 'oauth' | 'proxy') => (options: { resolverContext: AuthResolverContext }) => {
          const answer = async () => {
            if (isAway) throw new Error('connect ECONNREFUSED');
            const context = options.resolverContext;
            const backstageIdentity = await context.signInWithCatalogUser({ entityRef: { name: 'jane' } });
            return { profile, providerInfo, ...(signsIn && { backstageIdentity }) };
          };
          return { ...moduleHandlers(answer), ...(kind === 'oauth' && { logout: hostedLogout }) };
        };
        providers.registerProvider({ providerId: 'vendor', factory: make('oauth') });
        providers.registerProvider({ providerId: 'sidecar', factory: make('proxy') });
      },
    });
  },
});

let idp: DevIdpServer;
let databases: TestDatabase[] = [];
const portals: Portal[] = [];
beforeAll(async () => {
  databases = await testDatabases();
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
});
afterEach(async () => {
  isAway = false;
  signsIn = true;
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});
afterAll(async () => {
  await Promise.all(databases.map(async ({ cleanup }) => cleanup()));
  await idp.stop();
});

async function start(
  { allow, own }: { allow?: JsonObject | undefined; own?: JsonObject | undefined },
  database?: JsonObject,
): Promise<Portal> {
  const portal = await startPortal({
    idp,
    features: [hostedModule],
    auth: {
      ...(allow && { allow }),
      providers: {
        vendor: { development: { clientId: 'x', ...(own && { allow: own }) } },
        sidecar: { ...(own && { allow: own }) },
        guest: {},
      },
    },
    ...(database && { database }),
  });
  portals.push(portal);
  return portal;
}

async function signIn(portal: Portal, browser: Browser) {
  const started = await browser.send(`${portal.base}/vendor/start?env=development&origin=${appOrigin}`);
  const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = await browser.send(`${portal.base}/vendor/handler/frame?code=x&state=${state}`);
  return readAnswerPage(answer.text).message;
}

async function refresh(portal: Portal, browser: Browser, path = 'vendor/refresh?env=development') {
  const answer = await browser.send(`${portal.base}/${path}`, {
    headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
  });
  return { answer, body: JSON.parse(answer.text) as { error?: { code: string } } };
}

const gates: [JsonObject, string][] = [
  [{ domains: ['example.org'] }, 'ERR_GATE_DOMAIN'],
  [{ users: ['user:default/omar'] }, 'ERR_GATE_USER'],
  [{ groups: ['group:default/team-b'] }, 'ERR_GATE_GROUP'],
];

describe('a login by a hosted module', () => {
  it.each(gates)('that %j does not let in has no effect at all', async (block, code) => {
    const [{ config, connect } = { config: {}, connect: undefined }] = databases;
    for (const given of [{ allow: block }, { own: block }]) {
      const portal = await start(given, config);
      const browser = new Browser();
      const message = await signIn(portal, browser);
      expect([message?.error?.code, message?.response]).toEqual([code, undefined]);
      expect(browser.cookies.size).toBe(0);
      const knex = await connect?.('auth');
      expect(await knex?.(tables.userInfo).select()).toEqual([]);
      expect(await knex?.(tables.sessions).select()).toEqual([]);
    }
  });

  it('that the gates let in goes on as ever', async () => {
    const allow = { domains: ['example.com'], groups: ['group:default/team-a'] };
    const message = await signIn(await start({ allow, own: allow }), new Browser());
    expect(message?.response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
  });

  it('for access delegation is held to its own gates only', async () => {
    signsIn = false;
    const block = { domains: ['example.org'] };
    const delegated = await signIn(await start({ allow: block }), new Browser());
    expect([delegated?.error, delegated?.response?.providerInfo?.accessToken]).toEqual([
      undefined,
      'their-access-token',
    ]);
    expect((await signIn(await start({ own: block }), new Browser()))?.error?.code).toBe('ERR_GATE_DOMAIN');
  });
});

describe('a session with a hosted module', () => {
  it.each([
    ['with the provider there', false],
    ['with the provider away', true],
  ])(
    'ends at the refresh after a gate was closed to it, %s',
    async (_, away) => {
      for (const [block] of gates) {
        for (const { config } of databases) {
          const browser = new Browser();
          const before = await start({}, config);
          expect((await signIn(before, browser))?.error).toBeUndefined();
          expect((await refresh(before, browser)).answer.status).toBe(200);
          const after = await start({ allow: block }, config);
          isAway = away;
          const { answer, body } = await refresh(after, browser);
          expect([answer.status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
          expect(browser.cookies.has('vendor-refresh-token')).toBe(false);
          isAway = false;
        }
      }
    },
    60_000,
  );

  it('ends by a gate also within the pause that follows an outage', async () => {
    const [{ config } = { config: {} }] = databases;
    const browser = new Browser();
    const before = await start({}, config);
    await signIn(before, browser);
    isAway = true;
    expect((await refresh(before, browser)).answer.status).toBe(200);
    const after = await start({ allow: { domains: ['example.org'] } }, config);
    const { answer, body } = await refresh(after, browser);
    expect([answer.status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  });
});

describe('a hosted module of the proxy type', () => {
  it.each(gates)('signs nobody in whom %j does not let in', async (block, code) => {
    for (const given of [{ allow: block }, { own: block }]) {
      const { answer, body } = await refresh(await start(given), new Browser(), 'sidecar/refresh');
      expect([answer.status, body.error?.code]).toEqual([403, code]);
    }
    expect((await refresh(await start({}), new Browser(), 'sidecar/refresh')).answer.status).toBe(200);
  });
});

describe('what a hosted module cannot do', () => {
  it.each([
    [{ groups: ['staff'] }, "vendor.development.allow.groups asks for 'staff'"],
    [{ domain: ['example.com'] }, "Did you mean 'domains'?"],
  ])('is a fault where its own block asks for it: %j', async (own, words) => {
    const portal = await start({ own });
    expect(portal.logs.join('')).toContain(words);
    expect((await new Browser().send(`${portal.base}/vendor/start?env=development`)).status).toBe(404);
  });

  it('is vouch for the address that gates look at, and that is said', async () => {
    const allow = { users: ['user:default/jane', 'jane@example.com'] };
    const portal = await start({ allow, own: { domains: ['example.com'] } });
    expect(portal.logs.join('')).toContain(
      'auth.allow.users and auth.providers.vendor.development.allow.domains look at the e-mail address as the hosted Backstage module vendor (development) tells it',
    );
    const without = await start({ allow: { users: ['user:default/jane'] } });
    expect(without.logs.join('')).not.toContain('look at the e-mail address');
  });

  it('is hide its gates: they are told at every start', async () => {
    const portal = await start({ own: { domains: ['example.com'] } });
    expect(portal.logs.join('')).toContain(
      'sign-in provider vendor (development): gates: auth.providers.vendor.development.allow.domains; Backstage module, hosted',
    );
  });
});
