/** What the server does, as clients read it in the discovery document (RFC 8414 section 2). */
import type { AuthServerMetadata } from '@vestibule/plugin-auth-node';
import type { OAuthServer } from './oauthServer.ts';
import { scopesOf, type OAuthServerSettings } from './settings.ts';

/** The members, over those that the auth plugin has without it. */
export function serverMetadata({
  issuer,
  settings,
}: Pick<OAuthServer, 'issuer' | 'settings'>): AuthServerMetadata {
  const methods = clientMethods(settings);
  return {
    response_types_supported: ['code'],
    scopes_supported: scopesOf(settings),
    token_endpoint_auth_methods_supported: methods,
    grant_types_supported: ['authorization_code', ...(settings.refreshTokens ? ['refresh_token'] : [])],
    revocation_endpoint: `${issuer}/v1/revoke`,
    revocation_endpoint_auth_methods_supported: methods,
    response_modes_supported: ['query'],
    authorization_response_iss_parameter_supported: true,
    ...(settings.registration && { registration_endpoint: `${issuer}/v1/register` }),
    ...(settings.clientMetadataDocuments && { client_id_metadata_document_supported: true }),
  };
}

/** By what the clients that there can be prove themselves. */
function clientMethods({
  staticClients,
  clientMetadataDocuments,
  registration,
}: OAuthServerSettings): string[] {
  const hasSecrets = registration || staticClients.some(({ secretHash }) => secretHash !== undefined);
  const hasOthers =
    registration ||
    clientMetadataDocuments ||
    staticClients.some(({ secretHash }) => secretHash === undefined);
  return [
    ...(hasSecrets ? ['client_secret_basic', 'client_secret_post'] : []),
    ...(hasOthers ? ['none'] : []),
  ];
}
