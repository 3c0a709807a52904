/** `POST /v1/register`: a client registers itself (RFC 7591 section 3). Anybody may; what for, users decide. */
import type { Context } from 'koa';
import type { OAuthServer } from '../../oauthServer/oauthServer.ts';
import type { Surroundings } from '../../flow/flowContext.ts';
import { answerOAuth } from './oauthAnswer.ts';
import { readJson } from './readBody.ts';

export async function register(
  ctx: Context,
  surroundings: Surroundings,
  { clients }: Pick<OAuthServer, 'clients'>,
): Promise<void> {
  await answerOAuth(ctx, surroundings, async () => {
    const registered = await clients.register(await readJson(ctx));
    surroundings.logger.info('OAuth server: a client registered itself', { client: registered.client_id });
    ctx.status = 201;
    return registered;
  });
}
