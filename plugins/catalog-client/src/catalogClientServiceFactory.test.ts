import { afterEach, describe, expect, it } from '@jest/globals';
import type { RootLifecycleService } from '@vestibule/backend-plugin-api';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import { catalogClientServiceFactory } from './catalogClientServiceFactory.ts';
import { callingAuth, discoveryOf, serviceCredentials } from './testing/callingPlugin.ts';
import { startLoopbackCatalog, type LoopbackCatalog } from './testing/loopbackCatalog.ts';

let server: LoopbackCatalog | undefined;

afterEach(async () => {
  await server?.close();
});

describe('catalogClientServiceFactory', () => {
  it('is the default of the catalog service', async () => {
    expect(await catalogServiceRef.__defaultFactory?.(catalogServiceRef)).toBe(catalogClientServiceFactory);
  });

  it('makes one client for each plugin, over connections that end with the backend', async () => {
    server = await startLoopbackCatalog([{ apiVersion: 'v1', kind: 'User', metadata: { name: 'jane' } }]);
    const hooks: (() => void | Promise<void>)[] = [];
    const deps = {
      discovery: discoveryOf(server.baseUrl),
      auth: callingAuth(),
      rootLifecycle: { addShutdownHook: (hook) => void hooks.push(hook) } as RootLifecycleService,
    };
    const context = await catalogClientServiceFactory.createRootContext?.(deps);
    for (let plugins = 0; plugins < 2; plugins++) {
      const catalog = (await catalogClientServiceFactory.factory(deps, context)) as CatalogService;
      const jane = await catalog.getEntityByRef('user:default/jane', { credentials: serviceCredentials });
      expect(jane?.metadata.name).toBe('jane');
    }
    // The second plugin has asked for itself.
    expect(server.requests).toHaveLength(2);
    expect(hooks).toHaveLength(1);
    await hooks[0]?.();
  });
});
