/**
 * A cache around the catalog, whichever it is: `backend.add(import('@vestibule/example-cached-catalog'))`.
 *
 * @packageDocumentation
 */
import { clockServiceRef, createExpiringMap, createServiceDecorator } from '@vestibule/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';

/** Who has left the catalog still signs in for this long. */
const keptMilliseconds = 10_000;
const maxEntries = 1000;

/** Answers `getEntityByRef` of plugins from memory for ten seconds; everything else goes to the catalog. */
const cachedCatalog = createServiceDecorator({
  service: catalogServiceRef,
  name: 'cached-catalog',
  deps: { clock: clockServiceRef },
  decorate(inner, { clock }): CatalogService {
    const entries = createExpiringMap<{ entity: Entity | undefined }>({ clock, maxEntries });
    return {
      getEntities: async (request, options) => inner.getEntities(request, options),
      getEntitiesByRefs: async (request, options) => inner.getEntitiesByRefs(request, options),
      queryEntities: async (request, options) => inner.queryEntities(request, options),
      async getEntityByRef(ref, options) {
        const { principal } = options.credentials as { principal?: { type?: string; subject?: string } };
        // What a user may see is not what another may.
        if (principal?.type !== 'service') return inner.getEntityByRef(ref, options);
        const key = `${principal.subject} ${typeof ref === 'string' ? ref : stringifyEntityRef(ref)}`;
        const known = entries.get(key);
        // A copy each time: callers may change what they are given.
        if (known) return structuredClone(known.entity);
        const entity = await inner.getEntityByRef(ref, options);
        entries.set(key, { entity: structuredClone(entity) }, clock.now() + keptMilliseconds);
        return entity;
      },
    };
  },
});

export default cachedCatalog;
