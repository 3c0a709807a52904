import { describe, expect, it } from '@jest/globals';
import {
  checkConfig,
  type ConfigProblem,
  type DiscoveryService,
  type JsonObject,
  type RootConfigService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { createRootConfigFactory } from '../config/rootConfig.ts';
import { discoveryServiceFactory } from './discovery.ts';

async function discoveryOf(data: JsonObject): Promise<DiscoveryService> {
  const config = await make<RootConfigService>(createRootConfigFactory({ data }), {});
  const server = { address: () => ({ port: 7123 }), url: () => 'http://127.0.0.1:7123' };
  return make(discoveryServiceFactory, { config, server });
}

/** What the check at start finds in production. */
async function problemsInProduction(data: JsonObject): Promise<ConfigProblem[]> {
  const config = await make<RootConfigService>(createRootConfigFactory({ data }), {});
  const { configSchema } = discoveryServiceFactory;
  const schemas = configSchema ? [{ schema: configSchema, owner: 'core.discovery' }] : [];
  return checkConfig({ config, schemas, isProduction: true });
}

async function make<T>(factory: ServiceFactory, deps: Record<string, unknown>): Promise<T> {
  return (await factory.factory(deps, await factory.createRootContext?.(deps))) as T;
}

async function urlsOf(discovery: DiscoveryService, pluginId: string) {
  return [await discovery.getBaseUrl(pluginId), await discovery.getExternalBaseUrl(pluginId)];
}

describe('core.discovery', () => {
  it('names the port that is really bound, inside and outside, where nothing is configured', async () => {
    expect(await urlsOf(await discoveryOf({}), 'auth')).toEqual([
      'http://127.0.0.1:7123/api/auth',
      'http://localhost:7123/api/auth',
    ]);
  });

  it('takes backend.baseUrl for browsers, without its trailing slash', async () => {
    const discovery = await discoveryOf({ backend: { baseUrl: 'https://portal.example.com/base/' } });
    expect(await urlsOf(discovery, 'auth')).toEqual([
      'http://127.0.0.1:7123/api/auth',
      'https://portal.example.com/base/api/auth',
    ]);
  });

  it('sends calls where discovery.endpoints says', async () => {
    const discovery = await discoveryOf({
      discovery: {
        endpoints: [
          { target: 'http://catalog:7107/api/{{pluginId}}/', plugins: ['catalog'] },
          { target: { internal: 'http://other/{{ pluginId }}' }, plugins: ['*'] },
          { target: { external: 'https://search.example.com' }, plugins: ['search'] },
        ],
      },
    });
    expect(await urlsOf(discovery, 'catalog')).toEqual([
      'http://catalog:7107/api/catalog',
      'http://catalog:7107/api/catalog',
    ]);
    expect(await urlsOf(discovery, 'search')).toEqual(['http://other/search', 'https://search.example.com']);
    expect(await urlsOf(discovery, 'auth')).toEqual(['http://other/auth', 'http://localhost:7123/api/auth']);
  });

  it('refuses targets that it cannot call, all at once', async () => {
    const faulty = discoveryOf({
      discovery: {
        endpoints: [
          { target: { internal: 'http+srv://catalog.local/api' }, plugins: ['catalog'] },
          { target: 'ftp://catalog', plugins: ['search'] },
        ],
      },
    });
    await expect(faulty).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      problems: [
        {
          code: 'ERR_DISCOVERY_TARGET_INVALID',
          message:
            "discovery.endpoints[0].target.internal looks its host up as an SRV record, which is not offered; name host and port: 'http+srv://catalog.local/api'",
        },
        { message: "discovery.endpoints[1].target is not an http or https URL: 'ftp://catalog'" },
      ],
    });
  });

  it.each([
    ['a missing one', {}, 'ERR_CONFIG_BASE_URL_MISSING'],
    ['public http', { backend: { baseUrl: 'http://portal.example.com' } }, 'ERR_CONFIG_BASE_URL_INSECURE'],
    [
      'public http of the app',
      {
        backend: { baseUrl: 'https://portal.example.com' },
        app: { baseUrl: 'http://localhost.example.com' },
      },
      'ERR_CONFIG_BASE_URL_INSECURE',
    ],
  ])('refuses as base URL in production %s', async (_title, data, code) => {
    expect(await problemsInProduction(data)).toMatchObject([{ code }]);
  });

  it.each([
    'http://localhost:7007',
    'http://127.0.0.1:7007',
    'http://[::1]:7007',
    'https://portal.example.com',
  ])('allows as base URL in production %s', async (baseUrl) => {
    expect(await problemsInProduction({ backend: { baseUrl } })).toEqual([]);
    const discovery = await discoveryOf({ backend: { baseUrl } });
    expect(await discovery.getExternalBaseUrl('auth')).toBe(`${baseUrl}/api/auth`);
  });
});
