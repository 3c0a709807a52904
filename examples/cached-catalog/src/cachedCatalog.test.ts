import { describe, expect, it } from '@jest/globals';
import {
  clockServiceRef,
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  type AuthService,
} from '@vestibule/backend-plugin-api';
import {
  catalogUser,
  describeCatalogService,
  mockServices,
  startTestBackend,
} from '@vestibule/backend-test-utils';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import cachedCatalog from './index.ts';

/** The decorated catalog, as a plugin gets it. */
async function cached(inner: CatalogService) {
  let catalog!: CatalogService;
  let auth!: AuthService;
  const clock = mockServices.clock();
  const started = await startTestBackend({
    features: [
      createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => inner }),
      mockServices.factoryOf(clockServiceRef, clock),
      cachedCatalog,
      createBackendPlugin({
        pluginId: 'asking',
        register({ registerInit }) {
          registerInit({
            deps: { catalog: catalogServiceRef, auth: coreServices.auth },
            async init(given) {
              ({ catalog, auth } = given);
            },
          });
        },
      }),
    ],
  });
  return { catalog, auth, clock, close: async () => started.stop() };
}

describeCatalogService(
  'a cached catalog',
  async (entities) => {
    const { catalog, auth, close } = await cached(createInMemoryCatalog(entities));
    return { catalog, credentials: await auth.getOwnServiceCredentials(), close };
  },
  { describe, it },
);

describe('a cached catalog', () => {
  it('asks once for an entity within ten seconds, and again after them', async () => {
    let asked = 0;
    const jane = createInMemoryCatalog([catalogUser('jane')]);
    const counting: CatalogService = {
      ...jane,
      getEntityByRef: async (ref, options) => {
        asked += 1;
        return jane.getEntityByRef(ref, options);
      },
    };
    const { catalog, auth, clock, close } = await cached(counting);
    try {
      const options = { credentials: await auth.getOwnServiceCredentials() };
      for (const _ of [1, 2, 3]) {
        expect(await catalog.getEntityByRef('user:default/jane', options)).toMatchObject({ kind: 'User' });
      }
      expect(asked).toBe(1);
      clock.advance(10_001);
      await catalog.getEntityByRef('user:default/jane', options);
      expect(asked).toBe(2);
    } finally {
      await close();
    }
  });
});
