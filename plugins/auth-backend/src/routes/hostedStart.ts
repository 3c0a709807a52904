/** The start of a hosted Backstage module: its redirect is judged before it leaves. */
import type { Context } from 'koa';
import { ProviderAnswerInvalidError } from '@vestibule/plugin-auth-node';
import { runHosted } from '../providers/hostedExchange.ts';
import type { HostedInstance } from '../providers/instances.ts';
import type { Query } from './query.ts';

export async function startHosted(ctx: Context, { handlers }: HostedInstance, query: Query): Promise<void> {
  const answer = await runHosted({
    handler: (request, response) => handlers.start(request, response),
    request: ctx.req,
    query: Object.fromEntries(query),
    cookies: {},
  });
  if (answer.location === undefined || !/^https?:/.test(answer.location)) {
    throw new ProviderAnswerInvalidError('the provider module gave no address to go to');
  }
  ctx.status = answer.status;
  ctx.set('Location', answer.location);
  ctx.body = '';
}
