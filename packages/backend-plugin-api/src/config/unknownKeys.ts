/** Finds keys that no schema knows, and says whether one of ours was meant. */
import { formatConfigPath, type ConfigPath } from './configPath.ts';
import { gateThingOf, isRestricting, thingOf } from './gateWords.ts';
import { anyName, describePlaces, isSamePlace, type KeyPlace } from './keyPlaces.ts';
import { asObject } from './isObject.ts';
import { nearestName } from './nearestName.ts';
import { isForm, isSpecific, resembles, saysInOneWord, wordsOf } from './resemblance.ts';
import {
  absentReaderOf,
  childNodes,
  flatten,
  isClosed,
  isDescribedAndOpen,
  isKnownKey,
  isStrict,
  knownKeys,
  replacementOf,
  withoutReaders,
  type SchemaNode,
} from './schemaNodes.ts';

/** A key that no schema knows, one that another has replaced, or one whose reader is missing. */
export interface UnknownKey {
  path: ConfigPath;
  /**
   * `ours`: one of our keys was meant. `foreign`: nothing says so. `replaced`: it is known, and has no effect any more.
   * `unread`: it is known, and the package that reads it is not installed.
   */
  kind: 'ours' | 'foreign' | 'replaced' | 'unread';
  suggestion?: string;
}

/**
 * Walks a value along the schemas that describe it. An object that some schema describes by `properties` and that none
 * opens by `additionalProperties` is closed. The whole config is never closed: other roots belong to others. In a root that is
 * described and open, as `app` is to the front end, a key that resembles one of ours is unknown too.
 *
 * @param elsewhere - What else describes keys of ours, from the root: they are out of place here.
 */
export function findUnknownKeys(
  value: unknown,
  nodes: readonly SchemaNode[],
  start: ConfigPath,
  elsewhere: readonly SchemaNode[],
): UnknownKey[] {
  const found: UnknownKey[] = [];
  let places: readonly KeyPlace[] | undefined;

  function walk(current: unknown, at: readonly SchemaNode[], path: ConfigPath): void {
    if (at.length === 0) return;
    const flat = at.flatMap((node) => flatten(node, current));
    if (Array.isArray(current)) {
      current.forEach((item, index) => walk(item, childNodes(flat, index), [...path, index]));
      return;
    }
    const closed = path.length > 0 && isClosed(flat);
    const siblings = path.length === 1 && isDescribedAndOpen(flat) ? knownKeys(flat) : new Set<string>();
    for (const [key, member] of Object.entries(asObject(current))) {
      if (member === undefined) continue;
      const children = childNodes(flat, key);
      const replacement = replacementOf(children);
      const reader = absentReaderOf(children);
      if (replacement !== undefined) {
        found.push({ path: [...path, key], kind: 'replaced', suggestion: `Write '${replacement}' instead.` });
      } else if (reader !== undefined) {
        const suggestion = `Add its package: backend.add(import('${reader}')).`;
        found.push({ path: [...path, key], kind: 'unread', suggestion });
      } else if (closed && !isKnownKey(flat, key)) {
        places ??= [...describePlaces(nodes, start), ...describePlaces(elsewhere, [])];
        found.push({ path: [...path, key], ...judge(key, member, path, flat, places) });
      } else if (siblings.size > 0 && !isKnownKey(flat, key) && guessOf(key, siblings) !== undefined) {
        found.push({ path: [...path, key], ...judge(key, member, path, flat, []) });
      } else {
        walk(member, withoutReaders(children), [...path, key]);
      }
    }
  }

  walk(value, nodes, start);
  return found;
}

/** A name beside it first, then the same key elsewhere. What lets people in is looked for under wrong names, too. */
function judge(
  key: string,
  value: unknown,
  path: ConfigPath,
  flat: readonly SchemaNode[],
  places: readonly KeyPlace[],
): Pick<UnknownKey, 'kind' | 'suggestion'> {
  const siblings = knownKeys(flat);
  const near = nearestName(key, siblings);
  const guess = guessOf(key, siblings);
  if (guess !== undefined) return { kind: 'ours', suggestion: `Did you mean '${guess}'?` };

  const strict = isStrict(flat);
  const misplaced = places.filter((place) => isMisplaced(key, path, place, strict));
  if (misplaced.length > 0 && !(strict && near !== undefined)) {
    return { kind: 'ours', suggestion: placesText(key, misplaced) };
  }
  if (strict) {
    const guessed = near === undefined ? undefined : `Did you mean '${near}'?`;
    return { kind: 'ours', suggestion: guessed ?? listText(path, siblings) };
  }
  const gate = gateMeant(key, value, path, places);
  if (gate !== undefined) return { kind: 'ours', suggestion: `Who may come in is said at ${gate}.` };
  const same = places.filter((place) => place.key === key && place.path[0] === path[0]);
  if (same.length > 0)
    return { kind: 'foreign', suggestion: `If ours is meant, it belongs at ${listed(same)}.` };
  return near === undefined ? { kind: 'foreign' } : { kind: 'foreign', suggestion: `Is '${near}' meant?` };
}

