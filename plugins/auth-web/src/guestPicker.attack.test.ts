/** The whole backend: in production nobody is told who there is, and nobody can be picked. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createServiceFactory, runtimeModeServiceRef, type JsonObject } from '@vestibule/backend-plugin-api';
import { startTestBackend, type TestBackend } from '@vestibule/backend-test-utils';
import authPlugin from '@vestibule/plugin-auth-backend';
import guestModule from '@vestibule/plugin-auth-backend-module-guest-provider';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import authWeb from './index.ts';

const origin = 'http://localhost:7007';
const own = { 'X-Requested-With': 'XMLHttpRequest' };
let portal: TestBackend | undefined;

afterEach(async () => {
  await portal?.stop();
  portal = undefined;
});

async function start(options: { isDevelopment: boolean; guest?: JsonObject }): Promise<TestBackend> {
  const { isDevelopment, guest = {} } = options;
  const jane = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'jane' },
    spec: { profile: { displayName: 'Jane Doe', email: 'jane@example.com' } },
  };
  const admins = { apiVersion: 'backstage.io/v1alpha1', kind: 'Group', metadata: { name: 'jane' } };
  portal = await startTestBackend({
    features: [
      authPlugin,
      guestModule,
      authWeb,
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => createInMemoryCatalog([jane, admins]),
      }),
      createServiceFactory({
        service: runtimeModeServiceRef,
        deps: {},
        factory: () => ({ isDevelopment, isProduction: !isDevelopment }),
      }),
    ],
    config: {
      app: { baseUrl: origin },
      backend: {
        baseUrl: origin,
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: {
        session: { secret: '7d0c4f0e5f5b4b8f9d1f6c2a3e8b7a90' },
        providers: { guest },
      },
    },
  });
  return portal;
}

async function get(path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${portal?.url}${path}`, { headers: own });
  return { status: answer.status, text: await answer.text() };
}

const pick = (user: string) => get(`/api/auth/guest/refresh?${new URLSearchParams({ user })}`);

describe('picking a user of the catalog', () => {
  it('works in development, for a user who is there and for nobody else', async () => {
    await start({ isDevelopment: true });
    expect(JSON.parse((await get('/auth-web/guests?q=jane')).text)).toEqual({
      users: [{ entityRef: 'user:default/jane', title: 'Jane Doe', email: 'jane@example.com', groups: 0 }],
      truncated: false,
    });
    expect(JSON.parse((await pick('user:default/jane')).text)).toMatchObject({
      profile: { displayName: 'Jane Doe' },
      backstageIdentity: { identity: { userEntityRef: 'user:default/jane' } },
    });
    for (const [user, status, code] of [
      ['user:default/mallory', 404, 'ERR_USER_NOT_FOUND'],
      ['group:default/jane', 400, 'ERR_AUTH_PARAMETER_INVALID'],
      ['jane', 400, 'ERR_AUTH_PARAMETER_INVALID'],
    ] as const) {
      const refusal = await pick(user);
      expect([refusal.status, refusal.text]).toEqual([status, expect.stringContaining(code)]);
      expect(refusal.text).not.toContain('backstageIdentity');
    }
    expect((await get('/api/auth/guest/refresh?user=user:default/jane&user=user:default/omar')).status).toBe(
      400,
    );
  });

  it('can be switched off, and the list with it', async () => {
    await start({ isDevelopment: true, guest: { pickUser: false } });
    expect((await get('/auth-web/guests')).status).toBe(404);
    expect((await get('/')).text).not.toContain('class="picker"');
    expect(await pick('user:default/jane')).toMatchObject({ status: 403 });
  });

  it('does not exist in production, whatever the config says', async () => {
    await start({
      isDevelopment: false,
      guest: { dangerouslyAllowOutsideDevelopment: true, pickUser: true },
    });
    const list = await get('/auth-web/guests');
    expect([list.status, list.text]).toEqual([404, expect.not.stringContaining('jane')]);
    expect((await get('/')).text).not.toContain('class="picker"');
    const refusal = await pick('user:default/jane');
    expect([refusal.status, refusal.text]).toEqual([403, expect.stringContaining('ERR_GUEST_NOT_ALLOWED')]);
    // The guest of the config, whom the operator let in, still comes in.
    expect((await get('/api/auth/guest/refresh')).status).toBe(200);
    expect((await get('/')).text).toContain('data-provider="guest"');

    // Whom nobody let in is not offered a button that never works.
    await portal?.stop();
    await start({ isDevelopment: false });
    expect((await get('/api/auth/guest/refresh')).status).toBe(403);
    expect((await get('/')).text).not.toContain('data-provider="guest"');
  });
});
