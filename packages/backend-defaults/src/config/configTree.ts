/** The config as a tree whose nodes know where they stand. Everything between reading and serving works on it. */
import type { ConfigLocation, JsonObject, JsonValue } from '@vestibule/backend-plugin-api';

/** A value with its place; the place is missing for what came from no file. */
export type ConfigNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly at?: ConfigLocation;
  /** What gave the value, or a part of it, where no file of the config holds it. */
  readonly sources?: readonly ValueSource[];
}

/** A variable of the environment, by its name, or a file, as messages name it. */
export interface ValueSource {
  readonly kind: 'variable' | 'file';
  readonly name: string;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
  readonly at?: ConfigLocation;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly at?: ConfigLocation;
}

/** A key's own place, and its value. */
export interface MapEntry {
  readonly keyAt?: ConfigLocation;
  readonly value: ConfigNode;
}

/** Keys that would reach into an object's prototype. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A plain value as a tree, all of it at one place and from one source. Keys without a value, and forbidden ones, are left out. */
export function treeOf(value: JsonValue, at?: ConfigLocation, source?: ValueSource): ConfigNode {
  const place = at && { at };
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => treeOf(item, at, source)), ...place };
  if (typeof value !== 'object' || value === null) {
    return { kind: 'scalar', value, ...place, ...(source && { sources: [source] }) };
  }
  const entries = new Map<string, MapEntry>();
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || forbiddenKeys.has(key)) continue;
    entries.set(key, { value: treeOf(member, at, source), ...(at && { keyAt: at }) });
  }
  return { kind: 'map', entries, ...place };
}

/**
 * The tree as plain values. In a map `null` means absent: it has hidden whatever it had to hide. Within a list, which is
 * replaced whole, it hides nothing, and stays for the schema: a client with `clientSecret: null` is no public client.
 */
export function valueOf(node: ConfigNode, isInList = false): JsonValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map((item) => valueOf(item, true));
  const value: JsonObject = {};
  for (const [key, { value: member }] of node.entries) {
    if (isInList || !isNull(member)) value[key] = valueOf(member, isInList);
  }
  return value;
}

/** The scalars of a tree, each with its path. */
export function* scalarsOf(
  node: ConfigNode,
  path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; node: ScalarNode }> {
  if (node.kind === 'scalar') yield { path, node };
  else if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* scalarsOf(item, [...path, index]);
  } else {
    for (const [key, { value }] of node.entries) yield* scalarsOf(value, [...path, key]);
  }
}

/** Lays one tree over another: maps merge key by key, everything else replaces. */
export function merge(under: ConfigNode | undefined, over: ConfigNode): ConfigNode {
  if (under?.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(under.entries);
  for (const [key, entry] of over.entries) {
    entries.set(key, { ...entry, value: merge(entries.get(key)?.value, entry.value) });
  }
  return { ...over, entries };
}

/** The node at a path, where there is one. */
export function nodeAt(root: ConfigNode, path: readonly (string | number)[]): ConfigNode | undefined {
  return path.reduce<ConfigNode | undefined>((node, step) => {
    if (node?.kind === 'map' && typeof step === 'string') return node.entries.get(step)?.value;
    return node?.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined;
  }, root);
}

/** The tree with another node at a path through maps; without one the key is left out. */
export function replaceAt(
  root: ConfigNode,
  [step, ...rest]: readonly string[],
  node: ConfigNode | undefined,
): ConfigNode {
  if (step === undefined) return node ?? root;
  const entries = new Map(root.kind === 'map' ? root.entries : []);
  const entry = entries.get(step);
  if (rest.length === 0 && node === undefined) entries.delete(step);
  else {
    const within = entry?.value ?? { kind: 'map' as const, entries: new Map<string, MapEntry>() };
    entries.set(step, { ...entry, value: replaceAt(within, rest, node) });
  }
  return { kind: 'map', entries, ...(root.at && { at: root.at }) };
}

/** The place of a value, or of the nearest enclosing one that has a place. */
export function locate(
  root: ConfigNode,
  path: readonly (string | number)[],
  part: 'key' | 'value' = 'value',
): ConfigLocation | undefined {
  let node = root;
  let place = root.at;
  for (const step of path) {
    const entry = node.kind === 'map' && typeof step === 'string' ? node.entries.get(step) : undefined;
    const next =
      entry?.value ?? (node.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined);
    if (!next) return place;
    place = (part === 'key' ? entry?.keyAt : undefined) ?? next.at ?? entry?.keyAt ?? place;
    node = next;
  }
  return place;
}

/** What gave the value at a path, in words: `the environment variable ALLOW`. */
export function sourceOf(root: ConfigNode, path: readonly (string | number)[]): string | undefined {
  const node = nodeAt(root, path);
  const sources = node?.kind === 'scalar' ? (node.sources ?? []) : [];
  const names = (kind: ValueSource['kind']) =>
    [...new Set(sources.filter((source) => source.kind === kind).map(({ name }) => name))].join(' and ');
  const [variables, files] = [names('variable'), names('file')];
  const plural = variables.includes(' and ') ? 's' : '';
  if (variables !== '') return `the environment variable${plural} ${variables}`;
  return files === '' ? undefined : `the file ${files}`;
}

function isNull(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}
