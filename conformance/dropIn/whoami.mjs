// A plugin of a Backstage backend, for what callers get.
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';

/** Somebody else's plugin, which asks Backstage's own services who calls: `/`, and `/limited` where a cookie will do. */
export const whoami = createBackendPlugin({
  pluginId: 'whoami',
  register({ registerInit }) {
    registerInit({
      deps: {
        httpRouter: coreServices.httpRouter,
        httpAuth: coreServices.httpAuth,
        userInfo: coreServices.userInfo,
      },
      async init({ httpRouter, httpAuth, userInfo }) {
        httpRouter.addAuthPolicy({ path: '/limited', allow: 'user-cookie' });
        httpRouter.use(async (request, response, next) => {
          try {
            const allowLimitedAccess = request.path === '/limited';
            if (request.path === '/cookie') {
              await httpAuth.issueUserCookie(response);
              return void response.status(204).end();
            }
            const credentials = await httpAuth.credentials(request, {
              allow: ['user'],
              allowLimitedAccess,
            });
            response.json(await userInfo.getUserInfo(credentials));
          } catch (error) {
            next(error);
          }
        });
      },
    });
  },
});
