// The protected route, the same on both hosts: who calls, as the host's own `httpAuth` says.
export const whoAmI = ({ coreServices, createBackendPlugin }) =>
  createBackendPlugin({
    pluginId: 'whoami',
    register({ registerInit }) {
      registerInit({
        deps: { httpRouter: coreServices.httpRouter, httpAuth: coreServices.httpAuth },
        async init({ httpRouter, httpAuth }) {
          httpRouter.use(async (request, response, next) => {
            try {
              const { principal } = await httpAuth.credentials(request, { allow: ['user'] });
              response.setHeader('content-type', 'application/json');
              response.end(JSON.stringify(principal));
            } catch (error) {
              next(error);
            }
          });
        },
      });
    },
  });
