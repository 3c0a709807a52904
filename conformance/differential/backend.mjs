// A backend with sign-in and nothing else, on either host: Backstage's auth backend with its modules on Backstage's, ours on
// ours, with ours or with theirs (GitLab's is theirs in any case, and one is a module of somebody else's). The same config, the same catalog.
// Usage: node differential/backend.mjs backstage|vestibule|hosted --config FILE, with the port of the vendors in the environment.
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { catalogPeople } from './people.mjs';
import { leadHttpsTo } from '../vendorStandIn.mjs';

const [, , host] = process.argv;
const vendorsPort = Number(process.env.CONFORMANCE_VENDORS_PORT);
leadHttpsTo(vendorsPort);

const backend = await (host === 'backstage' ? backstage() : vestibule());
backend.add(import('@backstage/plugin-auth-backend-module-gitlab-provider'));
backend.add(import('./refsModule.mjs'));
backend.add(
  createServiceFactory({
    service: catalogServiceRef,
    deps: {},
    factory: () => createInMemoryCatalog(catalogPeople),
  }),
);
try {
  await backend.start();
  process.send({ outcome: 'success' });
} catch (error) {
  process.send({ error: String(error?.stack ?? error) });
}

async function backstage() {
  const { createBackend } = await import('@backstage/backend-defaults');
  const { databaseServiceFactory } = await import('@vestibule/backend-defaults');
  const backend = createBackend();
  // Their embedded database needs a compiler.
  backend.add(databaseServiceFactory);
  backend.add(import('@backstage/plugin-auth-backend'));
  addTheirModules(backend);
  return backend;
}

function addTheirModules(backend) {
  backend.add(import('@backstage/plugin-auth-backend-module-oidc-provider'));
  backend.add(import('@backstage/plugin-auth-backend-module-github-provider'));
  backend.add(import('@backstage/plugin-auth-backend-module-google-provider'));
  backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
}

async function vestibule() {
  const { createBackend } = await import('@vestibule/backend-defaults');
  const backend = createBackend();
  backend.add(import('@vestibule/plugin-auth-backend'));
  backend.add(import('@vestibule/plugin-auth-backend-module-oauth-server'));
  if (host === 'hosted') {
    addTheirModules(backend);
    return backend;
  }
  backend.add(import('@vestibule/plugin-auth-backend-module-oidc-provider'));
  backend.add(import('@vestibule/plugin-auth-backend-module-github-provider'));
  backend.add(import('@vestibule/plugin-auth-backend-module-guest-provider'));
  backend.add(await googleWithLoopbackCalls());
  return backend;
}

/** Google's provider, which sends people to Google, but whose own calls go to the stand-in: they do not take our detour. */
async function googleWithLoopbackCalls() {
  const { createBackendModule } = await import('@vestibule/backend-plugin-api');
  const { createGoogleProviderFactory, googleEndpoints } =
    await import('@vestibule/plugin-auth-backend-module-google-provider');
  const { authProvidersExtensionPoint } = await import('@vestibule/plugin-auth-node');
  const { issuer, authorization_endpoint, ...calls } = googleEndpoints;
  const onLoopback = Object.fromEntries(
    Object.entries(calls).map(([name, url]) => [
      name,
      url.replace('https://', `http://127.0.0.1:${vendorsPort}/`),
    ]),
  );
  return createBackendModule({
    pluginId: 'auth',
    moduleId: 'google-provider',
    register({ registerInit }) {
      registerInit({
        deps: { providers: authProvidersExtensionPoint },
        async init({ providers }) {
          const endpoints = { issuer, authorization_endpoint, ...onLoopback };
          providers.registerProvider({
            providerId: 'google',
            factory: createGoogleProviderFactory({ endpoints }),
          });
        },
      });
    },
  });
}
