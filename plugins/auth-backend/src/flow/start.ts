/** `GET /<provider>/start`: begins a sign-in and sends the browser to the provider. Nothing is written on the server. */
import { CodedError, NotImplementedError } from '@vestibule/backend-plugin-api';
import type { Context } from 'koa';
import { budgetSignal, withinBudget, randomToken, type SignInRecord } from '@vestibule/plugin-auth-node';
import { redirect } from '@vestibule/koa-handler';
import { readQuery, parameter } from '../http/query.ts';
import { beginRecord, withoutCauses } from '../record/recordDraft.ts';
import { livingSession } from './browserSession.ts';
import { findEnvironment, findProvider } from './findProvider.ts';
import type { FlowContext } from './flowContext.ts';
import { sendRefusedRequest } from './refusalPage.ts';
import { readTarget, type TransactionTarget } from './target.ts';

/** How a start failed; with the record where the provider was asked. */
interface FailedStart {
  error: unknown;
  record?: SignInRecord;
}

export async function start(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  const begun = await begin(ctx, flow, providerId).catch((error: unknown): FailedStart => ({ error }));
  if ('location' in begun) {
    redirect(ctx, begun.location);
    return;
  }
  const { error } = begun;
  // A person who came here with a browser gets a page, a program JSON; both the status of what happened.
  if (!(error instanceof CodedError) || ctx.accepts('json', 'html') !== 'html') throw error;
  sendRefusedRequest(ctx, { ...begun, error, target: matchedTarget(ctx, flow), ...flow });
}

/** @throws CodedError for what is wrong with the request. */
async function begin(
  ctx: Context,
  flow: FlowContext,
  providerId: string,
): Promise<{ location: string } | FailedStart> {
  const entry = findProvider(flow, providerId);
  const { provider, transactions } = entry;
  if (!provider.can.popup) throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  const { environment } = findEnvironment(provider, parameter(query, 'env'));
  const target = readTarget(query, flow);
  const asked = provider.readScopes(parameter(query, 'scope'));
  // From here on a failure is the provider's or ours, and whoever runs the portal wants to know why.
  const record = beginRecord({ event: 'sign-in', providerId, environment, ...flow });
  try {
    const state = randomToken();
    const signal = budgetSignal();
    const { location, scopes, privateState } = await withinBudget(
      signal,
      provider.begin({
        environment,
        http: ctx.req,
        query,
        draft: record.draft,
        contexts: flow.contexts,
        signal,
        state,
        scopes: asked,
        session: async () => livingSession(ctx, flow, entry, environment),
      }),
    );
    const startedAt = flow.clock.now();
    const transaction = { ...target, state, providerId, environment, scopes, privateState, startedAt };
    transactions.begin(ctx.req, ctx.res, transaction);
    return { location };
  } catch (error) {
    record.keep('any');
    const written = await record.refuse(error);
    return { error: withoutCauses(error, written), record: written };
  }
}

/** Where the sign-in would have ended: nothing is posted anywhere else. */
function matchedTarget(ctx: Context, flow: FlowContext): TransactionTarget | undefined {
  try {
    return readTarget(readQuery(ctx), flow);
  } catch {
    return undefined;
  }
}
