/** The discovery document (OpenID Connect Discovery 1.0 section 4) and the key set (RFC 7517). */
import { signingAlgorithms } from '@vestibule/plugin-auth-node';
import type { RouteContext } from '@vestibule/koa-handler';
import type { FlowContext } from './signInFlow.ts';

/**
 * While nobody sets what an authorization server does, the members are those that Backstage has then, so that clients which
 * read the issuer or the key set find them; the endpoints among them are not there.
 */
export function openIdMetadata({ baseUrl, serverMetadata }: Pick<FlowContext, 'baseUrl' | 'serverMetadata'>) {
  return {
    issuer: baseUrl,
    token_endpoint: `${baseUrl}/v1/token`,
    userinfo_endpoint: `${baseUrl}/v1/userinfo`,
    jwks_uri: `${baseUrl}/.well-known/jwks.json`,
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    scopes_supported: ['openid'],
    token_endpoint_auth_methods_supported: [],
    claims_supported: ['sub', 'ent'],
    grant_types_supported: ['authorization_code'],
    authorization_endpoint: `${baseUrl}/v1/authorize`,
    code_challenge_methods_supported: ['S256'],
    ...serverMetadata,
  };
}

export function openIdConfiguration(ctx: RouteContext, flow: FlowContext): void {
  ctx.body = openIdMetadata(flow);
}

/** The metadata document of Backstage's command, where no module answers before: the command reads that it is to do without. */
export function cliClientMissing(ctx: RouteContext): void {
  ctx.status = 404;
  ctx.body = { error: 'not_found', error_description: 'Client ID metadata documents not enabled' };
}

export function keySet(ctx: RouteContext, { keys }: FlowContext): void {
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = keys.publicKeySet();
}
