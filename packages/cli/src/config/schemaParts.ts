/** JSON Schemas as they are taken apart: without references, and each as a list of what all must hold. */
import { asObject, isObject } from '@vestibule/backend-plugin-api';

/** @public */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The schema with what it refers to in place of references. Where it refers to itself, or to another document, anything may
 * stand.
 */
export function withoutReferences(document: JsonSchema): JsonSchema {
  const { $defs: _, definitions: __, ...root } = document;
  return walk(root, new Set()) as JsonSchema;

  function walk(value: unknown, within: ReadonlySet<string>): unknown {
    if (Array.isArray(value)) return value.map((item) => walk(item, within));
    if (!isObject(value)) return value;
    const { $ref, ...rest } = value;
    const beside = Object.fromEntries(
      Object.entries(rest).map(([key, member]) => [key, walk(member, within)]),
    );
    if (typeof $ref !== 'string')
      return $ref === undefined ? beside : { ...beside, $ref: walk($ref, within) };
    const target = within.has($ref) ? undefined : pointedTo(document, $ref);
    if (!isObject(target)) return beside;
    const resolved = walk(target, new Set(within).add($ref));
    return Object.keys(beside).length === 0
      ? resolved
      : { ...beside, allOf: [resolved, ...listOf(beside.allOf)] };
  }
}

/** All of these must hold: the members of `allOf`, each union for itself, and the rest. */
export function partsOf(schema: JsonSchema): JsonSchema[] {
  const { allOf, anyOf, oneOf, ...rest } = schema;
  // Beside others, that it is an object says nothing of its keys.
  const isOnlyType = [allOf, anyOf, oneOf].some(Array.isArray) && Object.keys(rest).join() === 'type';
  return [
    ...(Object.keys(rest).length > 0 && !isOnlyType ? [rest] : []),
    ...[anyOf, oneOf].flatMap((members) => (Array.isArray(members) ? [{ anyOf: schemasOf(members) }] : [])),
    ...schemasOf(allOf).flatMap(partsOf),
  ];
}

/** The schemas of a list; `true` is `{}`, and what is no schema is left out. */
export function schemasOf(members: unknown): JsonSchema[] {
  return listOf(members).flatMap((member) => (member === true ? [{}] : isObject(member) ? [member] : []));
}

export function isUnion(part: JsonSchema): boolean {
  return Array.isArray(part.anyOf);
}

/** Whether a part says what an object holds. */
export function isObjectPart({
  type,
  properties,
  patternProperties,
  additionalProperties,
}: JsonSchema): boolean {
  return type === 'object' || [properties, patternProperties, additionalProperties].some(isObject);
}

/** The object parts of a schema, those of the members of its unions included. */
export function objectsIn(parts: readonly JsonSchema[]): JsonSchema[] {
  return parts.flatMap((part) => {
    if (isUnion(part)) return objectsIn(schemasOf(part.anyOf).flatMap(partsOf));
    return isObjectPart(part) ? [part] : [];
  });
}

/** What parts say of a key of their object. */
export function childrenOf(objects: readonly JsonSchema[], key: string): JsonSchema[] {
  return objects.flatMap((part) => {
    const properties = asObject(part.properties);
    const named = Object.hasOwn(properties, key) ? [properties[key]] : [];
    const matching = Object.entries(asObject(part.patternProperties))
      .filter(([pattern]) => new RegExp(pattern, 'u').test(key))
      .map(([, member]) => member);
    const found = [...named, ...matching];
    return schemasOf(found.length > 0 ? found : [part.additionalProperties]);
  });
}

function pointedTo(document: JsonSchema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  return reference
    .slice(1)
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, step) => asObject(value)[step], document);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
