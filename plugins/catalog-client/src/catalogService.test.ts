/* Both catalogs, held to what every CatalogService must do. */
import { describe, it } from '@jest/globals';
import { describeCatalogService } from '@vestibule/backend-test-utils';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { createInMemoryCatalog } from './file/inMemoryCatalog.ts';
import { createCatalogClient } from './http/catalogClient.ts';
import { callingAuth, discoveryOf, serviceCredentials, userCredentials } from './testing/callingPlugin.ts';
import { startLoopbackCatalog } from './testing/loopbackCatalog.ts';

describeCatalogService(
  'the in-memory catalog',
  async (entities) => ({ catalog: createInMemoryCatalog(entities), credentials: serviceCredentials }),
  { describe, it },
);

describe.each([
  ['the backend itself', serviceCredentials],
  ['a user', userCredentials('user:default/jane')],
])('for %s', (_whom, credentials) => {
  describeCatalogService(
    'the catalog client',
    async (entities) => {
      const server = await startLoopbackCatalog(entities);
      const http = createOutboundHttp();
      return {
        catalog: createCatalogClient({ discovery: discoveryOf(server.baseUrl), auth: callingAuth(), http }),
        credentials,
        async close() {
          await http.close();
          await server.close();
        },
      };
    },
    { describe, it },
  );
});
