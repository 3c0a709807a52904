// A real Backstage backend, made of the parts that the test names. Our auth plugin stands in it in place of theirs by one
// changed import; their core services are under it. Tells its parent what happened, and stops when told so.
// Usage: node dropIn/backend.mjs PART,PART… --config FILE
import { createBackend } from '@backstage/backend-defaults';
import { coreServices, createBackendModule, createBackendPlugin } from '@backstage/backend-plugin-api';
import { authProvidersExtensionPoint } from '@backstage/plugin-auth-node';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { whoami } from './whoami.mjs';

const modules = (scope, ...names) =>
  names.map((name) => [`${scope}:${name}`, `@${scope}/plugin-auth-backend-module-${name}-provider`]);
const packages = new Map([
  ['theirs', '@backstage/plugin-auth-backend'],
  ['ours', '@vestibule/plugin-auth-backend'],
  ['oauth server', '@vestibule/plugin-auth-backend-module-oauth-server'],
  ['catalog', '@backstage/plugin-catalog-backend'],
  ['catalog in code', '@vestibule/example-static-catalog'],
  ['sessions in redis', '@vestibule/example-redis-sessions'],
  ['audit sink', '@vestibule/example-audit-sink'],
  ['cached catalog', '@vestibule/example-cached-catalog'],
  ...modules('backstage', 'gitlab', 'guest', 'google'),
  ...modules('vestibule', 'oidc', 'github', 'google', 'guest'),
]);

const secretOfTheModule = 'what-the-module-keeps';
const authModule = (moduleId, deps, init) =>
  createBackendModule({
    pluginId: 'auth',
    moduleId,
    register: ({ registerInit }) => registerInit({ deps, init }),
  });
const providers = authProvidersExtensionPoint;
const inCode = {
  /** A resolver on our extension point. */
  resolver: authModule('acme-resolver', { resolvers: signInResolverExtensionPoint }, ({ resolvers }) =>
    resolvers.add({
      provider: 'gitlab',
      name: 'emailAtAcme',
      resolver: async ({ profile }, ctx) =>
        ctx.signInWithCatalogUser({ filter: { kind: 'User', 'spec.profile.email': profile.email } }),
    }),
  ),
  /** Two providers that throw: `broken` in every handler, `halfway` once the browser is back. */
  broken: authModule('broken-provider', { providers }, ({ providers: point }) => {
    const fail = async () => {
      throw new Error(`broken on purpose: ${secretOfTheModule}`);
    };
    const leave = async (_, response) =>
      response.writeHead(302, { Location: 'https://vendor.example/?state=theirs' }).end();
    const handlers = { start: fail, frameHandler: fail, refresh: fail, logout: fail };
    point.registerProvider({ providerId: 'broken', factory: () => handlers });
    point.registerProvider({ providerId: 'halfway', factory: () => ({ ...handlers, start: leave }) });
  }),
  /** A second one for their GitLab. */
  rival: authModule('rival-provider', { providers }, ({ providers: point }) =>
    point.registerProvider({
      providerId: 'gitlab',
      factory: () => ({ start: async () => {}, frameHandler: async () => {} }),
    }),
  ),
  /** Nothing at all, to compare with. */
  empty: createBackendPlugin({
    pluginId: 'auth',
    register({ registerInit }) {
      registerInit({
        deps: { database: coreServices.database, httpRouter: coreServices.httpRouter },
        async init({ database }) {
          await (await database.getClient()).raw('SELECT 1');
        },
      });
    },
  }),
  whoami,
};

const backend = createBackend();
for (const part of process.argv[2].split(',')) {
  const name = packages.get(part);
  backend.add(name === undefined ? inCode[part] : import(name));
}

process.on('message', async () => {
  await backend.stop();
  process.send({ stopped: true, handles: process.getActiveResourcesInfo() });
});
try {
  const { result } = await backend.start();
  process.send({ outcome: result.outcome, plugins: result.plugins });
} catch (error) {
  process.send({ error: String(error?.stack ?? error) });
}
