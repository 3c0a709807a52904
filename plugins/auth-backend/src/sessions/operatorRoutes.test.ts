/** Sessions as operators list and end them: who may, what is told, and what is refused afterwards. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createServiceFactory,
  type DatabaseService,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import { authSessionsExtensionPoint, sessionStoreServiceRef } from '@vestibule/plugin-auth-node';
import { createAuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { createDatabaseSessionStore } from './databaseSessionStore.ts';

const serviceToken = 'an-outside-token-9kQx72LmVb';
const backend: JsonObject = {
  baseUrl: 'http://localhost:7007',
  database: { client: 'better-sqlite3', connection: ':memory:' },
  auth: {
    externalAccess: [
      { type: 'static', options: { token: serviceToken, subject: 'outside' } },
      {
        type: 'static',
        options: { token: `${serviceToken}-elsewhere`, subject: 'elsewhere' },
        accessRestrictions: [{ plugin: 'catalog' }],
      },
    ],
  },
};
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const minute = 60_000;

let database: DatabaseService;
/** What a module lets act for somebody, beside browsers. */
const robot = { ended: [] as unknown[], lastUsedAt: 0 };
const robots = createBackendModule({
  pluginId: 'auth',
  moduleId: 'robots',
  register({ registerInit }) {
    registerInit({
      deps: { database: coreServices.database, sessions: authSessionsExtensionPoint },
      async init({ database: given, sessions }) {
        database = given;
        sessions.addSource({
          search: async ({ userEntityRef }) =>
            Promise.resolve(
              userEntityRef === 'user:default/sam'
                ? [{ kind: 'program', id: 'robot-of-sam', lastUsedAt: robot.lastUsedAt, endsAt: 4e12 }]
                : [],
            ),
          async endWhere(filter) {
            robot.ended.push(filter);
            return Promise.resolve(filter.userEntityRef === 'user:default/sam' ? 1 : 0);
          },
        });
        return Promise.resolve();
      },
    });
  },
});

const acme = createAcmeProvider();
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  portal = await startAcmePortal({ acme, features: [robots], config: { backend } });
});
afterAll(async () => portal.stop());
beforeEach(async () => {
  robot.ended.length = 0;
  portal.clock.reset();
  await (await database.getClient())(tables.sessions).delete();
});

interface Answer {
  status: number;
  body: {
    sessions?: Record<string, unknown>[];
    isComplete?: boolean;
    endedCount?: number;
    error?: { name: string; code?: string; message: string };
  };
  text: string;
  headers: Headers;
}

