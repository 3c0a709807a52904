/** The contract of sign-in resolvers: from a login at a provider to an identity in the portal. */
import type { Entity } from '@vestibule/catalog-model';
import type { EntityFilter } from '@vestibule/plugin-catalog-node';
import type { ProfileInfo } from '../provider/profile.ts';

/** The login that is to be resolved. @public */
export interface SignInInfo<TResult = unknown> {
  profile: ProfileInfo;
  /** What the provider gave, for example `{ fullProfile: { tokenset, userinfo } }` for OpenID Connect. */
  result: TResult;
  /** Who signed in, as the provider names them: unique and stable within the issuer. Proxies and hosted modules tell none. */
  subject?: string;
  /** The ID token's issuer, or the vendor's base URL; there where `subject` is. */
  issuer?: string;
}

/** A portal identity. @public */
export interface UserIdentity {
  type: 'user';
  /** Full entity reference, for example `user:default/jane`. */
  userEntityRef: string;
  /** Full entity references. */
  ownershipEntityRefs: string[];
}

/** What a resolver returns to sign somebody in. @public */
export interface SignInResult {
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

/** @public */
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

/** @public */
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
   * @throws `ERR_IDENTITY_REF_INVALID` where `sub` or a member of `ent` is no full entity reference.
   * @throws `ERR_TOKEN_TOO_LARGE` naming the number of groups.
   */
  issueToken(parameters: IssueTokenParameters): Promise<SignInResult>;
  /**
   * Finds exactly one user.
   *
   * @throws NotFoundError `ERR_USER_NOT_FOUND`, which passes on to the next resolver when it is not caught.
   * @throws ConflictError `ERR_AMBIGUOUS_MATCH`.
   * @throws `ERR_CATALOG_UNAVAILABLE`, `ERR_CATALOG_ANSWER_INVALID`.
   */
  findCatalogUser(query: CatalogUserQuery): Promise<{ entity: Entity }>;
  /** Finds a user, resolves what they own, and issues the token. Throws what those throw. */
  signInWithCatalogUser(
    query: CatalogUserQuery,
    options?: {
      dangerousEntityRefFallback?: {
        entityRef: string | { kind?: string; namespace?: string; name: string };
      };
    },
  ): Promise<SignInResult>;
  /** What a user owns. */
  resolveOwnershipEntityRefs(entity: Entity): Promise<{ ownershipEntityRefs: string[] }>;
  /** Passes on to the next resolver. The reason is for the operator. */
  pass(reason?: string): SignInPass;
  /** Refuses the sign-in. The reason is for the operator. */
  deny(reason: string): SignInDenial;
  /** Ends when the sign-in has taken too long. */
  readonly signal: AbortSignal;
}

/**
 * Maps a login to an identity. A thrown `NotFoundError` passes on to the next resolver; any other error stops.
 *
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
