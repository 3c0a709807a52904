/** Gates as config has them: what providers are asked, who comes in, and what a refresh makes of a config that changed. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock, type JsonObject } from '@vestibule/backend-plugin-api';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { ProviderUnavailableError } from '@vestibule/plugin-auth-node';
import { createSealing } from '../testing/sealing.ts';
import { Sessions } from '../sessions/sealedSessions.ts';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { startIdentityProvider } from '../testing/portal.ts';
import { createDatabaseSessionStore } from '../sessions/databaseSessionStore.ts';

type Portal = Awaited<ReturnType<typeof startAcmePortal>>;

const acme = createAcmeProvider({ gates: { groups: { scopes: ['read:groups'] }, users: { scopes: [] } } });
const evidence = { groups: ['staff', 'night-shift'], users: ['jane-at-acme'] };

const portals: Portal[] = [];
let databases: TestDatabase[] = [];
let idp: DevIdpServer;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
  databases = await testDatabases();
});
afterEach(async () => {
  acme.reset();
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});
afterAll(async () => {
  await Promise.all(databases.map(async ({ cleanup }) => cleanup()));
  await idp.stop();
});

/** With gates for all providers, and of Acme alone. */
async function start(
  { allow, own, providers = {} }: { allow?: JsonObject; own?: JsonObject; providers?: JsonObject },
  database?: JsonObject,
): Promise<Portal> {
  const portal = await startAcmePortal({
    acme,
    idp,
    auth: { providers, ...(allow && { allow }) },
    ...(own && { settings: { allow: own } }),
    ...(database && { database }),
  });
  portals.push(portal);
  return portal;
}

/** The code of the refusal, or who signed in. */
async function outcomeOf(portal: Portal, browser = new Browser()): Promise<string | undefined> {
  const { message } = await portal.acmeSignIn(browser);
  expect(browser.cookies.has('acme-refresh-token')).toBe(message?.error === undefined);
  return message?.error?.code ?? message?.response?.backstageIdentity?.identity.userEntityRef;
}

const withEvidence = () => {
  acme.exchange = async () => Promise.resolve({ ...grantOf(), evidence });
  acme.refresh = acme.exchange;
};

describe('a gate', () => {
  it('asks the provider what it needs to know, with the scopes that this takes', async () => {
    const portal = await start({
      allow: { groups: ['staff'] },
      own: { groups: ['ops'], users: ['jane-at-acme'] },
    });
    await outcomeOf(portal);
    expect(acme.exchanges[0]).toMatchObject({
      questions: { groups: ['staff', 'ops'], users: ['jane-at-acme'] },
      scopes: ['basic', 'read:groups'],
    });
    expect(portal.logs.join('')).toContain(
      'gates: auth.allow.groups, auth.providers.acme.development.allow.users, auth.providers.acme.development.allow.groups',
    );
  });

  it('that needs nothing from the provider asks nothing', async () => {
    const portal = await start({ allow: { domains: ['example.com'], users: ['user:default/jane'] } });
    expect(await outcomeOf(portal)).toBe('user:default/jane');
    expect(acme.exchanges[0]).toMatchObject({ questions: {}, scopes: ['basic'] });
  });

  const jane = 'user:default/jane';
  it.each<[JsonObject, string]>([
    [{ domains: ['EXAMPLE.com'] }, jane],
    [{ domains: ['example.org'] }, 'ERR_GATE_DOMAIN'],
    [{ users: ['jane-at-acme'] }, jane],
    [{ users: ['Jane-at-acme'] }, 'ERR_GATE_USER'],
    [{ users: ['JANE@example.com'] }, jane],
    [{ users: ['user:default/jane'] }, jane],
    [{ users: ['user:default/omar', 'kim@example.com'] }, 'ERR_GATE_USER'],
    [{ groups: ['staff'] }, jane],
    [{ groups: ['Staff'] }, 'ERR_GATE_GROUP'],
    [{ groups: ['group:default/team-a'] }, jane],
    [{ groups: ['group:default/team-b'] }, 'ERR_GATE_GROUP'],
    [{ groups: ['staff'], domains: ['example.org'] }, 'ERR_GATE_DOMAIN'],
    [{ hostedDomains: ['example.com'] }, 'ERR_GATE_HOSTED_DOMAIN'],
    [{ githubOrganizations: ['acme'] }, 'ERR_GATE_GITHUB_ORGANIZATION'],
    [{ githubTeams: ['acme/ops'] }, 'ERR_GATE_GITHUB_TEAM'],
  ])('of %j makes of Jane %s', async (allow, outcome) => {
    withEvidence();
    expect(await outcomeOf(await start({ allow }))).toBe(outcome);
  });

  it.each([{ groups: ['staff'] }, { users: ['jane-at-acme'] }])(
    'of %j lets nobody in of whom the provider says nothing',
    async (own) => {
      expect(await outcomeOf(await start({ own }))).toMatch(/^ERR_GATE_(GROUP|USER)$/);
    },
  );

  it('of auth.allow is not for access delegation, and one of the provider itself is', async () => {
    const open = await start({ allow: { domains: ['example.org'] }, own: {} });
    portals.push(
      await startAcmePortal({
        idp,
        acme,
        settings: { signIn: { resolvers: [] }, allow: { domains: ['example.org'] } },
      }),
    );
    expect(await outcomeOf(open)).toBe('ERR_GATE_DOMAIN');
    expect(await outcomeOf(portals[1]!)).toBe('ERR_GATE_DOMAIN');
    const delegating = await startAcmePortal({
      idp,
      acme,
      settings: { signIn: { resolvers: [] } },
      auth: { allow: { domains: ['example.org'] } },
    });
    portals.push(delegating);
    const { message } = await delegating.acmeSignIn(new Browser());
    expect(Object.keys(message?.response ?? {})).toEqual(['profile', 'providerInfo']);
  });

  it('that names an entity holds before the identity takes effect', async () => {
    const portal = await start({ allow: { groups: ['group:default/team-b'] } });
    const { message } = await portal.acmeSignIn(new Browser());
    expect(message?.error?.code).toBe('ERR_GATE_GROUP');
    expect(JSON.stringify(message)).not.toContain('user:default/jane');
    const record = portal.logs.find((line) => line.includes('ERR_GATE_GROUP')) ?? '';
    expect(JSON.parse(record)).toMatchObject({
      gates: [{ gate: 'auth.allow.groups', verdict: 'deny', code: 'ERR_GATE_GROUP' }],
    });
  });
});

