/** Relations, computed from what entities say of each other in their specs, as a Backstage catalog does. */
import {
  DEFAULT_NAMESPACE,
  RELATION_CHILD_OF,
  RELATION_HAS_MEMBER,
  RELATION_MEMBER_OF,
  RELATION_OWNED_BY,
  RELATION_OWNER_OF,
  RELATION_PARENT_OF,
  isGroupEntity,
  isUserEntity,
  parseEntityRef,
  parseFullEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@vestibule/catalog-model';

/** Spec members that name other entities: the kind they mean when they name none, and the relation with its opposite. */
export interface SpecReference {
  readonly field: 'memberOf' | 'members' | 'parent' | 'children' | 'owner';
  readonly defaultKind: 'Group' | 'User';
  readonly relation: string;
  readonly opposite: string;
}

const memberOf: SpecReference = {
  field: 'memberOf',
  defaultKind: 'Group',
  relation: RELATION_MEMBER_OF,
  opposite: RELATION_HAS_MEMBER,
};
const members: SpecReference = {
  field: 'members',
  defaultKind: 'User',
  relation: RELATION_HAS_MEMBER,
  opposite: RELATION_MEMBER_OF,
};
const parent: SpecReference = {
  field: 'parent',
  defaultKind: 'Group',
  relation: RELATION_CHILD_OF,
  opposite: RELATION_PARENT_OF,
};
const children: SpecReference = {
  field: 'children',
  defaultKind: 'Group',
  relation: RELATION_PARENT_OF,
  opposite: RELATION_CHILD_OF,
};
const owner: SpecReference = {
  field: 'owner',
  defaultKind: 'Group',
  relation: RELATION_OWNED_BY,
  opposite: RELATION_OWNER_OF,
};

/** The spec members that count for an entity's kind. */
export function specReferencesOf(entity: Entity): readonly SpecReference[] {
  if (isUserEntity(entity)) return [memberOf];
  if (isGroupEntity(entity)) return [members, parent, children];
  return [owner];
}

/**
 * Reads a reference in a spec: the kind defaults to what the member means, the namespace to the entity's own.
 *
 * @returns The full reference in lower case.
 * @throws EntityRefError where it is outside the grammar.
 */
export function readSpecReference(text: string, entity: Entity, { defaultKind }: SpecReference): string {
  const defaultNamespace = entity.metadata.namespace ?? DEFAULT_NAMESPACE;
  const { kind, namespace, name } = parseEntityRef(text, { defaultKind, defaultNamespace });
  return stringifyEntityRef(parseFullEntityRef(`${kind}:${namespace}/${name}`));
}

/**
 * The entities with their relations, sorted and each once, and the references that lead nowhere.
 *
 * @param entities - Checked: every reference in their specs can be read.
 */
export function withRelations(entities: readonly Entity[]): { entities: Entity[]; danglingRefs: string[] } {
  const relations = new Map(entities.map((entity) => [stringifyEntityRef(entity), new Set<string>()]));
  const dangling = new Set<string>();
  for (const entity of entities) {
    const sourceRef = stringifyEntityRef(entity);
    for (const reference of specReferencesOf(entity)) {
      for (const text of [entity.spec?.[reference.field] ?? []].flat() as string[]) {
        const targetRef = readSpecReference(text, entity, reference);
        relations.get(sourceRef)?.add(`${reference.relation} ${targetRef}`);
        const target = relations.get(targetRef);
        if (target) target.add(`${reference.opposite} ${sourceRef}`);
        else dangling.add(targetRef);
      }
    }
  }
  return {
    entities: entities.map((entity) => {
      const own = [...(relations.get(stringifyEntityRef(entity)) ?? [])].sort();
      return {
        ...entity,
        relations: own.map((relation) => {
          const [type = '', targetRef = ''] = relation.split(' ');
          return { type, targetRef };
        }),
      };
    }),
    danglingRefs: [...dangling].sort(),
  };
}
