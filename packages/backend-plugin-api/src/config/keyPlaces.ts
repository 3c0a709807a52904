/** Where the keys that schemas describe may stand. */
import { formatConfigPath, type ConfigPath } from './configPath.ts';
import { asObject, isObject } from './isObject.ts';
import { childNodes, flatten, isGate, isStrict, type SchemaNode } from './schemaNodes.ts';

/** A key, and one place of it. */
export interface KeyPlace {
  readonly key: string;
  /** The objects around it, without the indexes of lists; `<name>` stands for a key that users choose. */
  readonly path: readonly string[];
  /** As users are told: `auth.providers.<name>.signIn.resolvers[].resolver`. */
  readonly text: string;
  /** Whether it stands in an object that says who may come in (`isGate` of its schema), or beside the options of a resolver. */
  readonly isInGate: boolean;
  /** Whether it is such an object itself. */
  readonly isGate: boolean;
}

const maximalDepth = 12; // of a schema that refers to itself
/** Stands for a key that users choose. */
export const anyName = '<name>';

/**
 * Every key that the schemas describe, once for each place. Where anything may stand, the keyword `ours` lists schemas that
 * say which keys are ours there all the same.
 */
export function describePlaces(nodes: readonly SchemaNode[], start: ConfigPath): KeyPlace[] {
  const places = new Map<string, KeyPlace>();

  function walk(
    node: SchemaNode,
    path: readonly string[],
    text: string,
    within: ReadonlySet<unknown>,
    isSaidToBeOurs = false,
  ): void {
    if (within.has(node.schema) || within.size > maximalDepth) return;
    const inner = new Set(within).add(node.schema);
    const flat = flatten(node);
    const isInGate = isGate(flat) || (isSaidToBeOurs && isStrict(flat));
    for (const { schema, document } of flat) {
      for (const key of Object.keys(asObject(schema.properties))) {
        const children = childNodes([{ schema, document }], key);
        const at = text === '' ? key : `${text}.${key}`;
        const isItself = children.some((child) => isGate(flatten(child)));
        places.set(at, places.get(at) ?? { key, path, text: at, isInGate, isGate: isItself });
        for (const child of children) walk(child, [...path, key], at, inner);
      }
      const others = schema.additionalProperties;
      if (isObject(others))
        walk({ schema: others, document }, [...path, anyName], `${text}.${anyName}`, inner);
      const { items } = schema;
      if (isObject(items)) walk({ schema: items, document }, path, `${text}[]`, inner);
      for (const ours of Array.isArray(schema.ours) ? schema.ours.filter(isObject) : []) {
        walk({ schema: ours, document: ours }, path, text, inner, true);
      }
    }
  }

  const steps = start.filter((step) => typeof step === 'string');
  for (const node of nodes) walk(node, steps, formatConfigPath(start), new Set());
  return [...places.values()];
}

/** Whether two lists of objects are the same, whatever name users choose. */
export function isSamePlace(one: readonly string[], other: readonly string[]): boolean {
  return (
    one.length === other.length &&
    one.every((step, index) => [step, other[index]].includes(anyName) || step === other[index])
  );
}
