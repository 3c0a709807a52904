/** The applications that may send people here. */
import type { ClientMetadata } from 'oidc-provider';
import type { SigningAlgorithm } from './signingKeys.ts';

/** A registered application. @public */
export interface DevIdpClient {
  clientId: string;
  clientSecret: string;
  /** Compared exactly. */
  redirectUris: readonly string[];
  /** Where a browser may come back to from signing out; compared exactly. Default: nowhere. */
  postLogoutRedirectUris?: readonly string[];
  /** Who is told that a session has ended. Default: nobody. */
  backchannelLogoutUri?: string;
  /** Default `client_secret_basic`. */
  tokenEndpointAuthMethod?: 'client_secret_basic' | 'client_secret_post';
  /** Default `RS256`. */
  idTokenSignedResponseAlg?: 'RS256' | 'ES256';
}

/** The client as oidc-provider names things. */
export function clientMetadata(client: DevIdpClient): ClientMetadata {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...(client.postLogoutRedirectUris ?? [])],
    ...(client.backchannelLogoutUri !== undefined && {
      backchannel_logout_uri: client.backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
    response_types: ['code'],
    // Refresh tokens are issued where this is allowed, `offline_access` was asked for and `prompt=consent` was sent.
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: client.tokenEndpointAuthMethod ?? 'client_secret_basic',
    id_token_signed_response_alg: algorithmOf(client),
  };
}

/** With which its ID tokens are signed. */
export function algorithmOf({ idTokenSignedResponseAlg = 'RS256' }: DevIdpClient): SigningAlgorithm {
  return idTokenSignedResponseAlg;
}
