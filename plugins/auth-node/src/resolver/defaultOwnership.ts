/** What a user owns by default: themself, and the groups they are direct members of. */
import {
  RELATION_MEMBER_OF,
  asciiLowerCase,
  normalEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@vestibule/catalog-model';

/**
 * The entity itself and the target of each `memberOf` relation that is a Group, each once, as full references in lower
 * case. A resolver that wants what config says of ownership calls `ctx.resolveOwnershipEntityRefs` instead.
 *
 * @example
 * ```ts
 * const { entity } = await ctx.findCatalogUser({ annotations: { 'acme.org/email': email } });
 * return ctx.issueToken({
 *   claims: { sub: stringifyEntityRef(entity), ent: getDefaultOwnershipEntityRefs(entity) },
 * });
 * ```
 * @throws EntityRefError `ERR_ENTITY_REF_INVALID` where a relation leads to no reference.
 * @public
 */
export function getDefaultOwnershipEntityRefs(entity: Entity): string[] {
  const groups = (entity.relations ?? [])
    .filter(
      ({ type, targetRef }) => type === RELATION_MEMBER_OF && asciiLowerCase(targetRef).startsWith('group:'),
    )
    .map(({ targetRef }) => normalEntityRef(targetRef));
  return [...new Set([stringifyEntityRef(entity), ...groups])];
}
