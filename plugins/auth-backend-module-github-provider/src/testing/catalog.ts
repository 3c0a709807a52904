/** A catalog in memory that compares as Backstage's does: without regard to letter case. */
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import type { CatalogService } from '@vestibule/plugin-catalog-node';

export function user(name: string, { email, nodeId }: { email?: string; nodeId?: string } = {}): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: {
      name,
      namespace: 'default',
      ...(nodeId && { annotations: { 'github.com/user-id': nodeId } }),
    },
    spec: { profile: { ...(email && { email }) } },
    relations: [{ type: 'memberOf', targetRef: 'group:default/team-a' }],
  };
}

export function createCatalog(entities: readonly Entity[]): CatalogService {
  const byRef = (ref: string): Entity | undefined =>
    entities.find((entity) => stringifyEntityRef(entity) === ref.toLowerCase());
  const valueOf = ({ kind, metadata, spec }: Entity, key: string): unknown => {
    if (key === 'kind') return kind;
    if (key === 'spec.profile.email') return (spec as { profile?: { email?: unknown } }).profile?.email;
    return metadata.annotations?.[key.replace('metadata.annotations.', '')];
  };
  const matches = (entity: Entity, filter: object): boolean =>
    Object.entries(filter).every(
      ([key, value]) => String(valueOf(entity, key)).toLowerCase() === String(value).toLowerCase(),
    );
  const catalog: CatalogService = {
    getEntityByRef: async (ref) => byRef(typeof ref === 'string' ? ref : stringifyEntityRef(ref)),
    getEntities: async (request) => ({
      items: entities.filter((entity) => [request?.filter ?? {}].flat().some((set) => matches(entity, set))),
    }),
    getEntitiesByRefs: async ({ entityRefs }) => ({ items: entityRefs.map(byRef) }),
    async queryEntities(request, options) {
      const { items } = await catalog.getEntities(request, options);
      return { items, totalItems: items.length, pageInfo: {} };
    },
  };
  return catalog;
}
