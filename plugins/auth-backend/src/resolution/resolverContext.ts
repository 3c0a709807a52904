/** What a resolver can do, for one login. What it issues takes effect only when the login is allowed. */
import { isFullEntityRef, parseEntityRef, stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import type {
  AuthOwnershipResolver,
  AuthResolverContext,
  IssueTokenParameters,
  SignInResult,
} from '@vestibule/plugin-auth-node';
import type { Decision } from '../decisions/decision.ts';
import { RefusalError } from '../errors.ts';
import type { IssuedToken, UserTokenClaims, UserTokens } from '../identity/userTokens.ts';
import type { CatalogUsers } from './catalogUsers.ts';
import { getDefaultOwnershipEntityRefs } from './ownership.ts';

/** What was issued, found again by the token that the resolver returns. */
export interface IssuedIdentity extends IssuedToken {
  claims: UserTokenClaims;
}

/** Makes contexts. */
export interface ResolverContexts {
  create(options: { decision: Decision; signal: AbortSignal }): {
    context: AuthResolverContext;
    issued: ReadonlyMap<string, IssuedIdentity>;
  };
}

export function createResolverContexts(options: {
  tokens: UserTokens;
  users: CatalogUsers;
  ownershipResolver: () => AuthOwnershipResolver | undefined;
}): ResolverContexts {
  const { tokens, users, ownershipResolver } = options;

  async function resolveOwnershipEntityRefs(entity: Entity): Promise<{ ownershipEntityRefs: string[] }> {
    const resolver = ownershipResolver();
    if (!resolver) return { ownershipEntityRefs: defaultOwnership(entity) };
    return resolver.resolveOwnershipEntityRefs(entity);
  }

  return {
    create({ decision, signal }) {
      const issued = new Map<string, IssuedIdentity>();

      const context: AuthResolverContext = {
        signal,
        pass: (reason) => ({ verdict: 'pass', ...(reason !== undefined && { reason }) }),
        deny: (reason) => ({ verdict: 'deny', reason }),
        resolveOwnershipEntityRefs,

        async issueToken({
          claims: { sub, ent, ...additional },
        }: IssueTokenParameters): Promise<SignInResult> {
          const claims = { sub: fullRef(sub), ent: (ent ?? [sub]).map(fullRef), additional };
          const token = tokens.issue(claims);
          issued.set(token.token, { ...token, claims });
          return {
            token: token.token,
            identity: { type: 'user', userEntityRef: claims.sub, ownershipEntityRefs: claims.ent },
          };
        },

        async findCatalogUser(query) {
          return { entity: await users.find(query, { signal, note: (step) => decision.catalog.push(step) }) };
        },

        async signInWithCatalogUser(query, { dangerousEntityRefFallback: fallback } = {}) {
          try {
            const { entity } = await context.findCatalogUser(query);
            const { ownershipEntityRefs } = await context.resolveOwnershipEntityRefs(entity);
            return await context.issueToken({
              claims: { sub: stringifyEntityRef(entity), ent: ownershipEntityRefs },
            });
          } catch (error) {
            if (!fallback || !(error instanceof RefusalError) || error.code !== 'ERR_USER_NOT_FOUND')
              throw error;
            const sub = stringifyEntityRef(parseEntityRef(fallback.entityRef, { defaultKind: 'User' }));
            return context.issueToken({ claims: { sub, ent: [sub] } });
          }
        },
      };
      return { context, issued };
    },
  };
}

/** A group whose reference cannot be read is the catalog's fault, not the person's. */
function defaultOwnership(entity: Entity): string[] {
  try {
    const refs = getDefaultOwnershipEntityRefs(entity);
    if (refs.every(isFullEntityRef)) return refs;
  } catch {
    // Told below, as for a reference that can be read but that no entity can have.
  }
  throw new RefusalError('ERR_CATALOG_ANSWER_INVALID', {
    hint: 'A memberOf relation of the user leads to no possible group.',
  });
}

/**
 * References go out whole and in lower case, so that one person has one name everywhere. A name is one that an entity
 * can have, or, where somebody signs in without a user in the catalog, a plain e-mail address.
 */
function fullRef(ref: string): string {
  if (isFullEntityRef(ref)) return stringifyEntityRef(parseEntityRef(ref));
  const [, kind = '', namespace = '', address = ''] = /^([^:/]+):([^:/]+)\/([^:/]+@[^:/]+)$/.exec(ref) ?? [];
  if (isFullEntityRef(`${kind}:${namespace}/x`) && plainAddress.test(address)) {
    return stringifyEntityRef({ kind, namespace, name: address });
  }
  throw new RefusalError('ERR_IDENTITY_REF_INVALID', {
    hint: `${JSON.stringify(ref)} is no full entity reference, such as user:default/jane.`,
  });
}

const plainAddress = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}@[A-Za-z0-9][A-Za-z0-9.-]{0,188}[A-Za-z0-9]$/;
