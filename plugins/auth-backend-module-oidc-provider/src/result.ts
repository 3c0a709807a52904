/** What resolvers see as `info.result` after a login with OpenID Connect. */
import type { OpenIdLogin } from '@vestibule/plugin-auth-node';

/** The token endpoint's answer, without the refresh token. Plain JSON. @public */
export interface OidcTokenSet {
  access_token: string;
  token_type: string;
  /** Its claims have been verified. At a refresh it is there only if the provider gave a new one. */
  id_token?: string;
  scope?: string;
  /** Seconds since the epoch. */
  expires_at?: number;
  session_state?: string;
}

/**
 * The userinfo document, or the claims of the ID token for a provider that has none; `sub` is verified, everything else
 * is as the provider gave it.
 *
 * @public
 */
export interface OidcUserinfo {
  sub: string;
  [claim: string]: unknown;
}

/** `info.result` of an OpenID Connect login, as Backstage's module gives it. @public */
export interface OidcResult {
  fullProfile: {
    tokenset: OidcTokenSet;
    userinfo: OidcUserinfo;
  };
  /**
   * What is known of the person: userinfo, and of the verified ID token what userinfo lacks. Absent from sessions that an
   * earlier version began.
   */
  claims?: OidcUserinfo;
}

export function oidcResultOf({
  claims,
  userinfo = claims,
  tokens,
  sessionState,
  answeredAt,
}: OpenIdLogin): OidcResult {
  const { accessToken, tokenType, idToken, scopes, expiresInSeconds } = tokens;
  return {
    fullProfile: {
      tokenset: {
        access_token: accessToken,
        token_type: tokenType,
        ...(idToken !== undefined && { id_token: idToken }),
        ...(scopes && { scope: scopes.join(' ') }),
        ...(expiresInSeconds !== undefined && {
          expires_at: Math.floor(answeredAt / 1000) + expiresInSeconds,
        }),
        ...(sessionState !== undefined && { session_state: sessionState }),
      },
      userinfo,
    },
    claims,
  };
}

/** The claims that config can map to groups. */
export function oidcClaimsOf({ fullProfile, claims }: OidcResult): Readonly<Record<string, unknown>> {
  return claims ?? fullProfile.userinfo;
}
