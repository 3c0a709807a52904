import { expect, it } from '@jest/globals';
import { createRootConfigFactory, httpServerServiceRef } from '@vestibule/backend-defaults';
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  foreignCodeServiceRef,
} from '@vestibule/backend-plugin-api';
import { createDefaultBackend } from './createDefaultBackend.ts';

it('answers every request of its own by handlers that ask for nothing of Express', async () => {
  const data = {
    backend: { listen: '127.0.0.1:0', baseUrl: 'http://localhost:7007' },
    auth: {
      providers: { guest: {} },
      staticClients: [{ clientId: 'notes', clientName: 'Notes', redirectUris: ['http://localhost/'] }],
    },
  };
  const backend = createDefaultBackend({ rootConfig: createRootConfigFactory({ data }) });
  const strangers: string[] = [];
  let url = '';
  backend.add(
    createServiceFactory({
      service: coreServices.rootLogger,
      deps: {},
      factory() {
        const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };
        return logger;
      },
    }),
  );
  backend.add(
    createServiceFactory({
      service: foreignCodeServiceRef,
      deps: {},
      factory: () => ({
        async run(who, act) {
          strangers.push(who);
          return act();
        },
        leave: (act) => act(),
        claim: () => undefined,
      }),
    }),
  );
  backend.add(
    createBackendPlugin({
      pluginId: 'address',
      register({ registerInit }) {
        registerInit({
          deps: { server: httpServerServiceRef },
          init: ({ server }) => void (url = server.url()),
        });
      },
    }),
  );
  await backend.start();
  try {
    for (const path of [
      '/',
      '/api/auth/.well-known/jwks.json',
      '/api/auth/guest/refresh',
      '/api/auth/v1/userinfo',
      '/api/auth/v1/authorize?client_id=notes',
      '/api/auth/nothing',
      '/api/catalog/entities/by-query',
      '/nothing/there',
    ]) {
      const { status } = await fetch(url + path, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
      expect(status).toBeLessThan(500);
    }
    expect(strangers).toEqual([]);
  } finally {
    await backend.stop();
  }
});
