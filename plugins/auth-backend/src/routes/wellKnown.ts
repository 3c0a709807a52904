/** The discovery document (OpenID Connect Discovery 1.0 section 4) and the key set (RFC 7517). */
import type { Context } from 'koa';
import { signingAlgorithms } from '../keys/algorithms.ts';
import type { Surroundings } from './surroundings.ts';

export function openIdConfiguration(ctx: Context, { baseUrl }: Surroundings): void {
  ctx.body = {
    issuer: baseUrl,
    token_endpoint: `${baseUrl}/v1/token`,
    userinfo_endpoint: `${baseUrl}/v1/userinfo`,
    jwks_uri: `${baseUrl}/.well-known/jwks.json`,
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    scopes_supported: ['openid'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    claims_supported: ['sub', 'ent'],
    grant_types_supported: ['authorization_code'],
    authorization_endpoint: `${baseUrl}/v1/authorize`,
    code_challenge_methods_supported: ['S256', 'plain'],
  };
}

export function keySet(ctx: Context, { keys }: Surroundings): void {
  ctx.type = 'application/json; charset=utf-8';
  ctx.body = keys.publicKeySet();
}
