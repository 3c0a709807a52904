/** What resolvers see as `info.result` after a login with OpenID Connect. */

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

/** The userinfo document; `sub` is verified, everything else is as the provider gave it. @public */
export interface OidcUserinfo {
  sub: string;
  [claim: string]: unknown;
}

/** @public */
export interface OidcResult {
  fullProfile: {
    tokenset: OidcTokenSet;
    userinfo: OidcUserinfo;
  };
}
