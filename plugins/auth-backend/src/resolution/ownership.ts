/** What a user owns by default: themself, and the groups they are direct members of. */
import {
  RELATION_MEMBER_OF,
  asciiLowerCase,
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@vestibule/catalog-model';

/**
 * The entity itself and the target of each `memberOf` relation that is a Group, each once.
 *
 * @public
 */
export function getDefaultOwnershipEntityRefs(entity: Entity): string[] {
  const groups = (entity.relations ?? [])
    .filter(
      ({ type, targetRef }) => type === RELATION_MEMBER_OF && asciiLowerCase(targetRef).startsWith('group:'),
    )
    .map(({ targetRef }) => stringifyEntityRef(parseEntityRef(targetRef)));
  return [...new Set([stringifyEntityRef(entity), ...groups])];
}
