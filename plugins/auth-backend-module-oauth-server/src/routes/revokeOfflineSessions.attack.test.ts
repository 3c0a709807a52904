/** Ending all refresh tokens of somebody: who may, and who may not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  type AuthService,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import { startDatabaseRelay, testDatabases } from '@vestibule/backend-test-utils';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { redirectUri, withOAuth, type OAuthPortal } from '../testing/oauthPortal.ts';
import { startPortal } from '../testing/portal.ts';

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

/** Signs everybody in as this one, whom no catalog is asked about. */
const signsInAs = (userEntityRef: string) =>
  createBackendModule({
    pluginId: 'auth',
    moduleId: 'acme-sign-in',
    register({ registerInit }) {
      registerInit({
        deps: { resolvers: signInResolverExtensionPoint },
        init({ resolvers }) {
          resolvers.add({
            provider: 'oidc',
            name: 'acme',
            resolver: async (_, ctx) =>
              ctx.issueToken({ claims: { sub: userEntityRef, ent: [userEntityRef] } }),
          });
        },
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

  it.each([
    ['user:default/Ärzte Süd', 'User:Default/ÄRZTE SÜD', 1],
    ['user:default/Ärzte Süd', 'ärzte süd', 1],
    // The Kelvin sign would become a k.
    ['user:default/kim', 'user:default/\u212Aim', 0],
  ])('finds %s, as the reference is issued, by %s: %i', async (issued, userEntityRef, revokedCount) => {
    const some = withOAuth(
      await startPortal({
        idp: portal.idp,
        auth: { staticClients, ...refreshing },
        config: { backend },
        oidc: { signIn: { resolvers: [{ resolver: 'acme' }] } },
        features: [signsInAs(issued)],
      }),
    );
    await some.grant(client, await some.userToken());
    const answer = await some.json(path, { ...call, body: JSON.stringify({ userEntityRef }) });
    expect([answer.status, answer.body]).toEqual([200, { revokedCount }]);
    await some.stop();
  });

  it('spends the codes that nobody has redeemed, without counting them, and those of nobody else', async () => {
    const codes = [await portal.code(client, jane), await portal.code(client, jane, { scope: 'openid' })];
    const ofOmar = await portal.code(client, omar);
    expect((await revoke(outsideToken)).body).toEqual({ revokedCount: 0 });
    portal.logs.length = 0;
    for (const code of codes) {
      const { status, body } = await portal.exchange(client, code);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
    // It was used once only.
    expect(portal.logs.join('')).not.toContain('a second time');
    expect((await portal.exchange(client, ofOmar)).status).toBe(200);
    // She may approve again.
    expect(await isGood(await refreshTokenOf(jane))).toBe(true);
    expect((await revoke(outsideToken)).body).toEqual({ revokedCount: 1 });
  });

  it('leaves nothing to a code that is redeemed at that moment', async () => {
    for (const { name, config } of databases) {
      const some = withOAuth(
        await startPortal({
          idp: portal.idp,
          auth: { staticClients, ...refreshing },
          config: { backend: { ...backend, database: config } },
        }),
      );
      const token = await some.userToken('jane');
      for (let round = 0; round < 10; round += 1) {
        const code = await some.code(client, token);
        const [tokens, answer] = await Promise.all([
          some.exchange(client, code),
          // A little later each time.
          some.json('/v1/nothing').then(async () => some.json(path, call)),
        ]);
        expect([name, answer.status]).toEqual([name, 200]);
        if (tokens.status !== 200) {
          expect([name, tokens.body.error]).toEqual([name, 'invalid_grant']);
          continue;
        }
        const { body } = await some.refreshWith(client, tokens.body['refresh_token']);
        expect([name, round, body.error]).toEqual([name, round, 'invalid_grant']);
      }
      await some.stop();
    }
  }, 30_000);

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
