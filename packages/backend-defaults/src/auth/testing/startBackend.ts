/** A real backend with the stand-in for the auth plugin and two plugins that lend their services to the test. */
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  type AuthService,
  type BackstageCredentials,
  type HttpAuthService,
  type HttpRouterService,
  type JsonObject,
  type ServiceFactory,
  type UserInfoService,
} from '@vestibule/backend-plugin-api';
import { createRootConfigFactory } from '../../config/rootConfig.ts';
import { createBackend } from '../../createBackend.ts';
import { httpServerServiceRef } from '../../http/httpServer.ts';
import { createTestLogger } from '../../http/testing/startHttp.ts';
import {
  createTestAuthPlugin,
  createTestSigner,
  type TestAuthPlugin,
  type TestSigner,
} from './authPlugin.ts';

export interface PluginServices {
  auth: AuthService;
  httpAuth: HttpAuthService;
  userInfo: UserInfoService;
  router: HttpRouterService;
}

export interface TestBackend {
  url: string;
  signer: TestSigner;
  authPlugin: TestAuthPlugin;
  /** `GET /` answers with the caller's credentials as JSON, `/limited` does so for limited tokens, too. */
  reports: PluginServices;
  billing: PluginServices;
  /** Everything that was logged. */
  log: string[];
  stop(): Promise<void>;
}

/** @param features - To add beside the rest. */
export async function startBackend(
  config: JsonObject = {},
  features: readonly ServiceFactory[] = [],
): Promise<TestBackend> {
  const signer = createTestSigner();
  const authPlugin = createTestAuthPlugin(signer);
  const lent = new Map<string, PluginServices>();
  let url = '';
  const lender = (pluginId: string) =>
    createBackendPlugin({
      pluginId,
      register({ registerInit }) {
        registerInit({
          deps: {
            auth: coreServices.auth,
            httpAuth: coreServices.httpAuth,
            userInfo: coreServices.userInfo,
            router: coreServices.httpRouter,
            server: httpServerServiceRef,
          },
          init({ server, ...services }) {
            url = server.url();
            lent.set(pluginId, services);
            services.router.addAuthPolicy({ path: '/limited', allow: 'user-cookie' });
            services.router.addAuthPolicy({ path: '/open', allow: 'unauthenticated' });
            services.router.use(async (request, response) => {
              const allowLimitedAccess = request.url?.startsWith('/limited') ?? false;
              const credentials: BackstageCredentials = await services.httpAuth.credentials(
                request,
                request.url === '/open'
                  ? { allow: ['none', 'user', 'service'] }
                  : request.url === '/services'
                    ? { allow: ['service'] }
                    : { allowLimitedAccess },
              );
              response.end(JSON.stringify(credentials));
            });
          },
        });
      },
    });

  const logger = createTestLogger();
  const backend = createBackend();
  backend.add(createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => logger }));
  backend.add(
    createRootConfigFactory({
      data: {
        ...config,
        backend: {
          listen: '127.0.0.1:0',
          baseUrl: 'http://localhost:7007',
          database: { client: 'better-sqlite3', connection: ':memory:' },
          ...(config['backend'] as JsonObject | undefined),
        },
      },
    }),
  );
  backend.add(authPlugin.feature);
  backend.add(lender('reports'));
  backend.add(lender('billing'));
  for (const feature of features) backend.add(feature);
  await backend.start();
  return {
    url,
    signer,
    authPlugin,
    reports: lent.get('reports') as PluginServices,
    billing: lent.get('billing') as PluginServices,
    log: logger.lines,
    stop: async () => backend.stop(),
  };
}
