// A real Backstage backend that our providers are added to: as modules of a stand-in for the auth plugin (`stub`) or of
// our auth plugin (`ours`), or as services (`services`, our auth plugin as well). Runs as a process of its own, since it
// does not end by itself; tells its parent what happened. Usage: node backstageBackend.mjs stub|ours|services --config FILE
import { createBackend } from '@backstage/backend-defaults';
import { createBackendPlugin, coreServices } from '@backstage/backend-plugin-api';
import { authProvidersExtensionPoint } from '@backstage/plugin-auth-node';

const [, , mode] = process.argv;
const backend = createBackend();
if (mode === 'services') {
  // The same packages; of what each brings, the service alone.
  for (const name of ['github', 'google']) {
    const { default: provider } = await import(`@vestibule/plugin-auth-backend-module-${name}-provider`);
    const [, service] = await provider.loader({});
    backend.add(service);
  }
} else {
  // Then nothing makes the service of which our auth plugin wants all there are.
  backend.add(import('@vestibule/plugin-auth-backend-module-github-provider'));
  backend.add(import('@vestibule/plugin-auth-backend-module-google-provider'));
  backend.add(import('@vestibule/plugin-auth-backend-module-oidc-provider'));
}
// Their embedded database needs a compiler; ours stands in for it, which shows a service factory of ours on their host.
const { databaseServiceFactory } = await import('@vestibule/backend-defaults');
backend.add(databaseServiceFactory);

if (mode !== 'stub') {
  // Our auth plugin in place of theirs, on their router; a catalog in place of theirs.
  backend.add(import('@vestibule/plugin-auth-backend'));
  backend.add(import('@vestibule/example-static-catalog'));
  // A plugin of somebody else's: Backstage's own services say who calls it.
  backend.add(
    createBackendPlugin({
      pluginId: 'whoami',
      register({ registerInit }) {
        registerInit({
          deps: {
            httpRouter: coreServices.httpRouter,
            httpAuth: coreServices.httpAuth,
            userInfo: coreServices.userInfo,
          },
          async init({ httpRouter, httpAuth, userInfo }) {
            httpRouter.use(async (request, response, next) => {
              try {
                const credentials = await httpAuth.credentials(request, { allow: ['user'] });
                response.json(await userInfo.getUserInfo(credentials));
              } catch (error) {
                next(error);
              }
            });
          },
        });
      },
    }),
  );
} else {
  const registered = [];
  backend.add(
    createBackendPlugin({
      pluginId: 'auth',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint(authProvidersExtensionPoint, {
          registerProvider: ({ providerId, factory }) =>
            registered.push({ providerId, factory: typeof factory }),
        });
        registerInit({
          deps: { logger: coreServices.logger },
          async init() {
            process.send({ registered });
          },
        });
      },
    }),
  );
}

try {
  const { result } = await backend.start();
  process.send({ outcome: result.outcome, plugins: result.plugins });
} catch (error) {
  process.send({ error: String(error?.stack ?? error) });
}