describe('a gate that nobody could pass', () => {
  it.each([
    [{ githubTeams: ['acme/ops'] }, 'auth.providers.acme.development.allow.githubTeams'],
    [{ hostedDomains: ['example.com'] }, 'auth.providers.acme.development.allow.hostedDomains'],
  ])('is a fault in the block of a provider: %j', async (own, path) => {
    const portal = await start({ own, providers: { guest: {} } });
    expect(portal.logs.join('')).toContain(`${path} asks for '`);
    expect((await new Browser().send(`${portal.base}/acme/start?env=development`)).status).toBe(404);
  });

  it('is a warning for each provider in auth.allow, and none where another entry lets people in', async () => {
    const warned = await start({ allow: { githubTeams: ['acme/ops'] } });
    const log = warned.logs.join('');
    expect(log).toContain(
      "nobody can sign in with acme (development): a provider of the type 'acme' tells nothing of what auth.allow.githubTeams",
    );
    expect(log).not.toContain('nobody can sign in with other');
    const fine = await start({ allow: { users: ['a-subject', 'user:default/jane'] } });
    expect(fine.logs.join('')).not.toContain('nobody can sign in');
  });

  it.each([
    [{ domains: ['@example.com'] }, "must be a domain such as 'example.com'"],
    [{ domains: [] }, 'must list a domain'],
    [{ users: [] }, 'must list somebody'],
    [{ githubTeams: ['ops'] }, "must be 'organization/team-slug'"],
    [{ domain: ['example.com'] }, "Did you mean 'domains'?"],
  ])('because it is malformed is a fault of the config: %j', async (allow, words) => {
    await expect(start({ allow })).rejects.toThrow(words);
    const portal = await startAcmePortal({
      idp,
      acme,
      settings: { allow },
      auth: { providers: { guest: {} } },
    });
    portals.push(portal);
    expect(portal.logs.join('')).toContain(words);
  });
});

it('opens a session that was written before gates were asked, and shows the profile of then', async () => {
  for (const { config, connect } of databases) {
    const browser = new Browser();
    await outcomeOf(await start({}, config), browser);
    const sessionToken = browser.cookies.get('acme-refresh-token')?.value ?? '';
    const store = new Sessions(
      createDatabaseSessionStore({ client: async () => connect('auth') }, systemClock),
      createSealing('a-session-secret-for-tests'),
      systemClock,
    );
    const session = await store.find({ sessionToken, providerId: 'acme', environment: 'development' });
    const { asked, shown, evidence: told, ...earlier } = session!.identity;
    expect([asked, shown, told]).toEqual([{}, { email: 'jane@example.com', displayName: 'Jane' }, undefined]);
    await store.saveIdentity(session!, earlier);
    const { answer, body } = await (await start({}, config)).acmeRefresh(browser);
    expect([answer.status, body.profile, acme.refreshes.length]).toEqual([200, earlier.profile, 0]);
  }
});

