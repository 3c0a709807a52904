/** `POST /v1/register`: a client registers itself (RFC 7591 section 3). Anybody may; what for, users decide. */
import type { Context } from 'koa';
import type { OAuthServer } from '../oauthServer.ts';
import { answerOAuth } from './oauthResponse.ts';
import { readJson } from './readBody.ts';

export async function register(ctx: Context, server: OAuthServer): Promise<void> {
  await answerOAuth(ctx, server, async () => {
    const registered = await server.clients.register(await readJson(ctx));
    server.logger.info('OAuth server: a client registered itself', { client: registered.client_id });
    ctx.status = 201;
    return registered;
  });
}
