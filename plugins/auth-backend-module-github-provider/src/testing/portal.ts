/** A whole portal for tests: the real backend with sign-in by GitHub, whichever GitHub that is. */
import { clockServiceRef, type BackendFeature, type JsonObject } from '@vestibule/backend-plugin-api';
import {
  createFrontEnd,
  mockServices,
  startTestBackend,
  type HttpBrowser,
} from '@vestibule/backend-test-utils';
import type { Entity } from '@vestibule/catalog-model';
import authPlugin from '@vestibule/plugin-auth-backend';
import githubModule from '../index.ts';

/** The address that the vendor knows; the portal of a test listens elsewhere. */
export const portalCallbackUrl = 'http://localhost:7007/api/auth/github/handler/frame';

export type Portal = Awaited<ReturnType<typeof startPortal>>;

export async function startPortal(options: {
  gitHub: { url: string; authorize(url: URL, as: string): Promise<string> };
  clientId: string;
  clientSecret: string;
  entities: readonly Entity[];
  /** Merged over the block of the provider. */
  block?: JsonObject;
  /** Merged over `auth`. */
  auth?: JsonObject;
  /** Default: the module. */
  install?: BackendFeature;
}) {
  const { gitHub, clientId, clientSecret, entities, block, auth, install = githubModule } = options;
  const clock = mockServices.clock();
  const logs: string[] = [];
  const backend = await startTestBackend({
    log: (line) => void logs.push(line),
    features: [
      authPlugin,
      install,
      mockServices.catalog.factory({ entities }),
      mockServices.factoryOf(clockServiceRef, clock),
    ],
    config: {
      app: { baseUrl: 'http://localhost:3000' },
      backend: {
        baseUrl: 'http://localhost:7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: {
        environment: 'development',
        session: { secret: 'a-session-secret-for-tests' },
        providers: {
          github: {
            development: {
              clientId,
              clientSecret,
              enterpriseInstanceUrl: gitHub.url,
              signIn: { resolvers: [{ resolver: 'usernameMatchingUserEntityName' }] },
              ...block,
            },
          },
        },
        ...auth,
      },
    },
  });
  const { reachCallback, signIn, refresh, signOut } = createFrontEnd(backend, { provider: 'github' });
  const loginOf = (as: string, scope?: string) => ({
    authorize: async (url: URL) => gitHub.authorize(url, as),
    ...(scope !== undefined && { scope }),
  });

  return {
    logs,
    advance: (milliseconds: number) => clock.advance(milliseconds),
    reachCallback: async (browser: HttpBrowser, as: string) => reachCallback(browser, loginOf(as)),
    signIn: async (browser: HttpBrowser, as: string, scope?: string) => signIn(browser, loginOf(as, scope)),
    refresh,
    signOut,
    stop: async () => backend.stop(),
  };
}
