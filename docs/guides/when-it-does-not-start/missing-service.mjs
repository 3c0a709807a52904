import { createBackend } from '@vestibule/backend-defaults';
import { createBackendPlugin, createServiceFactory, createServiceRef } from '@vestibule/backend-plugin-api';

const directory = createServiceRef({ id: 'acme.directory' });
const misspelt = createServiceRef({ id: 'acme.direktory' });

const backend = createBackend();
backend.add(createServiceFactory({ service: directory, deps: {}, factory: () => ({}) }));
backend.add(
  createBackendPlugin({
    pluginId: 'hello',
    register({ registerInit }) {
      registerInit({ deps: { directory: misspelt }, init() {} });
    },
  }),
);
await backend.start().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
