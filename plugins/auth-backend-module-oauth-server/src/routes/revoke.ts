/**
 * `POST /v1/revoke`: a client gives a refresh token back (RFC 7009), and with it what it was replaced by. User tokens
 * cannot be taken back: nobody asks us about them, and they end soon.
 */
import type { Context } from 'koa';
import type { OAuthServer } from '../oauthServer.ts';
import { OAuthError } from '../oauthError.ts';
import { readClientCredentials } from './clientCredentials.ts';
import { answerOAuth } from './oauthResponse.ts';
import { readFields } from './readBody.ts';

export async function revoke(ctx: Context, server: OAuthServer): Promise<void> {
  await answerOAuth(ctx, server, async () => {
    const fields = await readFields(ctx);
    const credentials = readClientCredentials(ctx, fields);
    const client = credentials && (await server.clients.authenticate(credentials));
    const refreshToken = fields.get('token');
    if (!refreshToken) throw new OAuthError('invalid_request', "'token' is missing");
    const presented = await server.grants.find(refreshToken);
    // What is not known needs no revoking (section 2.2).
    if (presented.found === 'nothing') return undefined;
    const { grant } = presented;
    const owner = client ?? (await server.clients.authenticate({ clientId: grant.clientId, method: 'none' }));
    if (grant.clientId !== owner.id) {
      throw new OAuthError('invalid_grant', 'The token was issued to another client');
    }
    await server.grants.end(grant.id);
    server.logger.info('OAuth server: a client gave its refresh token back', {
      client: owner.id,
      user: grant.userEntityRef,
    });
    return undefined;
  });
}
