/**
 * What a catalog finds an entity by: every value under its path, both in lower case, as Backstage's search table has it
 * (`spec.profile.email`, `metadata.annotations.acme.org/id`, `relations.memberof`).
 */
import { asciiLowerCase, stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import type { FilterCondition } from '../query/entityFilter.ts';

/** Longer keys and values are not searched. */
const maximumLength = 200;

/** An entity and what finds it. */
export interface IndexedEntity {
  readonly entity: Entity;
  /** Full reference in lower case. */
  readonly ref: string;
  /** Values by key; a key whose value is null or an object has none. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

export function indexEntity(entity: Entity): IndexedEntity {
  const values = new Map<string, Set<string>>();
  const add = (key: string, value?: string): void => {
    if (key.length > maximumLength) return;
    const lowerKey = asciiLowerCase(key);
    const found = values.get(lowerKey) ?? new Set();
    values.set(lowerKey, found);
    if (value !== undefined && value.length <= maximumLength) found.add(asciiLowerCase(value));
  };
  visitValues(entity, add);
  return { entity, ref: stringifyEntityRef(entity), values };
}

/** Visits what an entity can be found by: each key with each of its values, or alone where its value is null. */
export function visitValues(entity: Entity, add: (key: string, value?: string) => void): void {
  const visit = (key: string, value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) {
        visit(key, item);
        if (typeof item === 'string') add(`${key}.${item}`, 'true');
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) visit(`${key}.${name}`, inner);
    } else if (value === null) {
      add(key);
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      add(key, String(value));
    }
  };
  const { relations = [], metadata, ...rest } = entity;
  for (const [key, value] of Object.entries(rest)) visit(key, value);
  visit('metadata', { ...metadata, namespace: metadata.namespace ?? 'default' });
  for (const { type, targetRef } of relations) add(`relations.${type}`, targetRef);
}

/** Whether one of the sets holds, each with all of its conditions. Without sets: always. */
export function matchesFilter(
  { values }: IndexedEntity,
  sets: readonly FilterCondition[][] | undefined,
): boolean {
  if (!sets) return true;
  return sets.some((conditions) =>
    conditions.every(({ key, values: wanted }) => {
      const found = values.get(asciiLowerCase(key));
      return found && wanted.some((value) => value === undefined || found.has(asciiLowerCase(value)));
    }),
  );
}

/** The first value under a key, for sorting. */
export function sortValue({ values }: IndexedEntity, key: string): string | undefined {
  return values.get(asciiLowerCase(key))?.values().next().value;
}

/** Whether a text stands in any value, or in one under the given keys. */
export function containsText(
  { values }: IndexedEntity,
  term: string,
  keys: readonly string[] | undefined,
): boolean {
  const wanted = asciiLowerCase(term.trim());
  const searched = keys
    ? keys.map((key) => values.get(asciiLowerCase(key)) ?? new Set<string>())
    : values.values();
  for (const found of searched) {
    for (const value of found) if (value.includes(wanted)) return true;
  }
  return false;
}
