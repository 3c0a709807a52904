/** The refresh of proxy-type providers: what they are given of the request, and what they give. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createBackendModule, deadlineOf } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import { authProvidersExtensionPoint, createProxyProviderFactory } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { startPortal, type Portal } from '../testing/portal.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import { createProxySignIn } from './proxy.ts';

const seen: Record<string, string>[] = [];
const module = createBackendModule({
  pluginId: 'auth',
  moduleId: 'picker',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        providers.registerProvider({
          providerId: 'picker',
          factory: createProxyProviderFactory({
            title: 'Picker',
            configSchema: z.object({}),
            defaultResolver: () => async (_info, ctx) =>
              ctx.issueToken({ claims: { sub: 'user:default/picked' } }),
            profileTransform: () => ({ profile: { displayName: 'Picked' } }),
            create: () => ({
              async authenticate({ query }) {
                seen.push(Object.fromEntries(query));
                return Promise.resolve({
                  result: {},
                  profile: { displayName: 'Given' },
                  providerInfo: { a: 1 },
                });
              },
            }),
          }),
        });
      },
    });
  },
});

let portal: Portal;
beforeAll(async () => {
  const providers = {
    picker: {},
    silent: { type: 'picker', signIn: { resolvers: [] } },
  };
  portal = await startPortal({ features: [module], auth: { providers } });
});
afterAll(async () => portal.stop());

const refresh = async (path: string) =>
  fetch(`${portal.base}/${path}`, { headers: { 'x-requested-with': 'XMLHttpRequest' } });

it('gives a provider the query without what is of the route, and answers with the transformed profile', async () => {
  const answer = await refresh('picker/refresh?optional&env=development&scope=a&user=jane&x=%26');
  expect(seen).toEqual([{ user: 'jane', x: '&' }]);
  expect(await answer.json()).toMatchObject({
    profile: { displayName: 'Picked' },
    providerInfo: { a: 1 },
    backstageIdentity: { identity: { userEntityRef: 'user:default/picked' } },
  });
});

it('refuses a parameter that comes twice, and asks nobody', async () => {
  seen.length = 0;
  expect((await refresh('picker/refresh?user=jane&user=omar')).status).toBe(400);
  expect(seen).toEqual([]);
});

it('refuses everybody where no resolver is left: a proxy-type provider delegates no access', async () => {
  const answer = await refresh('silent/refresh');
  expect([answer.status, await answer.json()]).toMatchObject([
    403,
    { error: { code: 'ERR_RESOLVER_NO_MATCH' } },
  ]);
});

it('takes nothing of a provider but what its contract names', async () => {
  const given = { profile: {}, result: {}, evidence: { users: ['jane'] }, subject: 'jane' };
  const block = {
    providerId: 'picker',
    type: 'picker',
    definition: {
      kind: 'proxy',
      title: 'Picker',
      configSchema: z.object({}),
      create: () => ({ authenticate: async () => Promise.resolve(given) }),
    },
  } as const;
  const none = { select: () => ({ resolvers: [], problems: [], warnings: [] }) };
  const building = {
    config: mockServices.rootConfig({ data: { auth: { providers: { picker: {} } } } }),
    logger: silentLogger,
    warn: () => undefined,
    runtimeMode: { isProduction: false, isDevelopment: true },
    resolvers: none,
    transforms: { select: () => [] },
    catalog: { isThere: true, says: '' },
    tell: () => undefined,
  } as never;
  const budget = deadlineOf(AbortSignal.timeout(60_000));
  const request = { http: { headers: {} }, query: new Map(), budget };
  const grant = await createProxySignIn(block, building).identify(request as never);
  expect(Object.keys(grant)).toEqual(['profile', 'result', 'providerInfo']);
});
