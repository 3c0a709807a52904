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
import { createDiscoveryFactory, discoveryServiceFactory } from './discovery.ts';
import type { SrvRecord } from './targets.ts';

async function discoveryOf(data: JsonObject): Promise<DiscoveryService> {
  const config = await make<RootConfigService>(createRootConfigFactory({ data }), {});
  const server = { address: () => ({ port: 7123 }), url: () => 'http://127.0.0.1:7123' };
  return make(discoveryServiceFactory, { config, server });
}

/** What the check at start finds in production. */
async function problemsInProduction(data: JsonObject): Promise<readonly ConfigProblem[]> {
  const config = await make<RootConfigService>(createRootConfigFactory({ data }), {});
  const { configSchema } = discoveryServiceFactory;
  const schemas = configSchema ? [{ schema: configSchema, owner: 'core.discovery' }] : [];
  return checkConfig({ config, schemas, isProduction: true }).problems;
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

  it('goes by the last endpoint that names a plugin, as Backstage does', async () => {
    const discovery = await discoveryOf({
      discovery: {
        endpoints: [
          { target: 'http://first', plugins: ['catalog', '*'] },
          { target: 'http://second', plugins: ['catalog'] },
          { target: { internal: 'http://third' }, plugins: ['catalog', '*'] },
        ],
      },
    });
    expect(await urlsOf(discovery, 'catalog')).toEqual(['http://third', 'http://second']);
    expect(await urlsOf(discovery, 'search')).toEqual(['http://third', 'http://first']);
  });

  it('refuses targets that it cannot call, all at once', async () => {
    const faulty = discoveryOf({
      discovery: {
        endpoints: [
          { target: { external: 'http+srv://catalog.local/api' }, plugins: ['catalog'] },
          { target: 'https+srv://catalog.local/api', plugins: ['catalog'] },
          { target: { internal: 'http+srv://catalog.local:7007/api' }, plugins: ['catalog'] },
          { target: 'ftp://catalog', plugins: ['search'] },
          { target: { internal: 'catalog:7007' }, plugins: ['search'] },
        ],
      },
    });
    const ofBrowsers =
      "must name host and port: browsers look up no SRV records; an SRV record may stand under 'internal'";
    await expect(faulty).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      problems: [
        ['0].target.external', ofBrowsers, 'http+srv://catalog.local/api'],
        ['1].target', ofBrowsers, 'https+srv://catalog.local/api'],
        [
          '2].target.internal',
          'must have only a host and a path: the SRV record gives the port',
          'http+srv://catalog.local:7007/api',
        ],
        ['3].target', 'must be an http or https URL', 'ftp://catalog'],
        ['4].target.internal', 'must be an http or https URL', 'catalog:7007'],
      ].map(([key, reason, given]) => ({
        message: `discovery.endpoints[${key} ${reason}: '${given}'`,
      })),
    });
  });

  describe('with an SRV record', () => {
    const records: SrvRecord[] = [
      { name: 'spare.internal', port: 1, priority: 20, weight: 100 },
      { name: 'a.internal', port: 8001, priority: 10, weight: 0 },
      { name: 'b.internal', port: 8002, priority: 10, weight: 30 },
      { name: 'c.internal', port: 8003, priority: 10, weight: 10 },
    ];
    const endpoints = [
      { target: { internal: 'http+srv://{{pluginId}}.svc.internal/api/{{pluginId}}/' }, plugins: ['*'] },
    ];

    async function lookedUp(answer: () => Promise<readonly SrvRecord[]>, random = 0) {
      const asked: string[] = [];
      const factory = createDiscoveryFactory({
        resolveSrv: async (host) => {
          asked.push(host);
          return answer();
        },
        random: () => random,
      });
      const config = await make<RootConfigService>(
        createRootConfigFactory({ data: { discovery: { endpoints } } }),
        {},
      );
      const server = { address: () => ({ port: 7123 }), url: () => 'http://127.0.0.1:7123' };
      return { discovery: await make<DiscoveryService>(factory, { config, server }), asked };
    }

    it.each([
      [0, 'http://b.internal:8002/api/catalog'],
      [0.74, 'http://b.internal:8002/api/catalog'],
      [0.76, 'http://c.internal:8003/api/catalog'],
    ])('calls one of those with the lowest priority, by weight (%s)', async (random, url) => {
      const { discovery, asked } = await lookedUp(async () => records, random);
      expect(await discovery.getBaseUrl('catalog')).toBe(url);
      expect(asked).toEqual(['catalog.svc.internal']);
      expect(await discovery.getExternalBaseUrl('catalog')).toBe('http://localhost:7123/api/catalog');
    });

    it('looks it up anew at each call, so that instances may come and go', async () => {
      let now = records.slice(1, 2);
      const { discovery } = await lookedUp(async () => now);
      expect(await discovery.getBaseUrl('catalog')).toBe('http://a.internal:8001/api/catalog');
      now = records.slice(0, 1);
      expect(await discovery.getBaseUrl('catalog')).toBe('http://spare.internal:1/api/catalog');
    });

    it.each([
      ['there is none', async () => []],
      ['the DNS does not tell', async () => Promise.reject(new Error('queryMx ESERVFAIL'))],
    ])('is unavailable where %s, and names the host', async (_title, answer) => {
      const { discovery } = await lookedUp(answer);
      await expect(discovery.getBaseUrl('catalog')).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        code: 'ERR_DISCOVERY_LOOKUP_FAILED',
        message: "No SRV record was found for 'catalog.svc.internal', which discovery.endpoints names",
      });
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