describe('a session, after the config of gates has changed,', () => {
  const signedIn = async (database: JsonObject) => {
    const portal = await start({}, database);
    const browser = new Browser();
    expect(await outcomeOf(portal, browser)).toBe('user:default/jane');
    await portals.pop()?.stop();
    return browser;
  };
  const endings = [
    ['ends where the provider, asked now, says nothing', undefined, 401],
    ['ends where the provider, asked now, says another thing', { groups: ['guests'] }, 401],
    ['goes on where the provider, asked now, says what is needed', evidence, 200],
  ] as const;

  it.each(endings)('%s', async (_, told, status) => {
    for (const { config } of databases) {
      const browser = await signedIn(config);
      const portal = await start({ allow: { groups: ['staff'] } }, config);
      acme.refresh = async () => Promise.resolve({ ...grantOf(), ...(told && { evidence: told }) });
      acme.refreshes.length = 0;
      const { answer } = await portal.acmeRefresh(browser);
      expect(answer.status).toBe(status);
      expect(acme.refreshes.map(({ questions }) => questions)).toEqual([{ groups: ['staff'] }]);
      expect(browser.cookies.has('acme-refresh-token')).toBe(status === 200);
      if (status !== 200) continue;
      // The answer rests with the session: nobody is asked twice.
      expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
      expect(acme.refreshes).toHaveLength(1);
    }
  });

  it('ends by a gate that needs no question, without any call to the provider', async () => {
    for (const { config } of databases) {
      const browser = await signedIn(config);
      const portal = await start({ allow: { domains: ['example.org'] } }, config);
      const { answer, body } = await portal.acmeRefresh(browser);
      expect([answer.status, body.error?.code, acme.refreshes.length]).toEqual([
        401,
        'ERR_AUTH_SESSION_ENDED',
        0,
      ]);
    }
  });

  it('is not answered from the last good identity while nobody can say whether the new gate lets it in', async () => {
    const [{ config } = { config: {} }] = databases;
    const browser = await signedIn(config);
    const portal = await start({ allow: { groups: ['staff'] } }, config);
    acme.refresh = async () => Promise.reject(new ProviderUnavailableError('away'));
    for (const transaction of ['first', 'within the pause']) {
      const { answer } = await portal.acmeRefresh(browser);
      expect([transaction, answer.status, answer.headers.get('retry-after')]).toEqual([
        transaction,
        503,
        '5',
      ]);
    }
    expect(browser.cookies.has('acme-refresh-token')).toBe(true);
    withEvidence();
    portal.clock.advance(31_000);
    expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
  });

  it('ends while the provider is away too, by a gate that does not need it', async () => {
    const [{ config } = { config: {} }] = databases;
    const browser = await signedIn(config);
    const portal = await start({ allow: { domains: ['example.org'] } }, config);
    acme.refresh = async () => Promise.reject(new ProviderUnavailableError('away'));
    portal.clock.advance(3_590_000);
    const { answer, body } = await portal.acmeRefresh(browser);
    expect([answer.status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  });

  it('ends where it cannot be renewed, so that nobody can be asked', async () => {
    const [{ config } = { config: {} }] = databases;
    const first = await start({}, config);
    const grant = grantOf();
    delete grant.tokens.refreshToken;
    acme.exchange = async () => Promise.resolve(grant);
    const browser = new Browser();
    await first.acmeSignIn(browser);
    const portal = await start({ allow: { groups: ['staff'] } }, config);
    expect((await portal.acmeRefresh(browser)).answer.status).toBe(401);
  });
});

describe('a proxy-type provider', () => {
  it.each([
    [{ users: ['user:development/guest'] }, 200, undefined],
    [{ users: ['user:default/jane'] }, 403, 'ERR_GATE_USER'],
    [{ groups: ['group:default/team-a'] }, 403, 'ERR_GATE_GROUP'],
    [{ domains: ['example.com'] }, 403, 'ERR_PROFILE_NO_EMAIL'],
  ])('is held to its own gates and to those of all: %j', async (allow, status, code) => {
    for (const auth of [{ allow, providers: { guest: {} } }, { providers: { guest: { allow } } }]) {
      const portal = await startAcmePortal({ idp, acme, auth });
      portals.push(portal);
      const answer = await new Browser().send(`${portal.base}/guest/refresh`, {
        headers: { 'x-requested-with': 'XMLHttpRequest' },
      });
      const body = JSON.parse(answer.text) as { error?: { code: string } };
      expect([answer.status, body.error?.code]).toEqual([status, code]);
    }
  });
});
