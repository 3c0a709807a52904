/**
 * What JSON Schemas say about one value: the schemas of several owners are followed side by side, through `$ref`,
 * unions and intersections, so that a key known to any of them is known.
 */
import type { ConfigSchema } from './configSchema.ts';
import { asObject, isObject } from './isObject.ts';

/** A schema inside the document against which its references resolve. */
export interface SchemaNode {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Stands for a schema that does not describe itself: anything may be there. */
export const openNode: SchemaNode = { schema: {}, document: {} };

const shapeKeywords = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
];

// A schema is described for its check, for its secrets and for each part that is read, and a start has dozens of parts.
const descriptions = new WeakMap<ConfigSchema, SchemaNode>();

/** The JSON Schema of a config schema; `undefined` where its library gives none. Throws what the library throws. */
export function describe(schema: ConfigSchema): SchemaNode | undefined {
  const known = descriptions.get(schema);
  if (known) return known;
  const document = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
  if (!document) return undefined;
  const node = { schema: document, document };
  descriptions.set(schema, node);
  return node;
}

/**
 * The node and whatever it refers to, without its compositions: `$ref`, `allOf`, `anyOf` and `oneOf` are replaced by
 * their members. With a `value`, members of a union that cannot mean that value are left out, unless none would remain.
 */
export function flatten(
  node: SchemaNode,
  value?: unknown,
  seen: ReadonlySet<unknown> = new Set(),
): SchemaNode[] {
  const { schema, document } = node;
  if (seen.has(schema)) return [];
  const within = new Set(seen).add(schema);
  const into = (members: SchemaNode[]) => members.flatMap((member) => flatten(member, value, within));

  const target = typeof schema.$ref === 'string' ? resolve(schema.$ref, document) : undefined;
  const unions = [schema.anyOf, schema.oneOf].map((members) => {
    const nodes = nodesOf(members, document);
    const fitting = value === undefined ? nodes : nodes.filter((member) => mayMean(member, value));
    return fitting.length > 0 ? fitting : nodes;
  });
  return [node, ...into([...(target ? [target] : []), ...nodesOf(schema.allOf, document), ...unions.flat()])];
}

/** The schemas of a key of an object, or of an item of an array. */
export function childNodes(nodes: readonly SchemaNode[], step: string | number): SchemaNode[] {
  return nodes.flatMap((node) => {
    const { schema, document } = node;
    if (isAnything(node)) return [openNode];
    if (typeof step === 'number') {
      const prefix = Array.isArray(schema.prefixItems) ? (schema.prefixItems as unknown[]) : [];
      return nodesOf([step < prefix.length ? prefix[step] : schema.items], document);
    }
    const properties = asObject(schema.properties);
    const named = Object.hasOwn(properties, step) ? [properties[step]] : [];
    const matching = Object.entries(asObject(schema.patternProperties))
      .filter(([pattern]) => new RegExp(pattern, 'u').test(step))
      .map(([, member]) => member);
    const found = [...named, ...matching];
    return nodesOf(found.length > 0 ? found : [schema.additionalProperties], document);
  });
}

/** Whether the nodes describe an object whose keys are known, so that another key is a mistake. */
export function isClosed(nodes: readonly SchemaNode[]): boolean {
  const described = nodes.some(({ schema }) => isObject(schema.properties));
  return described && !nodes.some(isOpen);
}

/** Whether keys of an object are described, and whoever does so leaves it open to others. One that says nothing may know any. */
export function isDescribedAndOpen(nodes: readonly SchemaNode[]): boolean {
  const open = nodes.filter(isOpen);
  return open.length > 0 && open.every(({ schema }) => isObject(schema.properties));
}

function isOpen(node: SchemaNode): boolean {
  const { additionalProperties } = node.schema;
  return additionalProperties === undefined ? isAnything(node) : additionalProperties !== false;
}

/** Whether the node lets any object stand here, and says nothing of its keys. */
function isAnything({ schema }: SchemaNode): boolean {
  if (shapeKeywords.some((keyword) => keyword in schema)) return false;
  return schema.type === undefined || [schema.type].flat().includes('object');
}

