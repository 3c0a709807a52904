/** `POST /v1/register`: a client registers itself (RFC 7591 section 3). Anybody may; what for, users decide. */
import type { Context } from 'koa';
import type { OAuthServer } from '../../oauthServer/oauthServer.ts';
import type { FlowContext } from '../../flow/flowContext.ts';
import { answerOAuth } from './oauthAnswer.ts';
import { readJson } from './readBody.ts';

export async function register(
  ctx: Context,
  flow: FlowContext,
  { clients }: Pick<OAuthServer, 'clients'>,
): Promise<void> {
  await answerOAuth(ctx, flow, async () => {
    const registered = await clients.register(await readJson(ctx));
    flow.logger.info('OAuth server: a client registered itself', { client: registered.client_id });
    ctx.status = 201;
    return registered;
  });
}
