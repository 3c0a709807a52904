// The two sides of a portal whose sign-in is ours and whose catalog is Backstage's: `backstage` is a real Backstage backend
// with the real catalog and plugins of somebody else's, `vestibule` is our backend as `vestibule start` runs it. `together`
// is the first with our auth plugin in it, and `original` with Backstage's. A catalog loses its database when told so.
// Usage: node catalogBackend/backend.mjs backstage|vestibule|together|original --config FILE
import { setTimeout as delay } from 'node:timers/promises';

const [, , side, , configFile] = process.argv;

try {
  const backend = side === 'vestibule' ? await vestibule() : await backstage();
  await backend.start();
  await readiness();
  process.send({ outcome: 'success' });
} catch (error) {
  process.send({ error: String(error?.stack ?? error) });
}

async function vestibule() {
  const { createDefaultBackend } = await import('@vestibule/backend');
  return createDefaultBackend({ configFiles: [configFile] });
}

async function backstage() {
  const { createBackend } = await import('@backstage/backend-defaults');
  const { databaseServiceFactory } = await import('@vestibule/backend-defaults');
  const backend = createBackend();
  // Their embedded database needs a compiler.
  backend.add(databaseServiceFactory);
  backend.add(import('@backstage/plugin-catalog-backend'));
  if (side === 'together') {
    backend.add(import('@vestibule/plugin-auth-backend'));
    backend.add(import('@vestibule/plugin-auth-backend-module-guest-provider'));
  }
  if (side === 'original') {
    backend.add(import('@backstage/plugin-auth-backend'));
    backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
  }
  for (const feature of await deskFeatures()) backend.add(feature);
  return backend;
}

/** Waits until the catalog has read and connected its file, which it does after the start. */
async function readiness() {
  if (side === 'vestibule') return;
  const { askCatalog, expected } = readiness;
  for (let attempt = 1; attempt < 300; attempt += 1) {
    const entities = await askCatalog();
    const connected = entities.filter(({ relations = [] }) => relations.length > 0);
    if (entities.length === expected && connected.length === expected) return;
    await delay(100);
  }
  throw new Error('the catalog did not read its file');
}

/**
 * Two plugins of somebody else's, `desk` and `shelf`. Routes: `/who` for users, `/limited/who` for cookies too, tell who
 * calls and what they own; `/relay/<plugin>/<path>` calls on behalf of the caller and tells the answer.
 */
async function deskFeatures() {
  const { coreServices, createBackendModule, createBackendPlugin } =
    await import('@backstage/backend-plugin-api');
  const { auth, discovery, httpAuth, httpRouter, rootConfig, userInfo } = coreServices;

  const desk = (pluginId) =>
    createBackendPlugin({
      pluginId,
      register({ registerInit }) {
        registerInit({
          deps: { auth, discovery, httpAuth, httpRouter, rootConfig, userInfo },
          async init(services) {
            services.httpRouter.addAuthPolicy({ path: '/limited', allow: 'user-cookie' });
            services.httpRouter.use(async (request, response, next) => {
              try {
                response.json(await answer(request, services));
              } catch (error) {
                next(error);
              }
            });
            readiness.expected = services.rootConfig.getNumber('conformance.entities');
            readiness.askCatalog = async () => {
              const onBehalfOf = await services.auth.getOwnServiceCredentials();
              const { body } = await relay(services, { onBehalfOf, pluginId: 'catalog', path: 'entities' });
              // The location itself is an entity, too.
              return body.filter(({ kind }) => kind !== 'Location');
            };
          },
        });
      },
    });

  const ailments = createBackendModule({
    pluginId: 'catalog',
    moduleId: 'ailments',
    register({ registerInit }) {
      registerInit({
        deps: { database: coreServices.database },
        async init({ database }) {
          const client = await database.getClient();
          process.on('message', async (message) => {
            if (message !== 'lose the database') return;
            await client.destroy();
            process.send({ lost: true });
          });
        },
      });
    },
  });
  return [desk('desk'), desk('shelf'), ailments];
}

async function answer(request, services) {
  const [route, pluginId, ...path] = request.url.split('/').slice(1);
  const isLimited = route === 'limited';
  const credentials = await services.httpAuth.credentials(request, {
    allow: ['user'],
    allowLimitedAccess: isLimited,
  });
  if (route === 'relay') return relay(services, { onBehalfOf: credentials, pluginId, path: path.join('/') });
  return { principal: credentials.principal, userInfo: await services.userInfo.getUserInfo(credentials) };
}

async function relay({ auth, discovery }, { onBehalfOf, pluginId, path }) {
  const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: pluginId });
  const response = await fetch(`${await discovery.getBaseUrl(pluginId)}/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: await response.json() };
}
