/** The plugin: `/api/visits` greets whoever comes, and says how many came before. */
import { coreServices, createBackendPlugin, readConfig } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { visitStoreServiceRef } from './visitStore.ts';

const configSchema = z.object({
  visits: z.object({ greeting: z.string().optional() }).optional(),
});

export default createBackendPlugin({
  pluginId: 'visits',
  configSchema,
  register({ registerInit }) {
    registerInit({
      deps: {
        config: coreServices.rootConfig,
        router: coreServices.httpRouter,
        store: visitStoreServiceRef,
      },
      init({ config, router, store }) {
        const { visits } = readConfig({ config, schema: configSchema, owner: "plugin 'visits'" });
        const greeting = visits?.greeting ?? 'Hello';
        router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        router.use((_request, response, next) => {
          store.add().then((number) => {
            response.setHeader('Content-Type', 'application/json');
            response.end(JSON.stringify({ greeting, visit: number }));
          }, next);
        });
      },
    });
  },
});
