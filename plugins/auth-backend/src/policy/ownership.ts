/**
 * What a user owns things as: themself, and the groups they are members of, directly or through other groups. A module
 * may say it instead (`auth.ownershipResolution`).
 */
import { isFullEntityRef, type Entity } from '@vestibule/catalog-model';
import {
  getDefaultOwnershipEntityRefs,
  RefusalError,
  type AuthOwnershipResolver,
  type OwnershipStep,
} from '@vestibule/plugin-auth-node';
import { defaultMaxDepth, type OwnershipSettings } from '../config.ts';
import type { AskCatalog, LookUp } from './catalogUsers.ts';
import { walkGroups } from './groupsAbove.ts';
import { readOwnershipRefs } from './issuedRefs.ts';
import { createRefFilter } from './refPattern.ts';
import { answerInTime } from './operatorCode.ts';

/** More references than these are a fault of the directory or of a module, and would fill memory and tables. */
const maximumRefs = 10_000;

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
      const answer: unknown = await answerInTime(lookUp.signal, "The module's ownership resolver", async () =>
        own.resolveOwnershipEntityRefs(entity),
      );
      return { ...checkedRefs(answer), source: 'module' };
    }
    const [self, ...direct] = directRefs(entity);
    checkNumber(direct.length);
    const { groups, ...walked } =
      mode === 'transitive'
        ? await walkGroups(direct, { ...lookUp, ask, maxDepth, maximumGroups: maximumRefs })
        : { groups: direct };
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
  throw new RefusalError('ERR_CATALOG_ANSWER_INVALID', {
    hint: 'A memberOf relation of the user leads to no possible group.',
  });
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
