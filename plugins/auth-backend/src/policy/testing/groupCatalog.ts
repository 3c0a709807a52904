/** A catalog of one person and many groups, which writes down what it was asked. */
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import { createMemoryCatalog, person } from '../../testing/memoryCatalog.ts';

/** By the name of a group, the names of its parents. */
export type Parents = Readonly<Record<string, readonly string[]>>;

export function group(name: string, parents: readonly string[] = []): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name, namespace: 'default' },
    relations: parents.map((parent) => ({ type: 'childOf', targetRef: `group:default/${parent}` })),
  };
}

/** `queries` holds the number of references of each `getEntitiesByRefs`. */
export function createGroupCatalog(
  direct: readonly string[],
  parents: Parents,
): CatalogService & { queries: number[]; entities: Map<string, Entity> } {
  const jane = person('jane', 'jane@example.com', direct);
  const groups = Object.entries(parents).map(([name, above]) => group(name, above));
  const entities = new Map(groups.map((one) => [stringifyEntityRef(one), one]));
  const queries: number[] = [];
  return {
    ...createMemoryCatalog([jane]),
    queries,
    entities,
    async getEntitiesByRefs({ entityRefs }) {
      queries.push(entityRefs.length);
      return Promise.resolve({ items: entityRefs.map((ref) => entities.get(ref)) });
    },
  };
}

/** Names `prefix-0`, `prefix-1` and so on. */
export function names(prefix: string, number: number): string[] {
  return Array.from({ length: number }, (_, index) => `${prefix}-${index}`);
}

/** A thousand groups over three levels: 700 below 250, and these below 50. */
export function threeLevels(): { direct: string[]; parents: Parents } {
  const [low, middle, top] = [names('low', 700), names('middle', 250), names('top', 50)];
  return {
    direct: low,
    parents: Object.fromEntries([
      ...low.map((name, index) => [name, [middle[index % 250]!, middle[(index + 1) % 250]!]]),
      ...middle.map((name, index) => [name, [top[index % 50]!]]),
      ...top.map((name) => [name, []]),
    ]) as Parents,
  };
}
