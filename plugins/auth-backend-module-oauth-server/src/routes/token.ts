/** `POST /v1/token`: a code or a refresh token becomes a user token (RFC 6749 section 3.2). */
import type { Context } from 'koa';
import { withBudget } from '@vestibule/plugin-auth-node';
import type { OAuthServer } from '../oauthServer.ts';
import type { CallingClient, ClientCredentials, OAuthClients } from '../clients/clients.ts';
import { OAuthError } from '../oauthError.ts';
import type { TokenAnswer } from '../grants/tokenEndpoint.ts';
import { readClientCredentials } from './clientCredentials.ts';
import { answerOAuth } from './oauthResponse.ts';
import { readFields, type Fields } from './readBody.ts';

export async function token(ctx: Context, server: OAuthServer): Promise<void> {
  await answerOAuth(ctx, server, async () => giveToken(ctx, server));
}

async function giveToken(
  ctx: Context,
  { clients, tokenEndpoint, settings }: OAuthServer,
): Promise<TokenAnswer> {
  const fields = await readFields(ctx);
  const credentials = readClientCredentials(ctx, fields);
  const client = credentials && (await callerOf(credentials, clients));
  const grantType = required(fields, 'grant_type');
  if (grantType === 'authorization_code') {
    return tokenEndpoint.redeemCode({
      client,
      code: required(fields, 'code'),
      redirectUri: required(fields, 'redirect_uri'),
      codeVerifier: fields.get('code_verifier') || undefined,
    });
  }
  if (grantType === 'refresh_token' && settings.refreshTokens) {
    const refreshToken = required(fields, 'refresh_token');
    const scope = fields.get('scope') || undefined;
    return withBudget(async ({ signal }) => tokenEndpoint.refresh({ client, refreshToken, scope, signal }));
  }
  throw new OAuthError('unsupported_grant_type', 'This grant_type is not supported');
}

/**
 * Whoever only names itself is compared with what it presents, and need not be known: the code or token of another client
 * is `invalid_grant`, whoever says so.
 *
 * @throws OAuthError `invalid_client`, `temporarily_unavailable`.
 */
async function callerOf(credentials: ClientCredentials, clients: OAuthClients): Promise<CallingClient> {
  if (credentials.method === 'none') return { id: credentials.clientId, isProven: false };
  const { id } = await clients.authenticate(credentials);
  return { id, isProven: true };
}

function required(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (!value) throw new OAuthError('invalid_request', `'${name}' is missing`);
  return value;
}
