/** The service `vestibule.auth.tokenIssuer`: issues and verifies the tokens of users. */
import { createServiceRef } from '@vestibule/backend-plugin-api';
import { defaultServiceFactory } from './defaultServices.ts';

/** What a token says. @public */
export interface UserTokenClaims {
  /** Full entity reference of the user. */
  sub: string;
  /** Full entity references of what the user owns. */
  ent: readonly string[];
  /** Further claims of the resolver. */
  additional: Readonly<Record<string, unknown>>;
  /**
   * The OAuth client that the token is for. It then stands in `aud` beside `backstage`, and in `azp`, so that the token
   * is a valid ID token for that client (OpenID Connect Core 1.0 section 2) and known as one that a client holds.
   */
  client?: { id: string; nonce?: string };
}

/** An issued token. @public */
export interface IssuedToken {
  token: string;
  expiresAtEpochSeconds: number;
}

/** Whose token it is. @public */
export interface VerifiedUser {
  /** Full entity reference of the user. */
  sub: string;
  /** Limited tokens prove less: they travel in cookies. */
  isLimited: boolean;
  /** The OAuth client that holds the token; absent where a sign-in gave it. */
  clientId?: string;
}

/**
 * Issues and verifies the tokens of users. Replace it with one factory for {@link tokenIssuerServiceRef}.
 *
 * Back ends of Backstage verify these tokens by themselves, with the key set of `/.well-known/jwks.json`: a replacement signs
 * with a key of `signingKeysServiceRef`, and keeps their form (`typ: vnd.backstage.user`, audience `backstage`, and the `uip`
 * from which a limited token is made).
 *
 * @public
 */
export interface TokenIssuerService {
  /**
   * Issues a token that is valid at once.
   *
   * @param options - `lifetimeSeconds`: default what `auth.backstageTokenExpiration` says, 3600 where it says nothing.
   * @throws `ERR_TOKEN_TOO_LARGE` (`RefusalError`) naming the number of ownership references to the operator, and
   *   `ERR_AUTH_UNAVAILABLE` where the key cannot sign now.
   */
  issue(claims: UserTokenClaims, options?: { lifetimeSeconds?: number }): Promise<IssuedToken>;
  /** Of a full or limited user token; `undefined` where it is neither, expired, or not ours. */
  verify(token: string): Promise<VerifiedUser | undefined>;
}

/** Issues and verifies the tokens of users. By default Backstage's form, signed by `signingKeysServiceRef`. @public */
export const tokenIssuerServiceRef = createServiceRef<TokenIssuerService>({
  id: 'vestibule.auth.tokenIssuer',
  defaultFactory: async () => defaultServiceFactory('tokenIssuerServiceFactory'),
});
