/** A portal with everything that has routes, whose parts can be made to fail. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import {
  clockServiceRef,
  coreServices,
  createBackendModule,
  createServiceDecorator,
  runtimeModeServiceRef,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import {
  catalogUser,
  createFrontEnd,
  mockServices,
  startTestBackend,
  type HttpBrowser,
} from '@vestibule/backend-test-utils';
import { startDevIdp } from '@vestibule/dev-idp';
import authPlugin from '@vestibule/plugin-auth-backend';
import guestProvider from '@vestibule/plugin-auth-backend-module-guest-provider';
import oauthServer from '@vestibule/plugin-auth-backend-module-oauth-server';
import oidcProvider from '@vestibule/plugin-auth-backend-module-oidc-provider';
import {
  authProvidersExtensionPoint,
  createProxyProviderFactory,
  isSignInCode,
  RefusalError,
  tokenIssuerServiceRef,
  type TokenIssuerService,
} from '@vestibule/plugin-auth-node';
import authWeb from '@vestibule/plugin-auth-web';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { z } from 'zod';

/** Refuses with the code that the request names: what any provider may throw. */
const refusing = createBackendModule({
  pluginId: 'auth',
  moduleId: 'refusing-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        const factory = createProxyProviderFactory({
          title: 'Refusing',
          configSchema: z.object({}),
          create: () => ({
            async authenticate({ headers }) {
              const code = headers['x-refuse'];
              if (isSignInCode(code)) throw new RefusalError(code);
              return Promise.resolve({ result: {}, profile: {} });
            },
          }),
        });
        providers.registerProvider({ providerId: 'refusing', factory });
      },
    });
  },
});

export type ApiPortal = Awaited<ReturnType<typeof startApiPortal>>;

/** @param config - Laid over that of `backend`. */
export async function startApiPortal(config: JsonObject = {}) {
  const port = 7007;
  const baseUrl = `http://localhost:${port}`;
  const callbackUrl = `${baseUrl}/api/auth/oidc/handler/frame`;
  const clientSecret = 'a-client-secret-for-tests';
  // An issuer of another name, a page in place of a document, and a server that is down.
  let heard = '';
  const strange = createServer((request, response) => {
    if (request.url?.startsWith('/page') === true)
      response.setHeader('content-type', 'text/html').end('<p>Hello');
    else if (request.url?.startsWith('/down') === true) response.writeHead(503).end();
    else if (request.url === '/hear') {
      void text(request).then((form) => {
        heard = form;
        response.end();
      });
    } else {
      const document = { issuer: 'https://other.example', authorization_endpoint: 'https://other.example/a' };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
    }
  }).listen(0, '127.0.0.1');
  await once(strange, 'listening');
  const strangeUrl = `http://127.0.0.1:${(strange.address() as AddressInfo).port}`;
  const idp = await startDevIdp({
    remembersPeople: true,
    clients: [
      {
        clientId: 'vestibule',
        clientSecret,
        redirectUris: [callbackUrl],
        backchannelLogoutUri: `${strangeUrl}/hear`,
        idTokenSignedResponseAlg: 'ES256',
      },
    ],
  });

  const catalog = mockServices.catalog({
    entities: [catalogUser('jane', { email: 'jane@example.com', memberOf: ['team-a'] })],
  });
  /** What fails, while it is set. */
  const faults: { database?: true; clock?: true; tokens?: true; catalog?: Error } = {};
  const issuers: TokenIssuerService[] = [];
  const failingTokens = createServiceDecorator({
    service: tokenIssuerServiceRef,
    deps: {},
    decorate(inner) {
      issuers.push(inner);
      return {
        issue: async (...given) => inner.issue(...given),
        async verify(...given) {
          if (faults.tokens) throw new Error('tokens cannot be looked at');
          return inner.verify(...given);
        },
      };
    },
  });
  const failing = createBackendModule({
    pluginId: 'auth',
    moduleId: 'failing-parts',
    register({ registerInit }) {
      registerInit({
        deps: { database: coreServices.database },
        async init({ database }) {
          const { client } = (await database.getClient()) as unknown as {
            client: { acquireConnection(): Promise<unknown> };
          };
          const acquire = client.acquireConnection.bind(client);
          client.acquireConnection = async () => {
            if (faults.database) throw new Error('the connection is lost');
            return acquire();
          };
        },
      });
    },
  });
  const environment = (settings: JsonObject): JsonObject => ({
    development: {
      clientId: 'vestibule',
      clientSecret,
      tokenSignedResponseAlg: 'ES256',
      signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
      ...settings,
    },
  });
  const started = await startTestBackend({
    features: [
      authPlugin,
      oidcProvider,
      guestProvider,
      oauthServer,
      authWeb,
      refusing,
      failing,
      failingTokens,
      mockServices.factoryOf(catalogServiceRef, {
        ...catalog,
        async getEntities(...given) {
          if (faults.catalog) throw faults.catalog;
          return catalog.getEntities(...given);
        },
      }),
      mockServices.factoryOf(clockServiceRef, {
        now() {
          if (faults.clock) throw new Error('the clock stands still');
          return Date.now();
        },
      }),
      mockServices.factoryOf(runtimeModeServiceRef, { isDevelopment: true, isProduction: false }),
    ],
    config: {
      backend: {
        baseUrl,
        database: { client: 'better-sqlite3', connection: ':memory:' },
        auth: {
          externalAccess: [
            { type: 'static', options: { token: 'a-token-of-a-pipeline', subject: 'pipeline' } },
          ],
        },
        ...config,
      },
      auth: {
        environment: 'development',
        session: { secret: 'a-session-secret-for-tests' },
        clientIdMetadataDocuments: { enabled: true },
        experimentalDynamicClientRegistration: { enabled: true },
        experimentalRefreshToken: { enabled: true },
        providers: {
          guest: {},
          refusing: {},
          oidc: environment({ metadataUrl: idp.metadataUrl, additionalScopes: ['offline_access'] }),
          page: { type: 'oidc', ...environment({ metadataUrl: `${strangeUrl}/page` }) },
          other: { type: 'oidc', ...environment({ metadataUrl: `${strangeUrl}/other` }) },
          down: { type: 'oidc', ...environment({ metadataUrl: `${strangeUrl}/down` }) },
        },
      },
    },
  });
  const { reachCallback } = createFrontEnd(started, { provider: 'oidc', origin: baseUrl });
  return {
    /** What the provider sends when it ends the sessions of a person. */
    async logoutTokenForm(): Promise<URLSearchParams> {
      await idp.announceLogout('jane');
      return new URLSearchParams(heard);
    },
    url: started.url,
    baseUrl,
    faults,
    /** To the callback, which is not called: its query. */
    async reachCallback(browser: HttpBrowser): Promise<Record<string, string>> {
      const callback = await reachCallback(browser, {
        authorize: async (address) => idp.authorize(address.href, { as: 'jane' }),
      });
      return Object.fromEntries(callback.searchParams);
    },
    /** A token of somebody who never signed in. */
    async tokenOf(sub: string): Promise<string> {
      const { token } = await issuers[0]!.issue({ sub, ent: [sub], additional: {} });
      return token;
    },
    authorize: async (address: string) => idp.authorize(address, { as: 'jane' }),
    async stop(): Promise<void> {
      await started.stop();
      await idp.stop();
      strange.closeAllConnections();
      strange.close();
    },
  };
}
