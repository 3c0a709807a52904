/** What a resolver can do, for one login. What it issues takes effect only when the login is allowed. */
import { isObject, type LoggerService } from '@vestibule/backend-plugin-api';
import {
  asciiLowerCase,
  equalsIgnoringAsciiCase,
  parseEntityRef,
  stringifyEntityRef,
} from '@vestibule/catalog-model';
import {
  RefusalError,
  signInCodeOf,
  type AuthResolverContext,
  type CatalogUserQuery,
  type IssueTokenParameters,
  type IssuedToken,
  type OwnershipStep,
  type SignInResult,
  type TokenIssuerService,
  type UserTokenClaims,
} from '@vestibule/plugin-auth-node';
import type { CatalogUsers, LookUp } from './catalogUsers.ts';
import { createRefWarnings, readOwnershipRefs, readSubject } from './issuedRefs.ts';
import type { FoundOwnership, ResolveOwnership } from './ownership.ts';

/** What was issued, found again by the token that the resolver returns. */
export interface IssuedIdentity extends IssuedToken {
  claims: UserTokenClaims;
  ownership: OwnershipStep;
}

/** Makes contexts. */
export interface ResolverContexts {
  /** For whoever looks something up. */
  create(lookUp: LookUp): { context: AuthResolverContext; issued: ReadonlyMap<string, IssuedIdentity> };
}

export function createResolverContexts(options: {
  tokens: TokenIssuerService;
  users: CatalogUsers;
  ownership: ResolveOwnership;
  logger: Pick<LoggerService, 'warn'>;
}): ResolverContexts {
  const { tokens, users, ownership, logger } = options;
  const warnOfRefs = createRefWarnings(logger);

  return {
    create(lookUp) {
      const { draft, budget } = lookUp;
      const issued = new Map<string, IssuedIdentity>();
      // By the very list: a resolver that changes it says what is owned by itself.
      const found = new WeakMap<readonly string[], Omit<FoundOwnership, 'refs'>>();

      const context: AuthResolverContext = {
        get signal() {
          return budget.signal;
        },
        pass: (reason) => ({ verdict: 'pass', ...(reason !== undefined && { reason: String(reason) }) }),
        // Whatever a resolver in plain JavaScript gives: it goes into messages and the record.
        deny: (reason) => ({ verdict: 'deny', reason: String(reason) }),

        async resolveOwnershipEntityRefs(entity) {
          const { refs, ...how } = await ownership(entity, { draft, budget });
          found.set(refs, how);
          return { ownershipEntityRefs: refs };
        },

        async issueToken(given: IssueTokenParameters): Promise<SignInResult> {
          const { sub, ent, ...additional } = claimsOf(given);
          // A copy of the rest: what is issued stays what it is, whatever the resolver does with its claims afterwards.
          const { refs, leftOut } = readOwnershipRefs(ent);
          const claims = {
            sub: readSubject(sub),
            ent: refs,
            additional: JSON.parse(JSON.stringify(additional)) as Record<string, unknown>,
          };
          const token = await tokens.issue(claims);
          const how = found.get(ent) ?? { source: 'resolver' };
          const ownership = {
            size: refs.length,
            ...how,
            ...(leftOut.length > 0 && { leftOut: [...(how.leftOut ?? []), ...leftOut] }),
          };
          const { expiresAtEpochSeconds } = token;
          issued.set(token.token, { token: token.token, expiresAtEpochSeconds, claims, ownership });
          warnOfRefs(draft.provider, { ...claims, leftOut: ownership.leftOut ?? [] });
          return {
            token: token.token,
            identity: { type: 'user', userEntityRef: claims.sub, ownershipEntityRefs: [...claims.ent] },
          };
        },

        async findCatalogUser(query) {
          return { entity: await users.find(query, lookUp) };
        },

        async signInWithCatalogUser(query, { dangerousEntityRefFallback: fallback } = {}) {
          try {
            const { entity } = await context.findCatalogUser(query);
            const { ownershipEntityRefs } = await context.resolveOwnershipEntityRefs(entity);
            return await context.issueToken({
              claims: { sub: stringifyEntityRef(entity), ent: ownershipEntityRefs },
            });
          } catch (error) {
            if (!fallback || signInCodeOf(error) !== 'ERR_USER_NOT_FOUND') throw error;
            const sub = fallbackRef(fallback.entityRef);
            // Whoever is in the catalog under that name is somebody else: the query did not find them.
            if (!isAskedFor(query, sub) && (await users.isTaken(sub, lookUp))) {
              throw new RefusalError('ERR_EPHEMERAL_NAME_TAKEN', {
                hint: `${sub}, under which dangerousEntityRefFallback would sign in, is in the catalog and was not found by the query.`,
                cause: error,
              });
            }
            return context.issueToken({ claims: { sub, ent: [sub] } });
          }
        },
      };
      return { context, issued };
    },
  };
}

/** Of a resolver, which may be written in JavaScript. */
function claimsOf(given: Partial<IssueTokenParameters> | undefined) {
  const claims: unknown = given?.claims;
  if (!isObject(claims)) {
    throw new RefusalError('ERR_IDENTITY_REF_INVALID', {
      hint: 'issueToken was given no claims; it takes { claims: { sub, ent } }.',
    });
  }
  const { sub, ent = [sub] } = claims;
  if (Array.isArray(ent)) return Object.assign({}, claims, { sub, ent: ent as unknown[] as string[] });
  throw new RefusalError('ERR_IDENTITY_REF_INVALID', { hint: "The claim 'ent' is no list." });
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 200);
}

type RefInput = Extract<CatalogUserQuery, { entityRef: unknown }>['entityRef'];

/** A fallback names a person: a value of the provider that happens to name another kind is refused. */
function fallbackRef(given: RefInput): string {
  const ref = partsOf(given);
  // A slash would lead out of the namespace for whoever splits at the last one.
  const isUser =
    ref && equalsIgnoringAsciiCase(ref.kind, 'user') && ![ref.namespace, ref.name].join('').includes('/');
  if (isUser) return readSubject(stringifyEntityRef(ref));
  throw new RefusalError('ERR_IDENTITY_REF_INVALID', {
    hint: `dangerousEntityRefFallback names no user: ${shown(given)}`,
  });
}

/** Whether the query was for that reference itself, letter for letter, so that nobody is there under it. */
function isAskedFor(query: CatalogUserQuery, ref: string): boolean {
  const asked = 'entityRef' in query ? partsOf(query.entityRef) : undefined;
  return asked !== undefined && `${asciiLowerCase(asked.kind)}:${asked.namespace}/${asked.name}` === ref;
}

function partsOf(given: RefInput) {
  try {
    return parseEntityRef(given, { defaultKind: 'User' });
  } catch {
    return undefined;
  }
}
