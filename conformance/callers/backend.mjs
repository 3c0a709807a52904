// One set of plugins on either host, Backstage's or ours, that tell who calls them. `auth` is a stand-in that publishes the
// keys of user tokens from the config. Usage: node callers/backend.mjs backstage|vestibule --config FILE
import {
  createExternalTokenHandler,
  externalTokenHandlersServiceRef,
} from '@backstage/backend-defaults/auth';
import { createBackendPlugin, createServiceFactory, coreServices } from '@backstage/backend-plugin-api';
import * as ours from '@vestibule/backend-defaults';

const [, , host] = process.argv;
const { createBackend } = host === 'vestibule' ? ours : await import('@backstage/backend-defaults');
const backend = createBackend();
// Their embedded database needs a compiler.
if (host === 'backstage') backend.add(ours.databaseServiceFactory);

function answer(response, value) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

/**
 * Routes: `/` for users and services, `/users`, `/services`, `/limited` (cookies too) tell who calls; `/token/<plugin>`
 * gives the plugin's own token for another one; `/relay/<plugin>` calls that one for the caller and tells what it said.
 */
function callersPlugin(pluginId) {
  return createBackendPlugin({
    pluginId,
    register({ registerInit }) {
      registerInit({
        deps: {
          httpRouter: coreServices.httpRouter,
          httpAuth: coreServices.httpAuth,
          auth: coreServices.auth,
          discovery: coreServices.discovery,
        },
        async init({ httpRouter, httpAuth, auth, discovery }) {
          httpRouter.addAuthPolicy({ path: '/limited', allow: 'user-cookie' });
          httpRouter.use(async (request, response, next) => {
            try {
              const [route, targetPluginId] = request.url.split('/').slice(1);
              const allow = { users: ['user'], services: ['service'] }[route] ?? ['user', 'service'];
              const credentials = await httpAuth.credentials(request, {
                allow,
                allowLimitedAccess: route === 'limited',
              });
              if (route === 'token') {
                const onBehalfOf = await auth.getOwnServiceCredentials();
                answer(response, await auth.getPluginRequestToken({ onBehalfOf, targetPluginId }));
              } else if (route === 'relay') {
                const { token } = await auth.getPluginRequestToken({
                  onBehalfOf: credentials,
                  targetPluginId,
                });
                const url = `${await discovery.getBaseUrl(targetPluginId)}/`;
                const relayed = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
                answer(response, { relayed: await relayed.json() });
              } else {
                answer(response, { principal: credentials.principal, ends: credentials.expiresAt });
              }
            } catch (error) {
              next(error);
            }
          });
        },
      });
    },
  });
}

backend.add(
  createServiceFactory({
    service: externalTokenHandlersServiceRef,
    deps: {},
    factory: () =>
      createExternalTokenHandler({
        type: 'acme',
        initialize: ({ options }) => ({ prefix: options.getString('prefix') }),
        async verifyToken(token, { prefix }) {
          if (token === `${prefix}broken`) throw new Error('cannot look at this one');
          return token.startsWith(prefix) ? { subject: `acme:${token.slice(prefix.length)}` } : undefined;
        },
      }),
  }),
);
backend.add(callersPlugin('reports'));
backend.add(callersPlugin('billing'));
backend.add(
  createBackendPlugin({
    pluginId: 'auth',
    register({ registerInit }) {
      registerInit({
        deps: { httpRouter: coreServices.httpRouter, config: coreServices.rootConfig },
        async init({ httpRouter, config }) {
          httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
          httpRouter.use((request, response, next) => {
            if (request.url !== '/.well-known/jwks.json') return next();
            return answer(response, { keys: config.get('conformance.userKeys') });
          });
        },
      });
    },
  }),
);

try {
  await backend.start();
  process.send({ outcome: 'success' });
} catch (error) {
  process.send({ error: String(error?.stack ?? error) });
}
