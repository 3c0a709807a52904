/** How many entities have which values under a key. */
import { asciiLowerCase, type Entity } from '@vestibule/catalog-model';
import { visitValues } from '../file/searchIndex.ts';

/** The values of each facet, with the number of entities that have them, in the order of the alphabet. */
export function countFacets(
  entities: readonly Entity[],
  facets: readonly string[],
): Record<string, { value: string; count: number }[]> {
  const counts = new Map(facets.map((facet) => [asciiLowerCase(facet), new Map<string, number>()]));
  for (const entity of entities) {
    const seen = new Map<string, Set<string>>();
    visitValues(entity, (key, value) => {
      const lowerKey = asciiLowerCase(key);
      if (value === undefined || !counts.has(lowerKey)) return;
      seen.set(lowerKey, (seen.get(lowerKey) ?? new Set()).add(value));
    });
    for (const [key, values] of seen) {
      const count = counts.get(key);
      for (const value of values) count?.set(value, (count.get(value) ?? 0) + 1);
    }
  }
  return Object.fromEntries(
    facets.map((facet) => [
      facet,
      [...(counts.get(asciiLowerCase(facet)) ?? [])]
        .map(([value, count]) => ({ value, count }))
        .sort((one, other) => (one.value < other.value ? -1 : 1)),
    ]),
  );
}
