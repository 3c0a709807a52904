import { createBackend } from '@vestibule/backend-defaults';
import { createBackendPlugin, createServiceFactory, createServiceRef } from '@vestibule/backend-plugin-api';

const ldap = createServiceRef({
  id: 'acme.ldap',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => new Promise(() => {}) }),
});
const directory = createServiceRef({
  id: 'acme.directory',
  defaultFactory: async (service) => createServiceFactory({ service, deps: { ldap }, factory: () => ({}) }),
});

const backend = createBackend();
backend.add(
  createBackendPlugin({
    pluginId: 'hello',
    register({ registerInit }) {
      registerInit({ deps: { directory }, init() {} });
    },
  }),
);
await backend.start().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