async function ask(method: string, query = '', token: string | undefined = serviceToken): Promise<Answer> {
  const answer = await fetch(`${portal.base}/v1/sessions${query}`, {
    method,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
    text,
    headers: answer.headers,
  };
}

async function signIn(userAgent?: string) {
  const browser = new Browser();
  const callback = await portal.reachAcmeCallback(browser);
  const { text } = await browser.send(callback, userAgent ? { headers: { 'user-agent': userAgent } } : {});
  return { browser, text };
}
const isAlive = async (browser: Browser): Promise<boolean> => {
  const { answer, body } = await portal.acmeRefresh(browser);
  expect(answer.status === 200 || body.error?.code === 'ERR_AUTH_SESSION_ENDED').toBe(true);
  return answer.status === 200;
};

describe('sessions are listed', () => {
  it('with what they are recognised by, and nothing that opens one', async () => {
    const { browser } = await signIn(firefox);
    const { status, body, text, headers } = await ask('GET');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(body).toEqual({
      sessions: [
        {
          kind: 'browser',
          id: expect.stringMatching(/^[\w-]{12}$/),
          userEntityRef: 'user:default/jane',
          providerId: 'acme',
          client: 'Firefox on Linux',
          createdAt: time,
          lastUsedAt: time,
          endsAt: time,
        },
      ],
      isComplete: true,
    });
    for (const { value } of browser.cookies.values()) expect(text).not.toContain(value.slice(0, 12));
  });

  it('by user, provider and age, the last used first, and no more than asked for', async () => {
    await signIn();
    portal.clock.advance(minute * 10);
    await signIn();
    robot.lastUsedAt = 1;
    const count = async (query: string) => {
      const { body } = await ask('GET', query);
      return body.sessions?.length;
    };
    expect(await count('')).toBe(2);
    for (const user of ['user:default/jane', 'jane', 'User:Default/JANE'])
      expect(await count(`?${new URLSearchParams({ user })}`)).toBe(2);
    expect(await count('?user=omar')).toBe(0);
    expect(await count('?user=sam')).toBe(1);
    expect(await count('?provider=acme')).toBe(2);
    expect(await count('?provider=other')).toBe(0);
    expect(await count('?olderThan=5m')).toBe(1);
    expect(await count('?olderThan=1h')).toBe(0);
    const { body } = await ask('GET', '?limit=1');
    expect([body.sessions?.length, body.isComplete]).toEqual([1, false]);
    const id = String(body.sessions?.[0]?.['id']);
    expect((await ask('GET', `?id=${id.slice(0, 8)}`)).body.sessions).toEqual(body.sessions);
  });

  it('while they live', async () => {
    await signIn();
    const row = (await database.getClient())(tables.sessions);
    await row.clone().update({ last_used_at: portal.clock.now() - 31 * 24 * 60 * minute });
    expect((await ask('GET')).body.sessions).toEqual([]);
    await row.update({ ends_at: portal.clock.now() - 1, last_used_at: portal.clock.now() });
    expect((await ask('GET')).body.sessions).toEqual([]);
    expect((await ask('DELETE', '?user=jane')).body).toEqual({ endedCount: 0 });
  });
});

describe('a session of a release before', () => {
  it('knows whose it is from its next refresh on, which writes it once', async () => {
    const { browser } = await signIn();
    const knex = await database.getClient();
    await knex(tables.sessions).update({ user_entity_ref: null });
    expect((await ask('GET', '?user=jane')).body.sessions).toEqual([]);
    expect(await isAlive(browser)).toBe(true);
    expect((await ask('GET', '?user=jane')).body.sessions).toHaveLength(1);
    const version = async () => (await knex(tables.sessions).first('identity_version')) as unknown;
    const written = await version();
    expect(written).toEqual({ identity_version: 2 });
    expect(await isAlive(browser)).toBe(true);
    expect(await version()).toEqual(written);
  });

  it('knows it from a refresh that asks the provider, too', async () => {
    const { browser } = await signIn();
    const knex = await database.getClient();
    await knex(tables.sessions).update({ user_entity_ref: null });
    portal.clock.advance(3_500_000);
    expect(await isAlive(browser)).toBe(true);
    expect((await ask('GET', '?user=jane')).body.sessions).toHaveLength(1);
    expect(await knex(tables.sessions).first('identity_version')).toEqual({ identity_version: 2 });
  });
});

describe('sessions are ended', () => {
  it('of one user, in every browser and source, at once, which is recorded', async () => {
    const browsers = [(await signIn()).browser, (await signIn()).browser];
    portal.logs.length = 0;
    const answer = await ask('DELETE', '?user=Jane');
    expect([answer.status, answer.body]).toEqual([200, { endedCount: 2 }]);
    expect(await Promise.all(browsers.map(isAlive))).toEqual([false, false]);
    expect(robot.ended).toEqual([expect.objectContaining({ userEntityRef: 'user:default/jane' })]);
    const events = portal.logs.map((line) => JSON.parse(line) as JsonObject);
    expect(events.filter(({ isAuditEvent }) => isAuditEvent)).toEqual([
      expect.objectContaining({
        message: 'auth.sessions-revoke',
        status: 'succeeded',
        severityLevel: 'high',
        filter: { user: 'user:default/jane' },
        endedCount: 2,
      }),
    ]);
    expect((await ask('DELETE', '?user=sam')).body).toEqual({ endedCount: 1 });
  });

  it('where every filter fits, and no others', async () => {
    const { browser: old } = await signIn();
    portal.clock.advance(minute * 10);
    const { browser: young } = await signIn();
    expect((await ask('DELETE', '?user=jane&provider=other')).body).toEqual({ endedCount: 0 });
    expect((await ask('DELETE', '?provider=acme&olderThan=5m')).body).toEqual({ endedCount: 1 });
    expect([await isAlive(old), await isAlive(young)]).toEqual([false, true]);
    const [session] = (await ask('GET')).body.sessions ?? [];
    expect((await ask('DELETE', `?id=${String(session?.['id'])}`)).body).toEqual({ endedCount: 1 });
    expect(await isAlive(young)).toBe(false);
  });

  it('all of them, where that is said', async () => {
    const { browser } = await signIn();
    expect((await ask('DELETE', '?all=true')).body).toEqual({ endedCount: 1 });
    expect(await isAlive(browser)).toBe(false);
  });

  it.each([
    ['', 'Which sessions?'],
    ['?all=yes', "'all' is 'true'"],
    ['?all=true&user=jane', "'all' excludes every filter"],
    ['?usr=jane', "'usr' is not one of id, user, provider, olderThan, all"],
    ['?user=', "'' is no user"],
    ['?user=group:default/team-a', 'is no user'],
    ['?provider=', 'the provider has no id'],
    ['?olderThan=30', "'30' is no age; write 30d, 12h or 90m"],
    ['?olderThan=-1d', 'is no age'],
    ['?id=abc', "'abc' is no id of a session"],
    ['?id=%25%25%25%25%25%25%25%25', 'is no id of a session'],
  ])('never by what names none: %s', async (query, message) => {
    const { browser } = await signIn();
    const { status, body } = await ask('DELETE', query);
    expect([status, body.error]).toEqual([
      400,
      expect.objectContaining({
        name: 'InputError',
        code: 'ERR_SESSION_FILTER_INVALID',
        message: expect.stringContaining(message),
      }),
    ]);
    expect(await isAlive(browser)).toBe(true);
  });
});

describe('of sessions nobody is told', () => {
  it('but services: no user, no stranger, none that may ask another plugin only; and nothing ends', async () => {
    const { browser } = await signIn();
    const { body } = await portal.acmeRefresh(browser);
    const user = body.backstageIdentity?.token ?? '';
    expect(user).not.toBe('');
    for (const [token, status, name] of [
      ['', 401, 'AuthenticationError'],
      ['garbage', 401, 'AuthenticationError'],
      [user, 403, 'NotAllowedError'],
      [`${serviceToken}-elsewhere`, 403, 'NotAllowedError'],
    ] as const) {
      for (const [method, query] of [
        ['GET', ''],
        ['DELETE', '?all=true'],
      ] as const) {
        const answer = await ask(method, query, token);
        expect([token, answer.status, answer.body.error?.name]).toEqual([token, status, name]);
        expect(answer.text).not.toContain('user:default/jane');
      }
    }
    expect(await isAlive(browser)).toBe(true);
  });

  it('where the store finds none by what they are of, and sign-in goes on', async () => {
    const plain = await startAcmePortal({
      acme,
      config: { backend },
      features: [
        createServiceFactory({
          service: sessionStoreServiceRef,
          deps: { database: coreServices.database },
          factory({ database: own }) {
            const {
              search: _search,
              endWhere: _endWhere,
              ...store
            } = createDatabaseSessionStore(createAuthDatabase(own), { now: () => Date.now() });
            return store;
          },
        }),
      ],
    });
    const browser = new Browser();
    await plain.acmeSignIn(browser);
    expect((await plain.acmeRefresh(browser)).answer.status).toBe(200);
    for (const [method, query] of [
      ['GET', ''],
      ['DELETE', '?all=true'],
    ]) {
      const answer = await fetch(`${plain.base}/v1/sessions${query}`, {
        method: method!,
        headers: { authorization: `Bearer ${serviceToken}` },
      });
      expect([answer.status, await answer.json()]).toEqual([
        501,
        expect.objectContaining({
          error: expect.objectContaining({
            name: 'NotImplementedError',
            code: 'ERR_SESSIONS_NOT_SEARCHABLE',
          }),
        }),
      ]);
    }
    expect((await plain.acmeRefresh(browser)).answer.status).toBe(200);
    await plain.stop();
  });
});
