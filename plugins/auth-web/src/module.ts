/** Wiring: what the page needs, and where it is mounted. */
import { coreServices, createBackendModule, runtimeModeServiceRef } from '@vestibule/backend-plugin-api';
import { koaHandler } from '@vestibule/koa-handler';
import { authSignInPageExtensionPoint } from '@vestibule/plugin-auth-node';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { loadAssets } from './assets.ts';
import { authWebConfigSchema } from './config.ts';
import { createOwnedLookUp } from './owned.ts';
import { createSignInPage } from './signInPage.ts';

/**
 * Serves the sign-in page at `/` of the backend, and allows sign-ins to end there. It reads `app.title` and
 * `backend.baseUrl`.
 *
 * @public
 */
export const authModuleWeb = createBackendModule({
  pluginId: 'auth',
  moduleId: 'web',
  configSchema: authWebConfigSchema,
  register({ registerInit }) {
    registerInit({
      deps: {
        page: authSignInPageExtensionPoint,
        config: coreServices.rootConfig,
        router: coreServices.rootHttpRouter,
        runtimeMode: runtimeModeServiceRef,
        auth: coreServices.auth,
        httpAuth: coreServices.httpAuth,
        userInfo: coreServices.userInfo,
        catalog: catalogServiceRef,
      },
      async init({ page, config, router, runtimeMode, auth, httpAuth, userInfo, catalog }) {
        const { origin } = new URL(config.getString('backend.baseUrl'));
        page.allowOrigin(origin);
        const app = createSignInPage({
          title: config.getOptionalString('app.title') ?? 'Vestibule',
          origin,
          isDevelopment: runtimeMode.isDevelopment,
          choices: () => page.choices(),
          assets: await loadAssets(),
          owned: createOwnedLookUp({ auth, httpAuth, userInfo, catalog }),
        });
        router.use('/', koaHandler(app));
      },
    });
  },
});
