/**
 * A backend of one's own with a hosted module, run as a program: what its handlers throw, nobody on the stack can catch.
 * `env` of a request to `/api/auth/faulty/start` says how.
 */
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackend, createRootConfigFactory } from '@vestibule/backend-defaults';
import type { BackendFeature } from '@vestibule/backend-plugin-api';
import authPlugin from '@vestibule/plugin-auth-backend';
import { runBackend } from '../runBackend.ts';

const vendor = createServer((_request, response) => response.end('null')).listen(0, '127.0.0.1');
const fail = (): never => {
  throw new Error('the vendor answered null');
};
const faults: Record<string, () => unknown> = {
  timer: () => setTimeout(fail, 1),
  socket: () => get({ port: (vendor.address() as AddressInfo).port }, (answer) => answer.on('data', fail)),
  rejection: () => void Promise.reject(new Error('the vendor answered null')),
  afterReturn: () => setTimeout(fail, 100),
};

function factory() {
  const never = async () => new Promise<void>(() => {});
  return {
    async start(request: IncomingMessage, response: ServerResponse) {
      const { env = '' } = (request as IncomingMessage & { query: Record<string, string> }).query;
      faults[env]?.();
      // As handlers do that leave the answer to a callback.
      if (env === 'afterReturn') return;
      if (faults[env]) await never();
      response.statusCode = 302;
      response.setHeader('Location', 'https://vendor.example/authorize?state=theirs');
      response.end();
    },
    frameHandler: never,
    logout: never,
  };
}

/** In Backstage's shape, as a module from npm has it. */
const faultyModule = {
  $$type: '@backstage/BackendFeature',
  version: 'v1',
  featureType: 'registrations',
  getRegistrations: () => [
    {
      type: 'module',
      pluginId: 'auth',
      moduleId: 'faulty-provider',
      extensionPoints: [],
      init: {
        deps: { providers: { $$type: '@backstage/ExtensionPoint', id: 'auth.providers' } },
        func: async ({ providers }: { providers: { registerProvider(options: object): void } }) =>
          Promise.resolve(providers.registerProvider({ providerId: 'faulty', factory })),
      },
    },
  ],
};

const backend = createBackend();
backend.add(authPlugin);
backend.add(faultyModule as unknown as BackendFeature);
backend.add(
  createRootConfigFactory({
    data: {
      backend: {
        listen: '127.0.0.1:0',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: { providers: { faulty: { timer: {}, socket: {}, rejection: {}, afterReturn: {}, sound: {} } } },
    },
  }),
);
await runBackend(backend);
if (process.argv.includes('--fault-of-the-host')) setTimeout(fail, 1);