/**
 * Whether no key but those described is tolerated, whatever it is called: a schema says `unevaluatedProperties: false`, or
 * as a strict object `additionalProperties: false`.
 */
export function isStrict(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(
    ({ schema }) => schema.unevaluatedProperties === false || schema.additionalProperties === false,
  );
}

/**
 * Whether the names that stand here say who comes in, and are recognised wherever they stand: a schema says
 * `unevaluatedProperties: false`. A strict object alone may have keys of every day, such as `type` and `options`.
 */
export function isGate(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(({ schema }) => schema.unevaluatedProperties === false);
}

/** What a key is called today, where all that know it say `replacedBy`. */
export function replacementOf(nodes: readonly SchemaNode[]): string | undefined {
  return saidByAll(nodes, 'replacedBy');
}

/** The package that reads a key and is not installed: all that know the key say `readBy`. */
export function absentReaderOf(nodes: readonly SchemaNode[]): string | undefined {
  return saidByAll(nodes, 'readBy');
}

/** Without those that only say who reads the value: whoever does describes it. */
export function withoutReaders(nodes: readonly SchemaNode[]): SchemaNode[] {
  return nodes.filter(({ schema }) => schema.readBy === undefined);
}

function saidByAll(nodes: readonly SchemaNode[], keyword: string): string | undefined {
  const said = nodes.map(({ schema }) => schema[keyword]);
  const [first] = said;
  return typeof first === 'string' && said.every((one) => one === first) ? first : undefined;
}

/** The names under `properties`, but for those that others have replaced. */
export function knownKeys(nodes: readonly SchemaNode[]): Set<string> {
  return new Set(
    nodes.flatMap(({ schema, document }) =>
      Object.keys(asObject(schema.properties)).filter(
        (key) => replacementOf(childNodes([{ schema, document }], key)) === undefined,
      ),
    ),
  );
}

/** Whether a key is described by any of the nodes. */
export function isKnownKey(nodes: readonly SchemaNode[], key: string): boolean {
  return nodes.some(({ schema }) => {
    if (Object.hasOwn(asObject(schema.properties), key)) return true;
    return Object.keys(asObject(schema.patternProperties)).some((pattern) =>
      new RegExp(pattern, 'u').test(key),
    );
  });
}

/** Whether the value here, and all below it, must never be shown. */
export function isSecret(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(({ schema }) => schema.visibility === 'secret' || schema.deepVisibility === 'secret');
}

/** `true` is the schema `{}`; `false` and anything else that is no schema describes nothing. */
function nodesOf(members: unknown, document: SchemaNode['document']): SchemaNode[] {
  if (!Array.isArray(members)) return [];
  return members.flatMap((member: unknown) => {
    const schema = member === true ? {} : member;
    return isObject(schema) ? [{ schema, document }] : [];
  });
}

/** Follows a JSON Pointer (RFC 6901) within the document, or the name of a `$defs` member. */
function resolve(reference: string, document: SchemaNode['document']): SchemaNode | undefined {
  if (!reference.startsWith('#')) return undefined;
  const steps = reference
    .slice(1)
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  let current: unknown = document;
  for (const step of steps) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return nodesOf([current], document)[0];
}

/** Whether a member of a union can mean this value: its type fits, and so do the constants of its keys (`const`, `not: { enum }`). */
function mayMean({ schema, document }: SchemaNode, value: unknown): boolean {
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOfType(value, type))) return false;
  const differs = Object.entries(asObject(schema.properties)).some(([key, member]) => {
    if (!isObject(member) || !isObject(value) || !Object.hasOwn(value, key)) return false;
    if ('const' in member) return value[key] !== member.const;
    const excluded = asObject(member.not).enum;
    return Array.isArray(excluded) && excluded.includes(value[key]);
  });
  if (differs) return false;
  const target =
    typeof schema.$ref === 'string' && schema.$ref !== '#' ? resolve(schema.$ref, document) : undefined;
  return !target || target.schema === schema || mayMean(target, value);
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
