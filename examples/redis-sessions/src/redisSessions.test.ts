/**
 * Sessions in a real Redis: the store's contract, and whole sign-ins on two replicas that share nothing else. Redis is reached
 * at `VESTIBULE_TEST_REDIS_URL` (default `redis://127.0.0.1:6379`); without one, a line says so, and in CI that is a failure.
 */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createBackendModule, type LoggerService } from '@vestibule/backend-plugin-api';
import {
  createFrontEnd,
  describeSessionStore,
  HttpBrowser,
  startTestBackend,
  type TestBackend,
} from '@vestibule/backend-test-utils';
import authPlugin from '@vestibule/plugin-auth-backend';
import {
  authProvidersExtensionPoint,
  createOAuthProviderFactory,
  type RefreshRequest,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import redisSessions, { connectLate, createRedisSessionStore } from './index.ts';

const url = process.env['VESTIBULE_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const silent: LoggerService = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silent,
};
const redis = connectLate(url, silent);
const isThere = await redis.client().then(
  () => true,
  (error: unknown) => {
    if (process.env['CI']) throw new Error('No Redis for the tests, which CI needs', { cause: error });
    process.stderr.write('Skipped: no Redis at VESTIBULE_TEST_REDIS_URL or 127.0.0.1:6379\n');
    return false;
  },
);
afterAll(async () => redis.close());

const running: TestBackend[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (one) => one.stop()));
});

/** A provider that hands out a new refresh token each time, and takes each once. */
function acme() {
  let issued = 0;
  let good = '';
  let refreshes = 0;
  const grant = () => {
    issued += 1;
    good = `refresh-${issued}`;
    return Promise.resolve({
      subject: 'jane-at-acme',
      issuer: 'https://acme.example',
      profile: { email: 'jane@example.com' },
      result: {},
      tokens: {
        accessToken: `access-${issued}`,
        refreshToken: good,
        tokenType: 'bearer',
        expiresInSeconds: 60,
      },
    });
  };
  const factory = createOAuthProviderFactory({
    title: 'Acme',
    requiredScopes: ['basic'],
    configSchema: z.object({}),
    create: () => ({
      authorizationUrl: async ({ state }) =>
        Promise.resolve(
          new URL(
            `https://acme.example/api/auth/acme/handler/frame?${new URLSearchParams({ code: 'c', state })}`,
          ),
        ),
      exchange: grant,
      async refresh({ refreshToken }: RefreshRequest) {
        refreshes += 1;
        if (refreshToken !== good) throw new Error('a refresh token was used twice');
        return grant();
      },
    }),
  });
  const module = createBackendModule({
    pluginId: 'auth',
    moduleId: 'acme-provider',
    register({ registerInit }) {
      registerInit({
        deps: { providers: authProvidersExtensionPoint },
        async init({ providers }) {
          providers.registerProvider({ providerId: 'acme', factory });
          return Promise.resolve();
        },
      });
    },
  });
  return { module, refreshes: () => refreshes };
}

async function startReplica(provider: ReturnType<typeof acme>): Promise<TestBackend> {
  const started = await startTestBackend({
    features: [authPlugin, provider.module, redisSessions],
    config: {
      redisSessions: { url },
      app: { baseUrl: 'http://localhost:3000' },
      auth: {
        session: { secret: 'a-session-secret-of-both-replicas' },
        providers: { acme: { development: { clientId: 'acme', clientSecret: 'acme-secret-of-the-test' } } },
      },
    },
  });
  running.push(started);
  return started;
}

if (isThere) {
  describeSessionStore(
    'sessions in Redis',
    async () => {
      const replica = connectLate(url, silent);
      return Promise.resolve({
        stores: [createRedisSessionStore(redis.client), createRedisSessionStore(replica.client)],
        close: async () => replica.close(),
      });
    },
    { describe, it },
  );

  describe('two replicas with databases of their own, and one Redis', () => {
    it('share a session from its sign-in to its end: refreshes, a rotated token, and the sign-out', async () => {
      const provider = acme();
      const [one, other] = [await startReplica(provider), await startReplica(provider)];
      const [atOne, atOther] = [one, other].map((replica) =>
        createFrontEnd(replica, { provider: 'acme' }),
      ) as [ReturnType<typeof createFrontEnd>, ReturnType<typeof createFrontEnd>];
      const browser = new HttpBrowser();
      const authorize = async (location: URL) => Promise.resolve(location);
      const { response, error } = await atOne.signIn(browser, { authorize });
      expect([error, response?.providerInfo.accessToken]).toEqual([undefined, 'access-1']);
      for (const [index, frontEnd] of [atOther, atOne, atOther].entries()) {
        const refreshed = await frontEnd.refresh(browser);
        expect(refreshed.response?.providerInfo.accessToken).toBe(`access-${index + 2}`);
      }
      expect((await atOther.signOut(browser)).status).toBe(200);
      expect((await atOne.refresh(browser)).error?.name).toBe('AuthenticationError');
    });

    it('ask the provider one after the other, where a browser refreshes at both at once', async () => {
      const provider = acme();
      const [one, other] = [await startReplica(provider), await startReplica(provider)];
      const browser = new HttpBrowser();
      const authorize = async (location: URL) => Promise.resolve(location);
      await createFrontEnd(one, { provider: 'acme' }).signIn(browser, { authorize });
      const answers = await Promise.all(
        [one, other, one, other].map(async (replica) =>
          createFrontEnd(replica, { provider: 'acme' }).refresh(browser),
        ),
      );
      for (const { error, response } of answers) {
        expect(error).toBeUndefined();
        expect(response?.providerInfo.accessToken).toMatch(/^access-[2-5]$/);
      }
      expect(provider.refreshes()).toBeGreaterThanOrEqual(1);
    });
  });
} else {
  it.skip('needs a Redis', () => undefined);
}
