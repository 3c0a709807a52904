/** Attacks and faults on sessions: foreign calls, a provider or catalog that is away, races, and a stolen database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import { tables } from '../database/migrations.ts';
import { Browser } from '../testing/browser.ts';
import { createMemoryCatalog } from '../testing/memoryCatalog.ts';
import { claimsOf, readAnswerPage, startPortal, type Portal } from '../testing/portal.ts';

const secret = 'a-session-secret-for-tests';
const catalog = createMemoryCatalog();
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({ catalog, auth: { session: { secret, graceDuration: { minutes: 10 } } } });
});
afterAll(async () => portal.stop());
beforeEach(() => {
  portal.idp.scenario({});
  portal.idp.configure({ rotateRefreshTokens: false, accessTokenSeconds: 300 });
  portal.clock.reset();
  catalog.comeBack();
});

/** A person whose access token must be renewed. */
async function needsRenewal(as = 'jane'): Promise<Browser> {
  const browser = new Browser();
  await portal.signIn(browser, as);
  portal.clock.advance(150_000);
  return browser;
}

describe('calls from elsewhere', () => {
  it.each([
    ['without X-Requested-With', { 'x-requested-with': '' }, 401, 'ERR_AUTH_REQUESTED_WITH_MISSING'],
    [
      'with another value of it',
      { 'x-requested-with': 'xmlhttprequest' },
      401,
      'ERR_AUTH_REQUESTED_WITH_MISSING',
    ],
    ['from a foreign origin', { origin: 'http://evil.example' }, 403, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'],
    ['from an opaque origin', { origin: 'null' }, 403, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'],
  ])('refresh and logout %s are refused, and the session stays', async (_, headers, status, code) => {
    const browser = new Browser();
    await portal.signIn(browser);
    const refused = await portal.refresh(browser, {}, headers);
    const logout = await portal.logout(browser, headers);
    expect([refused.answer.status, refused.body?.error?.code, logout.status]).toEqual([status, code, status]);
    expect((await portal.refresh(browser)).answer.status).toBe(200);
  });

  it('holds for providers without a session as well', async () => {
    const answer = await new Browser().send(`${portal.base}/guest/refresh`);
    expect(answer.status).toBe(401);
  });

  it('refuses a call without an Origin that says it is cross-site, and accepts one that does not', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const send = async (headers: Record<string, string>) =>
      (
        await browser.send(`${portal.base}/oidc/refresh?env=development`, {
          headers: { 'x-requested-with': 'XMLHttpRequest', ...headers },
        })
      ).status;
    expect(await send({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await send({ 'sec-fetch-site': 'same-origin' })).toBe(200);
  });
});

describe('a provider that is away', () => {
  it.each(['500', 'garbage', 'html', 'reset'] as const)(
    'answering %s never ends a session: the last good identity goes on',
    async (fault) => {
      const browser = await needsRenewal();
      portal.clock.advance(160_000);
      portal.idp.scenario({ token: fault });
      const { answer, body } = await portal.refresh(browser);
      expect(answer.status).toBe(200);
      expect(body?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
      expect(body?.backstageIdentity?.expiresInSeconds).toBeCloseTo(480, -1);
      expect(body?.providerInfo?.expiresInSeconds).toBeCloseTo(480, -1);
      expect(body?.providerInfo).not.toHaveProperty('accessToken');

      portal.idp.scenario({});
      const paused = await portal.refresh(browser);
      expect(paused.body?.backstageIdentity?.expiresInSeconds).toBeCloseTo(480, -1);
      portal.clock.advance(31_000);
      const recovered = await portal.refresh(browser);
      // A full lifetime again, less what the answer took.
      expect(recovered.body?.backstageIdentity?.expiresInSeconds).toBeGreaterThan(3590);
      expect(recovered.body?.providerInfo?.accessToken).toEqual(expect.any(String));
    },
  );

  it('that hangs is given up after its deadline', async () => {
    const browser = await needsRenewal();
    portal.idp.scenario({ token: 'hang' });
    const { answer, body } = await portal.refresh(browser);
    expect([answer.status, body?.backstageIdentity?.expiresInSeconds]).toEqual([
      200,
      expect.closeTo(480, -1),
    ]);
  });

  it('answers 503 with Retry-After beyond the grace time, and the session still lives', async () => {
    const browser = await needsRenewal();
    portal.idp.scenario({ token: '500' });
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    portal.clock.advance(600_001);
    const { answer, body } = await portal.refresh(browser);
    expect([answer.status, body?.error?.code]).toEqual([503, 'ERR_AUTH_UNAVAILABLE']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.setCookies).toEqual([]);
    portal.idp.scenario({});
    portal.clock.advance(31_000);
    expect((await portal.refresh(browser)).answer.status).toBe(200);
  });

  it('gives no grace at a first sign-in', async () => {
    const browser = new Browser();
    const callback = await portal.reachCallback(browser, 'jane');
    portal.idp.scenario({ token: '500' });
    const answer = await browser.send(callback);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('ERR_PROVIDER_UNAVAILABLE');
    expect(browser.cookies.size).toBe(0);
  });
});

describe('a provider that says no', () => {
  it('ends the session at invalid_grant', async () => {
    const browser = await needsRenewal();
    portal.idp.revokeRefreshTokens('jane');
    const { answer, body } = await portal.refresh(browser);
    expect([answer.status, body?.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    expect(answer.setCookies[0]).toMatch(/^oidc-refresh-token=; Max-Age=0/);
  });
});

describe('a catalog that is away', () => {
  it('never ends a session, and is asked again half a minute later', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    catalog.goDown();
    expect((await portal.refresh(browser)).body?.backstageIdentity?.expiresInSeconds).toBeCloseTo(480, -1);
    const { calls } = catalog;
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    expect(catalog.calls).toBe(calls);
    catalog.comeBack();
    portal.clock.advance(31_000);
    expect((await portal.refresh(browser)).body?.backstageIdentity?.expiresInSeconds).toBeCloseTo(3600, -1);
  });

  it('counts as away when it answers with somebody else', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const jane = catalog.entities[0];
    const stranger = { ...jane, spec: { profile: { email: 'other@example.com' } } };
    const getEntities = catalog.getEntities.bind(catalog);
    catalog.getEntities = async () => Promise.resolve({ items: [stranger as never] });
    try {
      const { answer, body } = await portal.refresh(browser);
      expect([answer.status, body?.backstageIdentity?.identity.userEntityRef]).toEqual([
        200,
        'user:default/jane',
      ]);
    } finally {
      catalog.getEntities = getEntities;
    }
  });

  it('refuses a first sign-in with its code', async () => {
    catalog.goDown();
    const { message } = await portal.signIn(new Browser());
    expect(message?.error?.code).toBe('ERR_CATALOG_UNAVAILABLE');
  });

  it('ends the session of a user who is gone', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const { entities } = catalog;
    catalog.entities = entities.filter(({ metadata }) => metadata.name !== 'jane');
    try {
      const { answer, body } = await portal.refresh(browser);
      expect([answer.status, body?.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    } finally {
      catalog.entities = entities;
    }
  });

  it('sees a change of groups at the next refresh', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const jane = catalog.entities[0]!;
    const { relations } = jane;
    jane.relations = [{ type: 'memberOf', targetRef: 'group:default/team-b' }];
    try {
      const { body } = await portal.refresh(browser);
      expect(body?.backstageIdentity?.identity.ownershipEntityRefs).toEqual([
        'user:default/jane',
        'group:default/team-b',
      ]);
    } finally {
      jane.relations = relations!;
    }
  });
});

describe('many refreshes at once', () => {
  it('make one call to the provider and share its answer', async () => {
    const browser = await needsRenewal();
    portal.idp.configure({ rotateRefreshTokens: true });
    portal.idp.resetRequests();
    const answers = await Promise.all(Array.from({ length: 10 }, async () => portal.refresh(browser)));
    expect(answers.map(({ answer }) => answer.status)).toEqual(Array(10).fill(200));
    expect(portal.idp.requests().token).toBe(1);
    portal.clock.advance(150_000);
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    expect(portal.idp.requests().token).toBe(2);
  });
});

describe('limits of a session', () => {
  it('ends after 30 days without use', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    portal.clock.advance(30 * 86_400_000);
    expect((await portal.refresh(browser)).body?.error?.code).toBe('ERR_AUTH_SESSION_ENDED');
  });

  it('has a cookie of at most 400 days, HttpOnly and on the path of its provider', async () => {
    const { answer } = await portal.signIn(new Browser());
    const cookie = answer.setCookies.find((line) => line.startsWith('oidc-refresh-token='));
    expect(cookie).toMatch(
      /; Max-Age=34560000; Path=\/api\/auth\/oidc; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(cookie).not.toContain('Domain');
  });

  it('gives a new session token at each sign-in, and ends the one it replaces', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const first = browser.cookies.get('oidc-refresh-token');
    await portal.signIn(browser);
    expect(browser.cookies.get('oidc-refresh-token')).not.toEqual(first);
    const thief = new Browser();
    thief.cookies.set('oidc-refresh-token', first!);
    expect((await portal.refresh(thief)).body?.error?.code).toBe('ERR_AUTH_SESSION_ENDED');
  });
});

describe('logout', () => {
  it.each(['hang', '500'] as const)('ends the session here when revocation answers %s', async (fault) => {
    const browser = new Browser();
    await portal.signIn(browser);
    const sessionToken = browser.cookies.get('oidc-refresh-token')!;
    portal.idp.scenario({ revocation: fault });
    expect((await portal.logout(browser)).status).toBe(200);
    browser.cookies.set('oidc-refresh-token', sessionToken);
    expect((await portal.refresh(browser)).answer.status).toBe(401);
  });
});

describe('two processes on one database', () => {
  let databases: TestDatabase[] = [];
  beforeAll(async () => {
    databases = await testDatabases();
  });
  afterAll(async () => {
    await Promise.all(databases.map(async ({ cleanup }) => cleanup()));
  });

  it('finish a sign-in that the other began, refresh its session, and verify its tokens, on each engine', async () => {
    for (const { config } of databases) {
      // Without a secret the replicas must agree on one through the database.
      const options = { idp: portal.idp, database: config, auth: { session: {} } };
      const [first, second] = await Promise.all([startPortal(options), startPortal(options)]);
      const browser = new Browser();
      const callback = await first.reachCallback(browser, 'jane');
      const thief = new Browser();
      for (const [name, cookie] of browser.cookies) thief.cookies.set(name, cookie);
      const answer = await browser.send(callback.replace(first.base, second.base));
      expect(answer.text).toContain('You are signed in');
      const { body } = await first.refresh(browser);
      const token = body?.backstageIdentity?.token ?? '';
      const userinfo = await fetch(`${second.base}/v1/userinfo`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([userinfo.status, claimsOf(token)['sub']]).toEqual([200, 'user:default/jane']);
      // Whoever kept the cookie finds the attempt spent at the other process as well.
      const replay = await thief.send(callback);
      expect(replay.text).toContain('ERR_AUTH_ATTEMPT_REPLAYED');
      expect(thief.cookies.has('oidc-refresh-token')).toBe(false);
      const keySets = await Promise.all(
        [first, second].map(async ({ base }) => (await fetch(`${base}/.well-known/jwks.json`)).text()),
      );
      expect(keySets[0]).toBe(keySets[1]);
      expect((JSON.parse(keySets[0]!) as { keys: unknown[] }).keys).toHaveLength(1);
      await Promise.all([first.stop(), second.stop()]);

      const third = await startPortal(options);
      expect((await third.refresh(browser)).answer.status).toBe(200);
      const again = await fetch(`${third.base}/v1/userinfo`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(again.status).toBe(200);
      await third.stop();
    }
  }, 60_000);

  it('renew one session with one call to the provider', async () => {
    for (const { config } of databases) {
      const { idp } = portal;
      const options = { idp, database: config };
      const [first, second] = await Promise.all([startPortal(options), startPortal(options)]);
      const browser = new Browser();
      idp.configure({ rotateRefreshTokens: true, accessTokenSeconds: 300 });
      await first.signIn(browser);
      idp.resetRequests();
      for (const { clock } of [first, second]) clock.advance(150_000);
      const answers = await Promise.all(
        [first, second, first, second].map(async (one) => one.refresh(browser)),
      );
      expect(answers.map(({ answer }) => answer.status)).toEqual([200, 200, 200, 200]);
      expect(idp.requests().token).toBe(1);
      await Promise.all([first.stop(), second.stop()]);
    }
  }, 60_000);

  it('keep no token, session token, attempt or address readable in the database, with and without a secret in the config', async () => {
    for (const { config, connect } of databases) {
      for (const session of [{ secret }, {}]) {
        const one = await startPortal({ idp: portal.idp, database: config, auth: { session } });
        const browser = new Browser();
        const callback = await one.reachCallback(browser, 'jane');
        const { searchParams } = new URL(callback);
        const transactions = [...browser.cookies.values()].map(({ value }) => value);
        const { message } = readAnswerPage((await browser.send(callback)).text);
        const { providerInfo, backstageIdentity } = message?.response ?? {};
        const knex = await connect('auth');
        const stored = JSON.stringify(
          await Promise.all(Object.values(tables).map(async (table) => knex(table).select())),
        );
        expect(stored).toContain('user:default/jane');
        for (const value of [
          browser.cookies.get('oidc-refresh-token')?.value,
          providerInfo?.accessToken,
          providerInfo?.idToken,
          backstageIdentity?.token,
          searchParams.get('code'),
          searchParams.get('state'),
          ...transactions,
          secret,
          'a-client-secret-for-tests',
          'jane@example.com',
        ]) {
          expect(value).toEqual(expect.any(String));
          expect(stored).not.toContain(value);
        }
        await one.stop();
      }
    }
  }, 60_000);
});
