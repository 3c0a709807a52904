/**
 * What a user owns things as: themself, and the groups they are members of, directly or through other groups. A module
 * may say it instead (`auth.ownershipResolution`).
 */
import {
  RELATION_CHILD_OF,
  isFullEntityRef,
  normalEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@vestibule/catalog-model';
import {
  getDefaultOwnershipEntityRefs,
  RefusalError,
  type AuthOwnershipResolver,
  type OwnershipStep,
} from '@vestibule/plugin-auth-node';
import { defaultMaxDepth, type OwnershipSettings } from '../config.ts';
import { isWholeEntity, noteLookUp, type AskCatalog, type LookUp } from './catalogUsers.ts';
import { readOwnershipRefs } from './issuedRefs.ts';
import { createRefFilter } from './refPattern.ts';
import { answerInTime } from './operatorCode.ts';

/** More references than these are a fault of the directory or of a module, and would fill memory and tables. */
const maximumRefs = 10_000;

/** So that one answer stays well below the limits of request bodies and answers. */
const groupsPerQuery = 500;

const fields = ['kind', 'metadata.name', 'metadata.namespace', 'relations', 'spec.parent'];

/** What somebody owns things as, and how that was found. */
export interface FoundOwnership extends Omit<OwnershipStep, 'size'> {
  /** Full references in lower case, each once. */
  refs: string[];
}

/**
 * Resolves ownership as config and modules say.
 *
 * @throws `ERR_CATALOG_ANSWER_INVALID`, `ERR_TOKEN_TOO_LARGE` beyond 10,000 references, what the catalog throws; for a
 *   module's own resolver `ERR_RESOLVER_RESULT_INVALID`, `ERR_RESOLVER_TIMEOUT`, and what
 *   it throws.
 */
export type ResolveOwnership = (entity: Entity, options: LookUp) => Promise<FoundOwnership>;

/** @param options - `settings` is `auth.ownership`; without it, direct groups. */
export function createOwnership(options: {
  settings: OwnershipSettings | undefined;
  ask: AskCatalog;
  /** Of a module; known only once all modules are there. It replaces all of this. */
  resolver: () => AuthOwnershipResolver | undefined;
}): ResolveOwnership {
  const { settings, ask, resolver } = options;
  const { mode = 'direct', maxDepth = defaultMaxDepth, include, exclude } = settings ?? {};
  const isIncluded = createRefFilter({ include, exclude });

  return async (entity, lookUp) => {
    const own = resolver();
    if (own) {
      const answer: unknown = await answerInTime(lookUp.budget, "The module's ownership resolver", async () =>
        own.resolveOwnershipEntityRefs(entity),
      );
      return { ...checkedRefs(answer), source: 'module' };
    }
    const [self, ...direct] = directRefs(entity);
    checkNumber(direct.length);
    const { groups, ...walked } =
      mode === 'transitive' ? await walkGroups(direct, { ...lookUp, ask, maxDepth }) : { groups: direct };
    const refs = [self, ...groups.filter((group) => group !== self && isIncluded(group))];
    return { refs, source: mode, ...walked };
  };
}

/** A group whose reference cannot be read is the catalog's fault, not the person's. */
function directRefs(entity: Entity): [self: string, ...groups: string[]] {
  try {
    const [self = '', ...groups] = getDefaultOwnershipEntityRefs(entity);
    if ([self, ...groups].every(isFullEntityRef)) return [self, ...groups];
  } catch {
    // Told below, as for a reference that can be read but that no entity can have.
  }
  throw invalid('A memberOf relation of the user leads to no possible group.');
}

/** What a module answered: `{ ownershipEntityRefs }`, nothing else will do. */
function checkedRefs(answer: unknown): Pick<FoundOwnership, 'refs' | 'leftOut'> {
  const { ownershipEntityRefs: given } = (answer ?? {}) as { ownershipEntityRefs?: unknown };
  if (!Array.isArray(given)) {
    throw new RefusalError('ERR_RESOLVER_RESULT_INVALID', {
      hint: "The module's ownership resolver returned no list 'ownershipEntityRefs'.",
    });
  }
  checkNumber(given.length);
  const { refs, leftOut } = readOwnershipRefs(given);
  return { refs, ...(leftOut.length > 0 && { leftOut }) };
}

function checkNumber(size: number): void {
  if (size <= maximumRefs) return;
  throw new RefusalError('ERR_TOKEN_TOO_LARGE', {
    hint: `There are ${size} ownership references; the limit is ${maximumRefs}.`,
  });
}

interface WalkOptions extends LookUp {
  ask: AskCatalog;
  /** How many levels count, the direct one included. */
  maxDepth: number;
}

/**
 * The groups above groups, level by level (breadth first), each group once, so that a cycle ends. A level is one query for
 * each 500 groups, whatever their number of parents.
 *
 * From the groups that somebody is a direct member of to all that count, the direct ones first. A group that is not in the
 * catalog counts, and nothing is above it.
 *
 * @returns `levels`: how many there are, the direct one included.
 */
async function walkGroups(
  direct: readonly string[],
  options: WalkOptions,
): Promise<{ groups: string[]; levels: number }> {
  const { maxDepth } = options;
  const seen = new Set(direct);
  let level = direct;
  let levels = direct.length > 0 ? 1 : 0;
  while (level.length > 0 && levels < maxDepth) {
    const parents = await parentsOf(level, levels, options);
    level = [...new Set(parents)].filter((group) => !seen.has(group));
    for (const group of level) seen.add(group);
    if (seen.size > maximumRefs) {
      throw new RefusalError('ERR_TOKEN_TOO_LARGE', {
        hint: `There are at least ${seen.size} groups above the user; the limit is ${maximumRefs}.`,
      });
    }
    if (level.length > 0) levels += 1;
  }
  return { groups: [...seen], levels };
}

async function parentsOf(groups: readonly string[], level: number, options: WalkOptions): Promise<string[]> {
  const answers = await Promise.all(
    chunksOf(groups).map(async (entityRefs) => {
      const answer = await options.ask(options.budget, async (catalog, request) =>
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
    ref = normalEntityRef(text, { defaultKind: 'Group', ...defaultNamespace });
  } catch {
    throw invalid('The parent of a group is no entity reference.');
  }
  if (!isFullEntityRef(ref)) throw invalid('The parent of a group is no possible entity.');
  return ref.startsWith('group:') ? [ref] : [];
}

function invalid(hint: string): RefusalError {
  return new RefusalError('ERR_CATALOG_ANSWER_INVALID', { hint });
}
