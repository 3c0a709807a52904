import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Backend } from '@vestibule/backend-core';
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  runtimeModeServiceRef,
  type AuthService,
  type HttpAuthService,
  type JsonObject,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { createRootConfigFactory } from './config/rootConfig.ts';
import { createBackend } from './createBackend.ts';
import { httpServerServiceRef } from './http/httpServer.ts';

let backend: Backend | undefined;

afterEach(async () => {
  await backend?.stop();
  backend = undefined;
});

/** A backend on port 0 whose one plugin answers with the URL of its discovery. */
function prepare(data: JsonObject = {}, isProduction = false) {
  const found = { url: '', log: [] as string[] };
  const write = (message: string) => void found.log.push(message);
  const logger: LoggerService = { error: write, warn: write, info: write, debug: write, child: () => logger };
  backend = createBackend();
  const { backend: settings, ...others } = data;
  const defaults = { listen: '127.0.0.1:0', ...(settings as JsonObject | undefined) };
  backend.add(createRootConfigFactory({ data: { ...others, backend: defaults } }));
  backend.add(createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => logger }));
  backend.add(createServiceFactory({ service: coreServices.logger, deps: {}, factory: () => logger }));
  backend.add(
    createServiceFactory({
      service: runtimeModeServiceRef,
      deps: {},
      factory: () => ({ isDevelopment: false, isProduction }),
    }),
  );
  backend.add(
    createServiceFactory({ service: coreServices.auth, deps: {}, factory: () => ({}) as AuthService }),
  );
  backend.add(
    createServiceFactory({
      service: coreServices.httpAuth,
      deps: {},
      factory: () => ({}) as HttpAuthService,
    }),
  );
  backend.add(
    createBackendPlugin({
      pluginId: 'hello',
      register({ registerInit }) {
        registerInit({
          deps: {
            router: coreServices.httpRouter,
            discovery: coreServices.discovery,
            server: httpServerServiceRef,
          },
          async init({ router, discovery, server }) {
            const url = await discovery.getBaseUrl('hello');
            router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
            router.use((_request, response) => response.end(url));
            found.url = server.url();
          },
        });
      },
    }),
  );
  return { backend, found };
}

describe('createBackend', () => {
  it('serves a plugin until it is stopped', async () => {
    const { backend, found } = prepare();
    await backend.start();
    expect(await (await fetch(`${found.url}/api/hello/x`)).text()).toBe(`${found.url}/api/hello`);
    expect((await fetch(`${found.url}/.backstage/health/v1/readiness`)).status).toBe(200);
    expect((await fetch(`${found.url}/api/unknown`)).status).toBe(404);
    await backend.stop();
    await expect(fetch(found.url)).rejects.toThrow('fetch failed');
  });

  it('names a port in use when it cannot start', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { backend } = prepare({ backend: { listen: { host: '127.0.0.1', port } } });
    await expect(backend.start()).rejects.toMatchObject({
      code: 'ERR_BACKEND_STARTUP',
      message: expect.stringContaining(`port ${port} of 127.0.0.1 is in use`),
    });
    other.close();
  });

  it('reports every unknown and wrong key of its own roots at once', async () => {
    const { backend } = prepare({
      backend: { listn: 1, cors: { origins: '*' }, server: { headersTimeout: 'soon' }, https: 'perhaps' },
      discovery: { endpoint: [] },
      app: { baseUrl: 'portal.example.com', support: { url: 'x' } },
    });
    const { message } = (await backend.start().catch((error: unknown) => error)) as Error;
    for (const text of [
      'backend.listn is not a known key',
      'backend.cors.origins is not a known key',
      'backend.server.headersTimeout must be a duration',
      "backend.https must be true or false, not a string, or must be an object, not a string: 'perhaps'",
      'discovery.endpoint is not a known key',
      'app.baseUrl must be an http or https URL',
    ]) {
      expect(message).toContain(text);
    }
    expect(message).not.toContain('app.support');
  });

  it('refuses a public http base URL in production', async () => {
    const { backend } = prepare({ backend: { baseUrl: 'http://portal.example.com' } }, true);
    await expect(backend.start()).rejects.toThrow(
      "backend.baseUrl is http in production: 'http://portal.example.com'",
    );
  });

  it('accepts keys of Backstage that have no effect, and names them once', async () => {
    const { backend, found } = prepare({
      backend: { reading: { allow: [{ host: 'example.com' }] }, cache: { store: 'memory' }, rateLimit: true },
    });
    await backend.start();
    const notices = found.log.filter((line) => line.includes('without effect'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(
      'backend.cache (hosted provider modules are given a cache in memory), backend.reading',
    );
  });
});