/** The name beside it that a key misspells. */
export function guessOf(key: string, siblings: ReadonlySet<string>): string | undefined {
  const meant = [...siblings].filter((sibling) => resembles(key, sibling));
  return nearestName(key, meant) ?? meant[0];
}

/**
 * Whether a key was meant for this other place. A word of every day is so only where it is near and decides who comes in:
 * it occurs deep in what is ours, and anybody may have it.
 */
function isMisplaced(key: string, path: ConfigPath, place: KeyPlace, isInStrict: boolean): boolean {
  const isSameRoot = place.path[0] === path[0];
  if (place.isGate && isForm(key, place.key)) return true;
  if (place.isInGate && isSpecific(place.key) && resembles(key, place.key)) return true;
  if (!isSameRoot) return false;
  // The last: another member of a union knows it in this very object.
  if (place.key === key) {
    return (
      isSpecific(key) ||
      ((place.isInGate || isInStrict) && isNear(path, place.path)) ||
      isSamePlace(levelsOf(path), place.path)
    );
  }
  const [outer] = place.path.slice(-1);
  return place.isInGate && typeof outer === 'string' && saysInOneWord(key, [outer, place.key]);
}

/** Where that which plainly means a gate is said with us, the nearest place first. */
function gateMeant(
  key: string,
  value: unknown,
  path: ConfigPath,
  places: readonly KeyPlace[],
): string | undefined {
  const ours = places.filter(
    (place) => place.isInGate && place.path[0] === path[0] && isRestricting(place.path.at(-1) ?? ''),
  );
  const thing = ours.length === 0 ? undefined : gateThingOf(key, value);
  if (thing === undefined) return undefined;
  const levels = levelsOf(path);
  const here = ours.filter((place) => isSamePlace(levels, place.path.slice(0, levels.length)));
  const candidates = here.length > 0 ? here : ours;
  // The place itself, rather than what is said of any provider.
  const own = candidates.filter((place) => !place.path.some((step) => step === anyName));
  const nearest = own.length > 0 ? own : candidates;
  const same = nearest.filter(
    (place) => thing !== '' && wordsOf(place.key).some((word) => thingOf(word) === thing),
  );
  const plain = same.filter((place) => !isSpecific(place.key));
  if (same.length > 0) return listed(plain.length > 0 ? plain : same);
  const gates = nearest.map(({ text }) => text.slice(0, text.lastIndexOf('.')));
  return [...new Set(gates)].slice(0, 3).join(' or ');
}

const nearLevels = 2;

/** Whether one is within the other, and not far. */
function isNear(path: ConfigPath, other: readonly string[]): boolean {
  const levels = levelsOf(path);
  const isWithin =
    isSamePlace(levels, other.slice(0, levels.length)) || isSamePlace(levels.slice(0, other.length), other);
  return isWithin && Math.abs(levels.length - other.length) <= nearLevels;
}

function levelsOf(path: ConfigPath): string[] {
  return path.filter((step) => typeof step === 'string');
}

function placesText(key: string, places: readonly KeyPlace[]): string {
  return places.some((place) => place.key === key)
    ? `It is misplaced: '${key}' belongs at ${listed(places.filter((place) => place.key === key))}.`
    : `Is ${listed(places)} meant?`;
}

function listed(places: readonly KeyPlace[]): string {
  return [...new Set(places.map(({ text }) => text))].slice(0, 3).join(' or ');
}

function listText(path: ConfigPath, siblings: Set<string>): string {
  if (siblings.size === 0) return `'${formatConfigPath(path)}' has no keys.`;
  return `Known here: ${[...siblings].sort().join(', ')}.`;
}
