/**
 * Finding exactly one user in the catalog.
 *
 * Values that came from a provider are checked before they are asked for, and what comes back is compared with what was
 * asked: the kind, and the very field, e-mails and names after ASCII lower-casing, opaque ids byte for byte. Which of the
 * two is a matter of the field alone: a value that looks like an address changes nothing. A catalog compares without
 * regard to letter case, so without this somebody whose id differs in case only would be signed in as another (RFC 9700
 * section 4.4 asks for unambiguous identifiers for the same reason).
 */
import { CodedError, type AuthService, type Deadline } from '@vestibule/backend-plugin-api';
import {
  asciiLowerCase,
  isUserEntity,
  isValidEntityKind,
  isValidEntityName,
  isValidEntityNamespace,
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@vestibule/catalog-model';
import {
  RefusalError,
  signInCodeOf,
  type CatalogStep,
  type CatalogUserQuery,
} from '@vestibule/plugin-auth-node';
import type { CatalogRequestOptions, CatalogService, EntityFilterSet } from '@vestibule/plugin-catalog-node';
import { z } from 'zod';
import type { RecordDraft } from '../record/recordDraft.ts';
import { isNotFound } from './operatorCode.ts';

/** One call to the catalog, with the plugin's own credentials. */
export type AskCatalog = <T>(
  budget: Deadline,
  call: (catalog: CatalogService, options: CatalogRequestOptions) => Promise<T>,
) => Promise<T>;

/**
 * Makes the function that asks. A catalog that fails in a way of its own is away all the same: that is no word about
 * anybody, and becomes `ERR_CATALOG_UNAVAILABLE`.
 */
export function createAskCatalog(options: { catalog: CatalogService; auth: AuthService }): AskCatalog {
  const { catalog, auth } = options;
  return async (budget, call) => {
    try {
      const credentials = await auth.getOwnServiceCredentials();
      return await call(catalog, { credentials, signal: budget.signal });
    } catch (error) {
      if (signInCodeOf(error) || isNotFound(error)) throw error;
      throw new RefusalError('ERR_CATALOG_UNAVAILABLE', { cause: error });
    }
  };
}

/** Who looks something up, and what it is written into. */
export interface LookUp {
  readonly draft: RecordDraft;
  readonly budget: Deadline;
  /** As the record names it. */
  readonly resolver?: string;
}

/** Writes down what was asked for, without its values. */
export function noteLookUp({ draft, resolver }: LookUp, step: Omit<CatalogStep, 'resolver'>): void {
  draft.catalog.push({ ...step, ...(resolver !== undefined && { resolver }) });
}

/** Looks users up. */
export class CatalogUsers {
  constructor(private readonly ask: AskCatalog) {}

  /**
   * The one user that a query names.
   *
   * @throws `ERR_USER_NOT_FOUND`, `ERR_AMBIGUOUS_MATCH`, `ERR_CATALOG_QUERY_UNSAFE`, `ERR_CATALOG_ANSWER_INVALID`, and
   *   what the catalog throws.
   */
  async find(query: CatalogUserQuery, lookUp: LookUp): Promise<Entity> {
    const kinds = ['entityRef', 'annotations', 'filter'].filter((key) => key in query);
    if (kinds.length !== 1) {
      throw new CodedError('ERR_RESOLVER_FAILED', 'Invalid user lookup query', {
        hint: 'A query has exactly one of entityRef, annotations and filter.',
      });
    }
    if ('entityRef' in query) {
      const ref = checkedRef(query.entityRef);
      const entity = await this.entityOf(ref, lookUp);
      if (!entity) throw new RefusalError('ERR_USER_NOT_FOUND');
      if (!isWholeUser(entity) || stringifyEntityRef(entity) !== stringifyEntityRef(ref))
        throw mismatch('reference');
      return entity;
    }
    const sets = 'annotations' in query ? [annotationFilter(query.annotations)] : filterSets(query.filter);
    for (const set of sets) checkValues(set);
    const filter = sets.length === 1 ? sets[0]! : sets;
    const { items } = await this.ask(lookUp.budget, async (catalog, request) =>
      catalog.getEntities({ filter }, request),
    );
    if (!Array.isArray(items)) throw mismatch('filter');
    noteLookUp(lookUp, {
      query: sets.map((set) => Object.keys(set).join(' + ')).join(' or '),
      hits: items.length,
    });
    if (items.length === 0) throw new RefusalError('ERR_USER_NOT_FOUND');
    if (!items.every(isWholeUser)) throw mismatch('filter');
    // First: who differs from what was asked in letter case only can neither be taken for the user nor lock them out.
    const [entity, ...others] = items.filter((user) => sets.some((set) => matchesSet(user, set)));
    if (!entity) throw mismatch('filter');
    if (others.length > 0) throw new RefusalError('ERR_AMBIGUOUS_MATCH');
    return entity;
  }

  /** Whether the catalog has an entity of that reference, whatever it is. Throws what the catalog throws. */
  async isTaken(ref: string, lookUp: LookUp): Promise<boolean> {
    return (await this.entityOf(ref, lookUp)) !== undefined;
  }

  private async entityOf(ref: Parameters<CatalogService['getEntityByRef']>[0], lookUp: LookUp) {
    const entity = await this.ask(lookUp.budget, async (catalog, request) =>
      catalog.getEntityByRef(ref, request),
    );
    noteLookUp(lookUp, { query: 'metadata.name', hits: (entity ?? undefined) === undefined ? 0 : 1 });
    return entity ?? undefined;
  }
}

function isWholeUser(given: unknown): given is Entity {
  return isWholeEntity(given) && isUserEntity(given);
}

function mismatch(kind: string): RefusalError {
  return new RefusalError('ERR_CATALOG_ANSWER_INVALID', {
    hint: `The catalog answered (${kind}) with an entity that is no User, does not match the query exactly, or is malformed.`,
  });
}

/** What no entity can be called is not asked for. */
function checkedRef(given: Extract<CatalogUserQuery, { entityRef: unknown }>['entityRef']) {
  const ref = parseEntityRef(given, { defaultKind: 'User' });
  // A provider's value that is no entity name belongs to nobody: the next resolver may know better.
  const known = isValidEntityKind(ref.kind) && isValidEntityNamespace(asciiLowerCase(ref.namespace));
  if (!known || !isValidEntityName(ref.name)) throw new RefusalError('ERR_USER_NOT_FOUND');
  return ref;
}

function annotationFilter(annotations: Record<string, string>): EntityFilterSet {
  const entries = Object.entries(annotations).map(
    ([key, value]) => [`metadata.annotations.${key}`, value] as const,
  );
  if (entries.length === 0)
    throw new RefusalError('ERR_CATALOG_QUERY_UNSAFE', { hint: 'No annotation is named.' });
  return { kind: 'user', ...Object.fromEntries(entries) };
}

function filterSets(filter: EntityFilterSet | EntityFilterSet[]): EntityFilterSet[] {
  const sets = Array.isArray(filter) ? filter : [filter];
  if (sets.length === 0) throw new RefusalError('ERR_CATALOG_QUERY_UNSAFE', { hint: 'The filter is empty.' });
  return sets.map((set) =>
    Object.keys(set).some((key) => asciiLowerCase(key) === 'kind') ? set : { ...set, kind: 'user' },
  );
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unsafeCharacter = /[,\u0000-\u001f\u007f]/;

/** The filter syntax has no escape: a comma in a value would begin another condition. */
function checkValues(set: EntityFilterSet): void {
  for (const [key, value] of Object.entries(set)) {
    for (const one of [value].flat() as unknown[]) {
      if (typeof one !== 'symbol' && typeof one !== 'string') {
        throw new RefusalError('ERR_CATALOG_QUERY_UNSAFE', {
          hint: `The value for ${key} is no text, but ${one === null ? 'null' : typeof one}.`,
        });
      }
      const unsafe = typeof one !== 'symbol' && (one === '' || one.length > 200 || unsafeCharacter.test(one));
      if (unsafe || /[=,]/.test(key)) {
        throw new RefusalError('ERR_CATALOG_QUERY_UNSAFE', {
          hint: `The value for ${key} cannot be asked for safely.`,
        });
      }
    }
  }
}

function matchesSet(entity: Entity, set: EntityFilterSet): boolean {
  return Object.entries(set).every(([key, expected]) => {
    const found = valuesAt(entity, key);
    return [expected].flat().some((one) => {
      if (typeof one === 'symbol') return found.length > 0;
      return found.some((value) => isSame(key, value, one));
    });
  });
}

/** Names, and addresses: `spec.profile.email`, and annotations such as `google.com/email`. */
const caseInsensitiveKey =
  /^(?:kind|metadata\.name|metadata\.namespace|spec\.profile\.email|metadata\.annotations\..*\/email|relations\..*)$/s;

function isSame(key: string, found: string, expected: string): boolean {
  if (found === expected) return true;
  return caseInsensitiveKey.test(asciiLowerCase(key)) && asciiLowerCase(found) === asciiLowerCase(expected);
}

/** The strings at a filter key; names of annotations and labels may hold dots. */
function valuesAt(entity: Entity, key: string): string[] {
  const [, map, name] = /^metadata\.(annotations|labels)\.(.+)$/s.exec(key) ?? [];
  if (map && name) return textsOf(own(own(entity.metadata, map), name));
  if (key.startsWith('relations.')) {
    const type = asciiLowerCase(key.slice('relations.'.length));
    return (entity.relations ?? [])
      .filter((one) => asciiLowerCase(one.type) === type)
      .map((one) => one.targetRef);
  }
  return textsOf(key.split('.').reduce<unknown>(own, entity));
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string');
}

const wholeEntity = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  relations: z.array(z.looseObject({ type: z.string(), targetRef: z.string() })).optional(),
});

/** Whether it has a kind, a name, and relations that lead somewhere: garbage is the catalog's fault, not the person's. */
export function isWholeEntity(given: unknown): given is Entity {
  return wholeEntity.safeParse(given).success;
}
