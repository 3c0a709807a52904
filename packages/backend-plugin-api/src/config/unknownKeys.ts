/** Finds keys that no schema knows, and says which was meant. */
import { formatConfigPath, type ConfigPath } from './configPath.ts';
import { nearestName } from './nearestName.ts';
import {
  asRecord,
  childNodes,
  flatten,
  isClosed,
  isKnownKey,
  knownKeys,
  type SchemaNode,
} from './schemaNodes.ts';

/** A key that no schema knows. */
export interface UnknownKey {
  path: ConfigPath;
  suggestion: string;
}

/**
 * Walks a value along the schemas that describe it. An object that some schema describes by `properties` and that none
 * opens by `additionalProperties` is closed. The whole config is never closed: other roots belong to others.
 */
export function findUnknownKeys(
  value: unknown,
  nodes: readonly SchemaNode[],
  start: ConfigPath,
): UnknownKey[] {
  const found: UnknownKey[] = [];
  let places: Map<string, string[]> | undefined;

  function walk(current: unknown, at: readonly SchemaNode[], path: ConfigPath): void {
    if (at.length === 0) return;
    const flat = at.flatMap((node) => flatten(node, current));
    if (Array.isArray(current)) {
      current.forEach((item, index) => walk(item, childNodes(flat, index), [...path, index]));
      return;
    }
    const closed = path.length > 0 && isClosed(flat);
    for (const [key, member] of Object.entries(asRecord(current) ?? {})) {
      if (member === undefined) continue;
      if (closed && !isKnownKey(flat, key)) {
        places ??= placesOfKeys(nodes, start);
        found.push({ path: [...path, key], suggestion: suggest(key, path, knownKeys(flat), places) });
      } else {
        walk(member, childNodes(flat, key), [...path, key]);
      }
    }
  }

  walk(value, nodes, start);
  return found;
}

/** A near name beside it first, then the same key elsewhere, then all that may stand here. */
function suggest(
  key: string,
  path: ConfigPath,
  siblings: Set<string>,
  places: Map<string, string[]>,
): string {
  const near = nearestName(key, siblings);
  if (near) return `Did you mean '${near}'?`;
  const elsewhere = places.get(key) ?? [];
  if (elsewhere.length > 0) {
    return `It is misplaced: '${key}' belongs at ${elsewhere.slice(0, 3).join(' or ')}.`;
  }
  if (siblings.size === 0) return `'${formatConfigPath(path)}' has no keys.`;
  return `Known here: ${[...siblings].sort().join(', ')}.`;
}

const maximalDepth = 12; // of a schema that refers to itself

/** Every key that the schemas describe, with the paths at which it may stand. */
function placesOfKeys(nodes: readonly SchemaNode[], start: ConfigPath): Map<string, string[]> {
  const places = new Map<string, string[]>();

  function walk(node: SchemaNode, path: string, within: ReadonlySet<unknown>): void {
    if (within.has(node.schema) || within.size > maximalDepth) return;
    const inner = new Set(within).add(node.schema);
    const flat = flatten(node);
    for (const { schema, document } of flat) {
      for (const key of Object.keys(asRecord(schema.properties) ?? {})) {
        const at = path === '' ? key : `${path}.${key}`;
        const known = places.get(key) ?? [];
        if (!known.includes(at)) places.set(key, [...known, at]);
        for (const child of childNodes([{ schema, document }], key)) walk(child, at, inner);
      }
      const others = asRecord(schema.additionalProperties);
      if (others) walk({ schema: others, document }, `${path}.<name>`, inner);
      const items = asRecord(schema.items);
      if (items) walk({ schema: items, document }, `${path}[]`, inner);
    }
  }

  for (const node of nodes) walk(node, formatConfigPath(start), new Set());
  return places;
}
