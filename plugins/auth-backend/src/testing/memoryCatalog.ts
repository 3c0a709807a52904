/** A catalog in memory with the people of the tests, which counts its calls and can fail. */
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import { CatalogUnavailableError, type CatalogService } from '@vestibule/plugin-catalog-node';

/** A catalog that tests steer. */
export interface MemoryCatalog extends CatalogService {
  entities: Entity[];
  /** While set, every call fails with it. */
  failure: Error | undefined;
  calls: number;
  goDown(): void;
  comeBack(): void;
}

export function person(name: string, email: string, groups: readonly string[] = []): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, namespace: 'default' },
    spec: { profile: { email, displayName: name } },
    relations: groups.map((group) => ({ type: 'memberOf', targetRef: `group:default/${group}` })),
  };
}

export function createMemoryCatalog(
  entities: Entity[] = [
    person('jane', 'jane@example.com', ['team-a', 'admins']),
    person('sam', 'sam@example.com'),
    person(
      'omar',
      'omar@example.com',
      Array.from({ length: 300 }, (_, index) => `group-${index}`),
    ),
  ],
): MemoryCatalog {
  const matches = (entity: Entity, filter: Record<string, unknown>) =>
    Object.entries(filter).every(([key, value]) => {
      if (key === 'kind') return entity.kind.toLowerCase() === String(value).toLowerCase();
      const annotation = key.split('metadata.annotations.')[1];
      const found: unknown =
        annotation === undefined
          ? key
              .split('.')
              .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], entity)
          : entity.metadata.annotations?.[annotation];
      // As a Backstage catalog compares: without regard to letter case.
      return typeof found === 'string' && found.toLowerCase() === String(value).toLowerCase();
    });

  const catalog: MemoryCatalog = {
    entities,
    failure: undefined,
    calls: 0,
    goDown() {
      catalog.failure = new CatalogUnavailableError('the catalog of the test is down');
    },
    comeBack() {
      catalog.failure = undefined;
    },
    async getEntityByRef(ref) {
      call();
      const wanted = typeof ref === 'string' ? ref : stringifyEntityRef(ref);
      return Promise.resolve(
        catalog.entities.find((entity) => stringifyEntityRef(entity) === wanted.toLowerCase()),
      );
    },
    async getEntities(request) {
      call();
      const sets = [request?.filter ?? {}].flat();
      return Promise.resolve({
        items: catalog.entities.filter((entity) => sets.some((set) => matches(entity, set))),
      });
    },
    async getEntitiesByRefs({ entityRefs }) {
      call();
      return Promise.resolve({
        items: entityRefs.map((ref) => catalog.entities.find((entity) => stringifyEntityRef(entity) === ref)),
      });
    },
    async queryEntities(request, options) {
      const { items } = await catalog.getEntities(request, options);
      return { items, totalItems: items.length, pageInfo: {} };
    },
  };
  function call(): void {
    catalog.calls += 1;
    if (catalog.failure) throw catalog.failure;
  }
  return catalog;
}
