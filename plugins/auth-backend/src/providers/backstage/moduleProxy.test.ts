import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { authProvidersExtensionPoint } from '@vestibule/plugin-auth-node';
import { createMemoryCatalog } from '../../testing/memoryCatalog.ts';
import { appOrigin, startPortal, type Portal } from '../../testing/portal.ts';

/** As Backstage's modules for a proxy in front of the portal: no start of their own, and no logout at all. */
const module = createBackendModule({
  pluginId: 'auth',
  moduleId: 'proxy-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        const refuse = async () => Promise.reject(new Error('Not implemented'));
        const factory = () => ({
          start: refuse,
          frameHandler: refuse,
          async refresh(request: IncomingMessage & { cookies?: object }, response: ServerResponse) {
            if (request.headers['x-user'] === 'none') throw new Error('Request did not contain a user');
            response.setHeader('Content-Type', 'application/json');
            const { cookies } = request;
            await Promise.resolve(
              void response.end(JSON.stringify({ profile: {}, providerInfo: { cookies } })),
            );
          },
        });
        providers.registerProvider({
          providerId: 'proxy',
          factory: factory,
        });
      },
    });
  },
});

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({
    features: [module],
    catalog: createMemoryCatalog(),
    auth: { providers: { proxy: {} } },
  });
});
afterAll(async () => portal.stop());

const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };

describe('a hosted module of the proxy type', () => {
  it('answers 501 where a sign-in would start', async () => {
    const { status } = await fetch(`${portal.base}/proxy/start?env=development`);
    expect(status).toBe(501);
  });

  it('has no logout, whatever the environment', async () => {
    for (const query of ['', '?env=development']) {
      const response = await fetch(`${portal.base}/proxy/logout${query}`, { method: 'POST', headers });
      expect(response.status).toBe(404);
      const { error } = (await response.json()) as { error: { message: string; code: string } };
      expect(error).toMatchObject({ code: 'ERR_AUTH_PROVIDER_UNKNOWN' });
      expect(error.message).toContain("'proxy'");
    }
  });

  it('sees the cookies that its proxy has set, and none of ours', async () => {
    const cookie =
      'CF_Authorization=a%20jwt; backstage-auth=x; proxy-refresh-token=x; proxy-attempt-0a=x; other=%';
    const response = await fetch(`${portal.base}/proxy/refresh`, { headers: { ...headers, cookie } });
    expect(response.status).toBe(200);
    const { providerInfo } = (await response.json()) as { providerInfo: object };
    expect(providerInfo).toEqual({ cookies: { CF_Authorization: 'a jwt', other: '%' } });
  });

  it('answers 401, and not that something is away, where its proxy names nobody', async () => {
    const response = await fetch(`${portal.base}/proxy/refresh`, {
      headers: { ...headers, 'x-user': 'none' },
    });
    expect(response.status).toBe(401);
    const { error } = (await response.json()) as { error: object };
    expect(error).toMatchObject({ name: 'AuthenticationError', code: 'ERR_PROVIDER_ANSWER_INVALID' });
  });

  it.each([
    [true, false, true],
    [false, false, false],
    [true, true, false],
  ])(
    'warns of a dangerous key that is %p (in development: %p) at its start: %p',
    async (value, isDevelopment, isWarned) => {
      const { logs, stop } = await startPortal({
        isProduction: !isDevelopment,
        features: [module],
        auth: { providers: { proxy: { dangerouslyAllowOutsideDevelopment: value } } },
      });
      await stop();
      const warning = 'auth.providers.proxy.dangerouslyAllowOutsideDevelopment is set';
      expect(logs.some((line) => line.includes(warning))).toBe(isWarned);
    },
  );
});
