/** Wiring: what the pages need, and where they are mounted. */
import { coreServices, createBackendModule, runtimeModeServiceRef } from '@vestibule/backend-plugin-api';
import { koaHandler } from '@vestibule/koa-handler';
import { authApiExtensionPoint, authSignInPageExtensionPoint } from '@vestibule/plugin-auth-node';
import { pagesServiceRef } from '@vestibule/plugin-auth-pages';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { loadAssets } from './assets.ts';
import { authWebConfigSchema } from './config.ts';
import { createGuestPicker, isGuestRefused } from './guests.ts';
import { createOwnedLookUp } from './owned.ts';
import { pageAddressOf } from './pageAddress.ts';
import { createSignInPage } from './signInPage.ts';

/**
 * Serves the sign-in page at `/` of the backend, and allows sign-ins to end there. Where `app.baseUrl` is that address, or
 * not set, it also serves the consent page of the OAuth server. It reads of the guest provider whether
 * guests may pick a user (`pickUser`, in development only), and whether they may come in elsewhere
 * (`dangerouslyAllowOutsideDevelopment`): otherwise they are offered no button there.
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
        api: authApiExtensionPoint,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        router: coreServices.rootHttpRouter,
        runtimeMode: runtimeModeServiceRef,
        auth: coreServices.auth,
        httpAuth: coreServices.httpAuth,
        userInfo: coreServices.userInfo,
        catalog: catalogServiceRef,
        pages: pagesServiceRef,
      },
      async init({
        page,
        api,
        config,
        discovery,
        router,
        runtimeMode,
        auth,
        httpAuth,
        userInfo,
        catalog,
        pages,
      }) {
        // Where browsers reach the sign-in itself: the page and its requests share one origin.
        const address = pageAddressOf(
          await discovery.getExternalBaseUrl('auth'),
          config.getOptionalString('backend.baseUrl'),
        );
        const home = `${address.origin}${address.basePath}/`;
        const portalUrl = new URL(config.getOptionalString('app.baseUrl') ?? home).href;
        const isHere = withSlash(portalUrl) === home;
        page.allowOrigin(address.origin);
        const { isDevelopment } = runtimeMode;
        const { app, routes } = createSignInPage({
          pages,
          portalUrl: isHere ? undefined : portalUrl,
          address,
          isDevelopment,
          asksForConsent: isHere,
          signInOptions: () =>
            page.signInOptions().filter((option) => !isGuestRefused(option, { isDevelopment, config })),
          assets: await loadAssets(pages.style),
          owned: createOwnedLookUp({ auth, httpAuth, userInfo, catalog }),
          guests: createGuestPicker({ isDevelopment, config, auth, catalog }),
        });
        router.use('/', koaHandler(app));
        api.addRoutes({
          routes,
          describe: async () => (await import('./api/webApi.ts')).webApi,
          server: `${address.origin}${address.basePath}`,
        });
      },
    });
  },
});

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
