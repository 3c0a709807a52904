/** The discovery document (OpenID Connect Discovery 1.0 section 4) and the key set (RFC 7517). */
import type { Context } from 'koa';
import { signingAlgorithms } from '@vestibule/plugin-auth-node';
import type { OAuthServerSettings } from '../oauthServer/settings.ts';
import type { FlowContext } from './flowContext.ts';

/**
 * With the OAuth server off, the members are those that Backstage has then, so that clients which read the issuer or the
 * key set find them; the endpoints among them are not there. With it on, they are what it does (RFC 8414 section 2).
 */
export function openIdConfiguration(ctx: Context, { baseUrl, oauthServer }: FlowContext): void {
  const { settings, scopes } = oauthServer ?? {};
  const methods = settings ? clientMethods(settings) : [];
  ctx.body = {
    issuer: baseUrl,
    token_endpoint: `${baseUrl}/v1/token`,
    userinfo_endpoint: `${baseUrl}/v1/userinfo`,
    jwks_uri: `${baseUrl}/.well-known/jwks.json`,
    response_types_supported: ['code', ...(settings ? [] : ['id_token'])],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    scopes_supported: scopes ?? ['openid'],
    token_endpoint_auth_methods_supported: methods,
    claims_supported: ['sub', 'ent'],
    grant_types_supported: ['authorization_code', ...(settings?.refreshTokens ? ['refresh_token'] : [])],
    authorization_endpoint: `${baseUrl}/v1/authorize`,
    code_challenge_methods_supported: ['S256'],
    ...(settings?.registration && { registration_endpoint: `${baseUrl}/v1/register` }),
    ...(settings && {
      revocation_endpoint: `${baseUrl}/v1/revoke`,
      revocation_endpoint_auth_methods_supported: methods,
      response_modes_supported: ['query'],
      authorization_response_iss_parameter_supported: true,
    }),
    ...(settings?.metadataDocuments && { client_id_metadata_document_supported: true }),
  };
}

/** By what the clients that there can be prove themselves. */
function clientMethods({ staticClients, metadataDocuments, registration }: OAuthServerSettings): string[] {
  const hasSecrets = registration || staticClients.some(({ secretHash }) => secretHash !== undefined);
  const hasOthers =
    registration || metadataDocuments || staticClients.some(({ secretHash }) => secretHash === undefined);
  return [
    ...(hasSecrets ? ['client_secret_basic', 'client_secret_post'] : []),
    ...(hasOthers ? ['none'] : []),
  ];
}

export function keySet(ctx: Context, { keys }: FlowContext): void {
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = keys.publicKeySet();
}
