/** A portal for tests: the real backend with sign-in and the OAuth server, beside a real OpenID Provider on loopback. */
import {
  clockServiceRef,
  createServiceFactory,
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
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import authPlugin from '@vestibule/plugin-auth-backend';
import oidcModule from '@vestibule/plugin-auth-backend-module-oidc-provider';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import oauthServer from '../index.ts';

/** Where the front end of the tests lives; nothing runs there. */
const appOrigin = 'http://localhost:3000';
const callbackUrl = 'http://localhost:7007/api/auth/oidc/handler/frame';
const memoryDatabase: JsonObject = { client: 'better-sqlite3', connection: ':memory:' };

/** Who can sign in. */
export const everybody = [
  catalogUser('jane', { email: 'jane@example.com', memberOf: ['team-a', 'admins'] }),
  catalogUser('sam', { email: 'sam@example.com' }),
  catalogUser('omar', {
    email: 'omar@example.com',
    memberOf: Array.from({ length: 300 }, (_, index) => `group-${index}`),
  }),
];

/** Signs with ES256, whose keys cost nothing to make. */
export async function startIdentityProvider(): Promise<DevIdpServer> {
  return startDevIdp({
    clients: [
      {
        clientId: 'vestibule',
        clientSecret: 'a-client-secret-for-tests',
        redirectUris: [callbackUrl],
        idTokenSignedResponseAlg: 'ES256',
      },
    ],
  });
}

/** A clock that can be moved, and goes on: the identity provider's does. */
function createTestClock(): { now(): number; advance(milliseconds: number): void; reset(): void } {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance: (milliseconds) => void (offset += milliseconds),
    reset: () => void (offset = 0),
  };
}

export type Portal = Awaited<ReturnType<typeof startPortal>>;

/** Starts both. `auth` and `oidc` are merged over the defaults of the tests. */
export async function startPortal(
  options: {
    idp?: DevIdpServer;
    /** Default: the module. */
    install?: readonly object[];
    features?: readonly object[];
    auth?: JsonObject;
    oidc?: JsonObject;
    config?: JsonObject;
    database?: JsonObject;
    catalog?: CatalogService;
    isProduction?: boolean;
  } = {},
) {
  const { install = [oauthServer], features = [], isProduction = false } = options;
  const clock = createTestClock();
  const idp = options.idp ?? (await startIdentityProvider());
  const catalog = options.catalog ?? mockServices.catalog({ entities: everybody });
  const logs: string[] = [];
  const stopOwnIdp = async () => {
    if (!options.idp) await idp.stop();
  };
  const started = await startTestBackend({
    log: (line) => void logs.push(line),
    features: [
      authPlugin,
      oidcModule,
      ...install,
      mockServices.factoryOf(catalogServiceRef, catalog),
      mockServices.factoryOf(clockServiceRef, clock),
      createServiceFactory({
        service: runtimeModeServiceRef,
        deps: {},
        factory: () => ({ isDevelopment: !isProduction, isProduction }),
      }),
      ...features,
    ] as never,
    config: {
      app: { baseUrl: appOrigin },
      backend: { baseUrl: 'http://localhost:7007', database: options.database ?? memoryDatabase },
      auth: {
        environment: 'development',
        session: { secret: 'a-session-secret-for-tests' },
        providers: {
          oidc: {
            development: {
              metadataUrl: idp.metadataUrl,
              clientId: 'vestibule',
              clientSecret: 'a-client-secret-for-tests',
              tokenSignedResponseAlg: 'ES256',
              timeout: { seconds: 2 },
              additionalScopes: ['offline_access'],
              signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
              ...options.oidc,
            },
          },
        },
        ...options.auth,
      },
      ...options.config,
    },
  }).catch(async (error: unknown) => {
    // Tests of a refused start end here; a provider left listening would keep Jest from exiting.
    await stopOwnIdp();
    throw error;
  });
  const { reachCallback, signIn, refresh } = createFrontEnd(started, { provider: 'oidc' });
  const loginAs = (as: string) => ({ authorize: async (url: URL) => idp.authorize(url.href, { as }) });

  return {
    base: `${started.url}/api/auth`,
    idp,
    clock,
    logs,
    reachCallback: async (browser: HttpBrowser, as = 'jane') => reachCallback(browser, loginAs(as)),
    signIn: async (browser: HttpBrowser, as = 'jane') => signIn(browser, loginAs(as)),
    refresh,
    async stop(): Promise<void> {
      await started.stop();
      await stopOwnIdp();
    },
  };
}

/** The claims of a token, not verified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}
