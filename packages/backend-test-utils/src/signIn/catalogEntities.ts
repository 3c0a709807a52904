/** Users and groups for tests, with the relations that a catalog would give them. */
import { parseEntityRef, stringifyEntityRef, type Entity } from '@vestibule/catalog-model';

/**
 * A user as a catalog has one.
 *
 * @example
 * ```ts
 * catalogUser('jane', { email: 'jane@example.com', memberOf: ['team-a'] });
 * ```
 * @param name - A name, or a reference such as `user:acme/jane`.
 * @param options - `memberOf`: names or references of groups.
 * @public
 */
export function catalogUser(
  name: string,
  options: { email?: string; annotations?: Record<string, string>; memberOf?: string[] } = {},
): Entity {
  const { email, annotations, memberOf = [] } = options;
  return {
    ...entityOf('User', name, annotations),
    spec: { profile: { displayName: name, ...(email !== undefined && { email }) }, memberOf },
    relations: relationsTo('memberOf', memberOf),
  };
}

/**
 * A group as a catalog has one.
 *
 * @param name - A name, or a reference such as `group:acme/team-a`.
 * @param options - `childOf`: the group above it.
 * @public
 */
export function catalogGroup(
  name: string,
  options: { annotations?: Record<string, string>; childOf?: string } = {},
): Entity {
  const { annotations, childOf } = options;
  return {
    ...entityOf('Group', name, annotations),
    spec: { type: 'team', children: [], ...(childOf !== undefined && { parent: childOf }) },
    relations: relationsTo('childOf', childOf === undefined ? [] : [childOf]),
  };
}

function entityOf(kind: string, name: string, annotations: Record<string, string> | undefined): Entity {
  const ref = parseEntityRef(name, { defaultKind: kind });
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { name: ref.name, namespace: ref.namespace, ...(annotations && { annotations }) },
  };
}

function relationsTo(type: string, groups: readonly string[]): { type: string; targetRef: string }[] {
  return groups.map((group) => ({
    type,
    targetRef: stringifyEntityRef(parseEntityRef(group, { defaultKind: 'Group' })),
  }));
}
