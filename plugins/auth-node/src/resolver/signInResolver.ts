/** The contract of sign-in resolvers: from a login at a provider to an identity in the portal. */
import type { Entity } from '@vestibule/catalog-model';
import type { EntityFilter } from '@vestibule/plugin-catalog-node';
import type { ProfileInfo } from '../provider/profileInfo.ts';

/** The login that is to be resolved. @public */
export interface SignInInfo<TResult = unknown> {
  profile: ProfileInfo;
  /** What the provider gave, for example `{ fullProfile: { tokenset, userinfo } }` for OpenID Connect. */
  result: TResult;
  /** Who signed in, as the provider names them: unique and stable within the issuer. Proxies and hosted modules tell none. */
  subject?: string;
  /** The ID token's issuer, or the vendor's base URL; there where `subject` is. */
  issuer?: string;
  /**
   * What the verified ID token or userinfo says of the person, by the names of claims; of GitHub, what identifies an account.
   * Absent where the provider tells none, as proxies and hosted modules do.
   */
  claims?: Readonly<Record<string, unknown>>;
}

/** A portal identity. @public */
export interface UserIdentity {
  type: 'user';
  /** Full entity reference, for example `user:default/jane`. */
  userEntityRef: string;
  /** Full entity references. */
  ownershipEntityRefs: string[];
}

/**
 * What a resolver returns to sign somebody in: what `ctx.issueToken` or `ctx.signInWithCatalogUser` gave, as it is. A token
 * that was issued and not returned is worth nothing.
 *
 * @public
 */
export interface SignInResult {
  /** A JWT; the one that this login's context issued. */
  token: string;
  identity?: UserIdentity;
}

/** This resolver knows nothing about the login; the next one is asked. Made by `ctx.pass`. @public */
export interface SignInPass {
  readonly verdict: 'pass';
  readonly reason?: string;
}

/** Nobody is signed in, and no further resolver is asked. Made by `ctx.deny`. @public */
export interface SignInDenial {
  readonly verdict: 'deny';
  readonly reason: string;
}

/** What a resolver says: this is the identity, ask the next one, or nobody is signed in. @public */
export type SignInVerdict = SignInResult | SignInPass | SignInDenial;

/** How to find a user: by exactly one of these. @public */
export type CatalogUserQuery =
  | {
      /** A reference, or its parts; the kind defaults to `User`, the namespace to `default`. */
      entityRef: string | { kind?: string; namespace?: string; name: string };
    }
  | {
      /** All of these annotations with exactly these values. */
      annotations: Record<string, string>;
    }
  | {
      /** `kind: User` is added to each set that names no kind. */
      filter: EntityFilter;
    };

/** What a token is to say, for example `{ claims: { sub: 'user:default/jane' } }`. @public */
export interface IssueTokenParameters {
  claims: {
    /** Full entity reference of the user. */
    sub: string;
    /** Full entity references of what the user owns. Default: the user alone. */
    ent?: string[];
    /** Further claims; `iss`, `aud`, `iat`, `exp` and `uip` are ours. */
    [claim: string]: unknown;
  };
}

/** What a resolver can do. @public */
export interface AuthResolverContext {
  /**
   * Issues a token for a user, in the catalog or not.
   *
   * @returns The identity, with references in lower case. It takes effect when the resolver returns it and the gates have
   *   let it in.
   * @throws `ERR_IDENTITY_REF_INVALID` where `sub` is no full entity reference, `ERR_IDENTITY_REF_UNSAFE` where it could be
   *   taken for another. A member of `ent` of either kind is left out, and named in the decision.
   * @throws `ERR_TOKEN_TOO_LARGE` naming the number of groups.
   */
  issueToken(parameters: IssueTokenParameters): Promise<SignInResult>;
  /**
   * Finds exactly one user.
   *
   * @throws NotFoundError `ERR_USER_NOT_FOUND`, which passes on to the next resolver when it is not caught.
   * @throws ConflictError `ERR_AMBIGUOUS_MATCH`.
   * @throws `ERR_CATALOG_QUERY_UNSAFE` for a value that would change the meaning of the query.
   * @throws `ERR_CATALOG_UNAVAILABLE`, `ERR_CATALOG_ANSWER_INVALID`; at a refresh neither ends a session.
   */
  findCatalogUser(query: CatalogUserQuery): Promise<{ entity: Entity }>;
  /**
   * Finds a user, resolves what they own, and issues the token. Throws what those throw.
   *
   * @example
   * ```ts
   * return ctx.signInWithCatalogUser({ annotations: { 'acme.example/employee-number': number } });
   * ```
   */
  signInWithCatalogUser(
    query: CatalogUserQuery,
    options?: {
      /**
       * The user to sign in as, owning nothing but themself, where the query finds nobody. Default: nobody.
       *
       * A reference that the catalog has all the same belongs to somebody else: `ERR_EPHEMERAL_NAME_TAKEN`. One that
       * is none, or of another kind than `User`: `ERR_IDENTITY_REF_INVALID`, or as `issueToken` throws.
       */
      dangerousEntityRefFallback?: {
        entityRef: string | { kind?: string; namespace?: string; name: string };
      };
    },
  ): Promise<SignInResult>;
  /**
   * What a user owns: full references, as `auth.ownership` of the config or a module's own resolver says.
   *
   * @throws `ERR_CATALOG_UNAVAILABLE`, `ERR_CATALOG_ANSWER_INVALID`, `ERR_TOKEN_TOO_LARGE` above 10,000 references.
   */
  resolveOwnershipEntityRefs(entity: Entity): Promise<{ ownershipEntityRefs: string[] }>;
  /**
   * Passes on to the next resolver. The reason is for the operator: words, or a code of the closed list. Where every
   * resolver passes with `ERR_PROFILE_NO_EMAIL`, the person is told that it is the address that is missing.
   */
  pass(reason?: string): SignInPass;
  /** Refuses the sign-in. The reason is for the operator: words, or a code of the closed list. */
  deny(reason: string): SignInDenial;
  /** Ends 15 s after the request came in; a resolver that is not done by then is `ERR_RESOLVER_TIMEOUT`. */
  readonly signal: AbortSignal;
}

/**
 * Maps a login to an identity.
 *
 * What it throws: `NotFoundError` passes on to the next resolver; an error with a code of the closed list is that code;
 * one that shows a fault (`TypeError`, a network error, `ServiceUnavailableError`, …) is `ERR_RESOLVER_FAILED`, which ends
 * no session; any other refuses with `ERR_RESOLVER_DENIED`, and its words are for the operator.
 *
 * @example
 * ```ts
 * const byAddress: SignInResolver = async ({ profile }, ctx) =>
 *   profile.email === undefined
 *     ? ctx.pass('no address')
 *     : ctx.signInWithCatalogUser({ filter: { 'spec.profile.email': profile.email } });
 * ```
 * @public
 */
export type SignInResolver<TResult = unknown> = (
  info: SignInInfo<TResult>,
  context: AuthResolverContext,
) => Promise<SignInVerdict> | SignInVerdict;

/** A resolver as an object, for example an instance of an `@Inject` class. @public */
export interface SignInResolverObject<TResult = unknown> {
  resolve: SignInResolver<TResult>;
}
