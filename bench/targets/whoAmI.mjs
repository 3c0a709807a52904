// The protected route, the same on both hosts: who calls, as the host's own `httpAuth` says. `asHandler` marks it for a host
// that wants to be told that a handler asks for nothing of Express's.
export const whoAmI = ({ coreServices, createBackendPlugin, asHandler = (handler) => handler }) =>
  createBackendPlugin({
    pluginId: 'whoami',
    register({ registerInit }) {
      registerInit({
        deps: { httpRouter: coreServices.httpRouter, httpAuth: coreServices.httpAuth },
        async init({ httpRouter, httpAuth }) {
          httpRouter.use(
            asHandler(async (request, response, next) => {
              try {
                const { principal } = await httpAuth.credentials(request, { allow: ['user'] });
                response.setHeader('content-type', 'application/json');
                response.end(JSON.stringify(principal));
              } catch (error) {
                next(error);
              }
            }),
          );
        },
      });
    },
  });
