/** Where Backstage's front end would be: one page on which one can sign in. Take it out once @backstage/plugin-app-backend is there. */
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { page, script } from './page.ts';

// Its id is that of Backstage's front end, which gets what nobody else serves.
export default createBackendPlugin({
  pluginId: 'app',
  register({ registerInit }) {
    registerInit({
      deps: { config: coreServices.rootConfig, router: coreServices.httpRouter },
      async init({ config, router }) {
        const providers = config.getOptionalConfig('auth.providers')?.keys() ?? [];
        const title = config.getOptionalString('app.title') ?? 'Backstage';
        router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        router.use((request, response, next) => {
          if (request.path === '/') response.type('html').send(page(title, providers));
          else if (request.path === '/page.js') response.type('js').send(script);
          else next();
        });
      },
    });
  },
});
