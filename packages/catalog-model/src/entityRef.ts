/**
 * Entity references: `[<kind>:][<namespace>/]<name>`, read and written as `@backstage/catalog-model` does, except that
 * lower-casing is ASCII only. For whatever the catalog accepts as an entity the two agree.
 */
import type { CompoundEntityRef, Entity } from './entity.ts';
import { isValidEntityKind, isValidEntityName, isValidEntityNamespace } from './entityGrammar.ts';
import { EntityRefError } from './errors.ts';
import { asciiLowerCase } from './letterCase.ts';

/** The namespace of entities that name none. @public */
export const DEFAULT_NAMESPACE = 'default';

/** A reference as text, or its parts. @public */
export type EntityRefInput = string | { kind?: string; namespace?: string; name: string };

/** What to assume where a reference leaves a part out. @public */
export interface EntityRefDefaults {
  /** Default: none, so that a reference without a kind is an error. */
  defaultKind?: string;
  /** Default: `default`. */
  defaultNamespace?: string;
}

/**
 * Splits a reference into its parts. Letter case is kept, and characters are not checked: for what identifies a person,
 * use {@link parseFullEntityRef}.
 *
 * @throws EntityRefError `ERR_ENTITY_REF_INVALID` where a part is missing or empty.
 * @example
 * ```ts
 * parseEntityRef('group:team-a'); // { kind: 'group', namespace: 'default', name: 'team-a' }
 * ```
 * @public
 */
export function parseEntityRef(ref: EntityRefInput, defaults: EntityRefDefaults = {}): CompoundEntityRef {
  const given = typeof ref === 'string' ? split(ref) : ref;
  const kind = given.kind ?? defaults.defaultKind;
  const namespace = given.namespace ?? (defaults.defaultNamespace || DEFAULT_NAMESPACE);
  const { name } = given;
  if (!kind) {
    throw new EntityRefError(
      `Entity reference ${JSON.stringify(ref)} had missing or empty kind (e.g. did not start with "component:" or similar)`,
    );
  }
  if (!namespace) {
    throw new EntityRefError(`Entity reference ${JSON.stringify(ref)} had missing or empty namespace`);
  }
  if (!name) throw new EntityRefError(`Entity reference ${JSON.stringify(ref)} had missing or empty name`);
  return { kind, namespace, name };
}

/**
 * Reads a reference that must be complete and within the grammar of entities: `user:default/jane`. Any letter case is
 * accepted.
 *
 * @returns The parts in lower case, so that equal identities are equal texts.
 * @throws EntityRefError `ERR_ENTITY_REF_INVALID` saying which part is missing or outside the grammar.
 * @public
 */
export function parseFullEntityRef(ref: string | CompoundEntityRef): CompoundEntityRef {
  const given = typeof ref === 'string' ? split(ref) : ref;
  const textual = JSON.stringify(ref);
  const normal = (part: 'kind' | 'namespace' | 'name'): string => {
    const value = given[part];
    if (typeof value === 'string' && value !== '') return asciiLowerCase(value);
    throw new EntityRefError(
      `Entity reference ${textual} names no ${part}; it must be complete: kind:namespace/name`,
    );
  };
  const [kind, namespace, name] = [normal('kind'), normal('namespace'), normal('name')];
  const outside = !isValidEntityKind(kind)
    ? 'kind'
    : !isValidEntityNamespace(namespace)
      ? 'namespace'
      : !isValidEntityName(name)
        ? 'name'
        : undefined;
  if (outside)
    throw new EntityRefError(`Entity reference ${textual} has a ${outside} that no entity can have`);
  return { kind, namespace, name };
}

// The grammar of `entityGrammar.ts` in lower case, in one expression: identities have hundreds of references.
const normalForm =
  /^[a-z][a-z0-9]{0,62}:(?=[a-z0-9-]{1,63}\/)[a-z0-9]+(?:-+[a-z0-9]+)*\/(?=[a-z0-9._-]{1,63}$)[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;

/**
 * Whether a text is a full reference as {@link stringifyEntityRef} writes it: complete, within the grammar of entities, and in
 * lower case.
 *
 * @public
 */
export function isNormalEntityRef(ref: string): boolean {
  return normalForm.test(ref);
}

/**
 * A reference as {@link stringifyEntityRef} writes what {@link parseEntityRef} reads: most are written so already.
 *
 * @throws EntityRefError `ERR_ENTITY_REF_INVALID` where a part is missing or empty.
 * @public
 */
export function normalEntityRef(ref: string, defaults: EntityRefDefaults = {}): string {
  return isNormalEntityRef(ref) ? ref : stringifyEntityRef(parseEntityRef(ref, defaults));
}

/** Whether {@link parseFullEntityRef} accepts a value. @public */
export function isFullEntityRef(ref: unknown): ref is string {
  if (typeof ref !== 'string') return false;
  if (isNormalEntityRef(ref)) return true;
  try {
    parseFullEntityRef(ref);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes the reference of an entity, or of its parts: `kind:namespace/name`, ASCII letters in lower case.
 *
 * @public
 */
export function stringifyEntityRef(ref: Entity | { kind: string; namespace?: string; name: string }): string {
  const { kind, namespace, name } = 'metadata' in ref ? getCompoundEntityRef(ref) : ref;
  // As Backstage's: from JavaScript it may be null.
  return asciiLowerCase(`${kind}:${namespace ?? DEFAULT_NAMESPACE}/${name}`);
}

/** The parts of an entity's reference. Letter case is kept. @public */
export function getCompoundEntityRef(entity: Entity): CompoundEntityRef {
  const { name, namespace } = entity.metadata;
  return { kind: entity.kind, namespace: namespace || DEFAULT_NAMESPACE, name };
}

/** The first colon counts only before the first slash, so that names may hold colons. */
function split(ref: string): { kind?: string; namespace?: string; name: string } {
  const slash = ref.indexOf('/');
  const firstColon = ref.indexOf(':');
  const colon = slash !== -1 && slash < firstColon ? -1 : firstColon;
  const kind = colon === -1 ? undefined : ref.slice(0, colon);
  const namespace = slash === -1 ? undefined : ref.slice(colon + 1, slash);
  const name = ref.slice(Math.max(colon, slash) + 1);
  if (kind === '' || namespace === '' || name === '') {
    throw new EntityRefError(
      `Entity reference ${JSON.stringify(ref)} was not on the form [<kind>:][<namespace>/]<name>`,
    );
  }
  return { name, ...(kind !== undefined && { kind }), ...(namespace !== undefined && { namespace }) };
}
