/**
 * The groups above groups, level by level (breadth first), each group once, so that a cycle ends. A level is one query
 * for each 500 groups, whatever their number of parents.
 */
import {
  RELATION_CHILD_OF,
  isFullEntityRef,
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@vestibule/catalog-model';
import { RefusalError } from '@vestibule/plugin-auth-node';
import { isWholeEntity, noteLookUp, type AskCatalog, type LookUp } from './catalogUsers.ts';

/** So that one answer stays well below the limits of request bodies and answers. */
const groupsPerQuery = 500;

const fields = ['kind', 'metadata.name', 'metadata.namespace', 'relations', 'spec.parent'];

interface WalkOptions extends LookUp {
  ask: AskCatalog;
  /** How many levels count, the direct one included. */
  maxDepth: number;
  maximumGroups: number;
}

/**
 * From the groups that somebody is a direct member of to all that count, the direct ones first. A group that is not in the
 * catalog counts, and nothing is above it.
 *
 * @returns `levels`: how many there are, the direct one included.
 */
export async function walkGroups(
  direct: readonly string[],
  options: WalkOptions,
): Promise<{ groups: string[]; levels: number }> {
  const { maxDepth, maximumGroups } = options;
  const seen = new Set(direct);
  let level = direct;
  let levels = direct.length > 0 ? 1 : 0;
  while (level.length > 0 && levels < maxDepth) {
    const parents = await parentsOf(level, levels, options);
    level = [...new Set(parents)].filter((group) => !seen.has(group));
    for (const group of level) seen.add(group);
    if (seen.size > maximumGroups) {
      throw new RefusalError('ERR_TOKEN_TOO_LARGE', {
        hint: `There are at least ${seen.size} groups above the user; the limit is ${maximumGroups}.`,
      });
    }
    if (level.length > 0) levels += 1;
  }
  return { groups: [...seen], levels };
}

async function parentsOf(groups: readonly string[], level: number, options: WalkOptions): Promise<string[]> {
  const answers = await Promise.all(
    chunksOf(groups).map(async (entityRefs) => {
      const answer = await options.ask(options.signal, async (catalog, request) =>
        catalog.getEntitiesByRefs({ entityRefs, fields }, request),
      );
      const found = readGroups(answer, entityRefs);
      noteLookUp(options, { query: `groups of level ${level}`, hits: found.length });
      return found.flatMap(parentsIn);
    }),
  );
  return answers.flat();
}

function chunksOf(groups: readonly string[]): string[][] {
  const number = Math.ceil(groups.length / groupsPerQuery);
  return Array.from({ length: number }, (_, index) =>
    groups.slice(index * groupsPerQuery, (index + 1) * groupsPerQuery),
  );
}

/** Each entity must be the very one that was asked for; what is missing is left out. */
function readGroups(answer: unknown, asked: readonly string[]): Entity[] {
  const { items } = (answer ?? {}) as { items?: unknown };
  if (!Array.isArray(items) || items.length !== asked.length) {
    throw invalid('The catalog did not answer for each group that was asked for.');
  }
  return items.flatMap((item: unknown, index) => {
    if (item === undefined || item === null) return [];
    if (!isWholeEntity(item) || stringifyEntityRef(item) !== asked[index]) {
      throw invalid('The catalog answered with another group than was asked for, or with a malformed one.');
    }
    return [item];
  });
}

/** By its relations, or, where the catalog computed none, by what it says of itself. */
function parentsIn(group: Entity): string[] {
  const related = (group.relations ?? []).filter(({ type }) => type === RELATION_CHILD_OF);
  if (related.length > 0) return related.flatMap(({ targetRef }) => groupRef(targetRef));
  const parent = group.spec?.parent;
  return typeof parent === 'string' && parent !== '' ? groupRef(parent, group.metadata.namespace) : [];
}

/** @returns Nothing for what is no group. */
function groupRef(text: string, namespace?: string): string[] {
  let ref: string;
  try {
    const defaultNamespace = namespace === undefined ? {} : { defaultNamespace: namespace };
    ref = stringifyEntityRef(parseEntityRef(text, { defaultKind: 'Group', ...defaultNamespace }));
  } catch {
    throw invalid('The parent of a group is no entity reference.');
  }
  if (!isFullEntityRef(ref)) throw invalid('The parent of a group is no possible entity.');
  return ref.startsWith('group:') ? [ref] : [];
}

function invalid(hint: string): RefusalError {
  return new RefusalError('ERR_CATALOG_ANSWER_INVALID', { hint });
}
