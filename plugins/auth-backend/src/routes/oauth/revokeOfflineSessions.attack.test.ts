/** Ending all refresh tokens of somebody: who may, and who may not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendPlugin,
  type AuthService,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import { testDatabases } from '@vestibule/backend-test-utils';
import { redirectUri, withOAuth, type OAuthPortal } from '../../oauthServer/testing/oauthPortal.ts';
import { startDatabaseRelay } from '../../testing/databaseRelay.ts';
import { startPortal } from '../../testing/portal.ts';

const path = '/v1/offline-sessions/revoke';
const outsideToken = 'an-outside-token-9kQx72LmVb';
const client = { id: 'acme-notes' };
const staticClients = [{ clientId: client.id, redirectUris: [redirectUri] }];
const refreshing = { experimentalRefreshToken: { enabled: true } };

const backend: JsonObject = {
  baseUrl: 'http://localhost:7007',
  database: { client: 'better-sqlite3', connection: ':memory:' },
  auth: {
    externalAccess: [
      { type: 'static', options: { token: outsideToken, subject: 'outside' } },
      {
        type: 'static',
        options: { token: `${outsideToken}-elsewhere`, subject: 'elsewhere' },
        accessRestrictions: [{ plugin: 'catalog' }],
      },
    ],
  },
};

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

let offboardingAuth: AuthService;
const offboarding = createBackendPlugin({
  pluginId: 'offboarding',
  register({ registerInit }) {
    registerInit({
      deps: { auth: coreServices.auth },
      init: ({ auth }) => void (offboardingAuth = auth),
    });
  },
});

let portal: OAuthPortal;
let jane: string;
let omar: string;
beforeAll(async () => {
  portal = withOAuth(
    await startPortal({
      auth: { staticClients, ...refreshing },
      config: { backend },
      features: [offboarding],
    }),
  );
  jane = await portal.userToken('jane');
  omar = await portal.userToken('omar');
});
afterAll(async () => portal.stop());

async function revoke(token: string | undefined, body: unknown = { userEntityRef: 'user:default/jane' }) {
  return portal.json(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
const call = {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${outsideToken}` },
  body: '{"userEntityRef":"user:default/jane"}',
};
const refreshTokenOf = async (user: string): Promise<unknown> =>
  (await portal.grant(client, user))['refresh_token'];
const isGood = async (refreshToken: unknown): Promise<boolean> => {
  const { status, body } = await portal.refreshWith(client, refreshToken);
  expect(status === 200 || body.error === 'invalid_grant').toBe(true);
  return status === 200;
};

describe('ending the refresh tokens of a user', () => {
  it('ends all of that user, none of others, says how many there were, and is recorded', async () => {
    const of = {
      jane: [await refreshTokenOf(jane), await refreshTokenOf(jane)],
      omar: await refreshTokenOf(omar),
    };
    portal.logs.length = 0;
    const answer = await revoke(outsideToken);
    expect([answer.status, answer.body, answer.headers.get('cache-control')]).toEqual([
      200,
      { revokedCount: 2 },
      'no-store',
    ]);
    expect(await Promise.all(of.jane.map(isGood))).toEqual([false, false]);
    expect(await isGood(of.omar)).toBe(true);
    const events = portal.logs.map((line) => JSON.parse(line) as JsonObject);
    expect(events.filter(({ isAuditEvent }) => isAuditEvent)).toEqual([
      expect.objectContaining({
        level: 'info',
        plugin: 'auth',
        message: 'auth.offline-sessions-revoke',
        status: 'succeeded',
        severityLevel: 'high',
        userEntityRef: 'user:default/jane',
        revokedCount: 2,
      }),
    ]);
    expect((await revoke(outsideToken)).body).toEqual({ revokedCount: 0 });
  });

  it.each(['jane', 'default/jane', 'User:Default/JANE', 'user:jane'])(
    'finds them by %s, too',
    async (userEntityRef) => {
      const token = await refreshTokenOf(jane);
      expect((await revoke(outsideToken, { userEntityRef })).body).toEqual({ revokedCount: 1 });
      expect(await isGood(token)).toBe(false);
    },
  );

  it('is done for another plugin, which calls as itself', async () => {
    const { token } = await offboardingAuth.getPluginRequestToken({
      onBehalfOf: await offboardingAuth.getOwnServiceCredentials(),
      targetPluginId: 'auth',
    });
    expect((await revoke(token)).body).toEqual({ revokedCount: 0 });
  });

  it('is done for nobody else, and nothing ends', async () => {
    const refreshToken = await refreshTokenOf(jane);
    const { access_token: ofClient } = await portal.grant(client, jane);
    const onBehalf = await offboardingAuth.getPluginRequestToken({
      onBehalfOf: await offboardingAuth.authenticate(jane),
      targetPluginId: 'auth',
    });
    const forAnother = await offboardingAuth.getPluginRequestToken({
      onBehalfOf: await offboardingAuth.getOwnServiceCredentials(),
      targetPluginId: 'catalog',
    });
    for (const [caller, status, name] of [
      [undefined, 401, 'AuthenticationError'],
      ['garbage', 401, 'AuthenticationError'],
      [jane, 403, 'NotAllowedError'],
      [String(ofClient), 403, 'NotAllowedError'],
      [onBehalf.token, 403, 'NotAllowedError'],
      [forAnother.token, 401, 'AuthenticationError'],
      [`${outsideToken}-elsewhere`, 403, 'NotAllowedError'],
    ] as const) {
      const answer = await revoke(caller);
      expect([answer.status, answer.body.error]).toEqual([status, expect.objectContaining({ name })]);
      if (caller !== undefined) expect(answer.text).not.toContain(caller);
    }
    expect(await isGood(refreshToken)).toBe(true);
  });

  it('is asked with one user entity, before anything is recorded', async () => {
    portal.logs.length = 0;
    for (const body of [
      {},
      { userEntityRef: '' },
      { userEntityRef: ['user:default/jane'] },
      { userEntityRef: { kind: 'user' } },
      { userEntityRef: 'group:default/team-a' },
      { userEntityRef: 'user:default/' },
      { userEntityRef: ':' },
      '[]',
      'null',
      '{',
      '',
    ]) {
      const answer = await revoke(outsideToken, body);
      expect([body, answer.status, answer.body.error]).toEqual([
        body,
        400,
        expect.objectContaining({ name: 'InputError', code: 'ERR_AUTH_USER_REF_INVALID' }),
      ]);
    }
    expect(portal.logs.join('')).not.toContain('isAuditEvent');
  });

  it('is 503 while the database is away, which is recorded, too', async () => {
    for (const server of databases.filter(({ name }) => name === 'PostgreSQL')) {
      const relay = await startDatabaseRelay(server);
      const some = withOAuth(
        await startPortal({
          idp: portal.idp,
          auth: refreshing,
          config: { backend: { ...backend, database: relay.config } },
        }),
      );
      await relay.cut();
      some.logs.length = 0;
      const { status, body, headers, text } = await some.json(path, call);
      expect([status, body.error]).toEqual([503, expect.objectContaining({ code: 'ERR_AUTH_UNAVAILABLE' })]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(text).not.toMatch(/ECONNREFUSED|delete|vestibule_/);
      const event = some.logs.find((line) => line.includes('isAuditEvent'));
      expect(event).toContain('"status":"failed"');
      expect(event).toContain('"userEntityRef":"user:default/jane"');
      await some.stop();
    }
  }, 30_000);

  it('is there with refresh tokens on, also without a client, and not without', async () => {
    const some = withOAuth(await startPortal({ idp: portal.idp, auth: refreshing, config: { backend } }));
    expect((await some.json(path, call)).body).toEqual({ revokedCount: 0 });
    await some.stop();
    const none = withOAuth(
      await startPortal({ idp: portal.idp, auth: { staticClients }, config: { backend } }),
    );
    expect((await none.json(path, call)).status).toBe(404);
    await none.stop();
  });
});
