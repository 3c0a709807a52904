import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { catalogUser, mockServices, startTestBackend, type TestBackend } from '@vestibule/backend-test-utils';
import { runtimeModeServiceRef } from '@vestibule/backend-plugin-api';
import authPlugin from '@vestibule/plugin-auth-backend';
import guestProvider from '@vestibule/plugin-auth-backend-module-guest-provider';
import { createSignInClient, RefusedError, type SignInClient } from './index.ts';

let portal: TestBackend;
let client: SignInClient;
beforeAll(async () => {
  portal = await startTestBackend({
    features: [
      authPlugin,
      guestProvider,
      mockServices.catalog.factory({ entities: [catalogUser('jane', { memberOf: ['team-a'] })] }),
      mockServices.factoryOf(runtimeModeServiceRef, { isDevelopment: true, isProduction: false }),
    ],
    config: {
      backend: {
        baseUrl: 'http://localhost:7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: { session: { secret: 'a-session-secret-for-tests' }, providers: { guest: {} } },
    },
  });
  client = createSignInClient(`${portal.url}/api/auth`);
});
afterAll(async () => portal.stop());

it('signs in as a guest, and reads who that is', async () => {
  const { backstageIdentity } = await client.signInAsGuest('user:default/jane');
  expect(backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
  const { claims } = await client.readUserinfo(backstageIdentity?.token ?? '');
  expect(claims).toMatchObject({
    sub: 'user:default/jane',
    ent: ['user:default/jane', 'group:default/team-a'],
  });
});

it.each([
  [401, 'ERR_TOKEN_INVALID', async () => client.readUserinfo('nonsense')],
  [400, 'ERR_AUTH_PARAMETER_INVALID', async () => client.signInAsGuest('nobody')],
])('tells a refusal with %i by its code, %s', async (status, code, act) => {
  await expect(act()).rejects.toBeInstanceOf(RefusedError);
  await expect(act()).rejects.toMatchObject({ status, code });
});
