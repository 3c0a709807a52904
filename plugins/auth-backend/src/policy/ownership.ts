/**
 * What a user owns things as: themself, and the groups they are members of, directly or through other groups. A module
 * may say it instead (`auth.ownershipResolution`).
 */
import type { AuthService } from '@vestibule/backend-plugin-api';
import { isFullEntityRef, type Entity } from '@vestibule/catalog-model';
import {
  getDefaultOwnershipEntityRefs,
  RefusalError,
  type AuthOwnershipResolver,
  type OwnershipStep,
} from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import type { OwnershipSettings } from '../config.ts';
import { createAskCatalog } from './askCatalog.ts';
import type { LookUpOptions } from './catalogUsers.ts';
import { createGroupWalk } from './groupsAbove.ts';
import { readOwnershipRefs } from './issuedRefs.ts';
import { createRefFilter } from './refPattern.ts';
import { untilAborted } from './untilAborted.ts';

/** More references than these are a fault of the directory or of a module, and would fill memory and tables. */
const maximumRefs = 10_000;

/** What somebody owns things as, and how that was found. */
export interface FoundOwnership extends Omit<OwnershipStep, 'size'> {
  /** Full references in lower case, each once. */
  refs: string[];
}

/** Resolves ownership as config and modules say. */
export interface Ownership {
  /**
   * @throws `ERR_CATALOG_ANSWER_INVALID`, `ERR_TOKEN_TOO_LARGE` beyond 10,000 references, what the catalog throws; for a
   *   module's own resolver `ERR_RESOLVER_RESULT_INVALID`, `ERR_RESOLVER_TIMEOUT`, and what
   *   it throws.
   */
  resolve(entity: Entity, options: LookUpOptions): Promise<FoundOwnership>;
}

/** @param options - `settings` is `auth.ownership`; without it, direct groups. */
export function createOwnership(options: {
  settings: OwnershipSettings | undefined;
  catalog: CatalogService;
  auth: AuthService;
  /** Of a module; known only once all modules are there. It replaces all of this. */
  resolver: () => AuthOwnershipResolver | undefined;
}): Ownership {
  const { settings, resolver } = options;
  const { mode = 'direct', maxDepth = 10, include, exclude } = settings ?? {};
  const isIncluded = createRefFilter({ include, exclude });
  const walk = createGroupWalk({ ask: createAskCatalog(options), maxDepth, maximumGroups: maximumRefs });

  return {
    async resolve(entity, { signal, note }) {
      const own = resolver();
      if (own) {
        const answer: unknown = await untilAborted(signal, "The module's ownership resolver", async () =>
          own.resolveOwnershipEntityRefs(entity),
        );
        return { ...checkedRefs(answer), source: 'module' };
      }
      const [self, ...direct] = directRefs(entity);
      checkNumber(direct.length);
      const { groups, levels } =
        mode === 'transitive' ? await walk(direct, { signal, note }) : { groups: direct, levels: undefined };
      return {
        refs: [self, ...groups.filter((group) => group !== self && isIncluded(group))],
        source: mode,
        ...(levels !== undefined && { levels }),
      };
    },
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
