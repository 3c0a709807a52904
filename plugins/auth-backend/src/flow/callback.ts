/**
 * `GET|POST /<provider>/handler/frame`: the provider sends the browser back.
 *
 * What each step proves: opening the transaction, that this browser began it here; marking its state as used, that it was
 * not finished before; the exchange, who the person is at the provider; policy, who they are in the portal. Only then is
 * there a session.
 */
import type { Context } from 'koa';
import { NotImplementedError } from '@vestibule/backend-plugin-api';
import { RefusalError, budgetSignal, withinBudget, sendPopupPage } from '@vestibule/plugin-auth-node';
import { redirect } from '@vestibule/koa-handler';
import { type AuthResponse, responseOf } from '../authResponse.ts';
import { readQuery, type Query, parameter } from '../http/query.ts';
import { addSecrets, beginRecord, type RecordDraft } from '../record/recordDraft.ts';
import type { AuthTransaction } from '../transactions/transaction.ts';
import { orUnavailable } from './browserSession.ts';
import { createSession } from './createSession.ts';
import { findEnvironment, findProvider, type FlowProvider } from './findProvider.ts';
import { secretsOf } from '../sessions/session.ts';
import type { FlowContext } from './signInFlow.ts';
import { sendRefusal, sendRefusedRequest } from './refusalPage.ts';

/** A callback that belongs to a sign-in, as far as its address tells. */
interface CallbackRequest {
  entry: FlowProvider;
  query: Query;
  state: string;
  environment: string | undefined;
}

export async function callback(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  let request: CallbackRequest;
  try {
    request = readCallback(ctx, flow, providerId);
  } catch (error) {
    // Where the sign-in began is in its cookie, which nobody can find without a state.
    sendRefusedRequest(ctx, flow, { error });
    return;
  }
  const { entry, query, state, environment } = request;
  const record = beginRecord(flow, { event: 'sign-in', providerId, environment });
  const { draft } = record;
  let transaction: AuthTransaction | undefined;
  try {
    const opened = entry.transactions.take(ctx.req, ctx.res, state);
    if (!opened) throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
    // Sealed, so it was matched; but the allow-list may have changed since, and then nothing goes there any more.
    if (!flow.targets.isAllowed(opened.transaction)) throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED');
    transaction = opened.transaction;
    draft.environment = transaction.environment;
    if (environment !== undefined && environment !== transaction.environment)
      throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
    if (opened.isExpired) throw new RefusalError('ERR_AUTH_ATTEMPT_EXPIRED');
    const isFirst = await orUnavailable(async () => flow.usedStates.markUsed(opened.transaction));
    if (!isFirst) throw new RefusalError('ERR_AUTH_ATTEMPT_REPLAYED');
    record.keep('any');
    addSecrets(draft, [state, query.get('code')]);
    const response = await finish(ctx, flow, { entry, transaction, query, draft });
    record.allow();
    sendResponse(ctx, flow, transaction, response);
  } catch (error) {
    sendRefusal(ctx, flow, { error, transaction, record: await record.refuse(error) });
  }
}

/** @throws CodedError for an address that no sign-in ends at. */
function readCallback(ctx: Context, flow: FlowContext, providerId: string): CallbackRequest {
  const entry = findProvider(flow, providerId);
  const { provider } = entry;
  if (!provider.can.popup) throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  const state = parameter(query, 'state');
  const environment = parameter(query, 'env');
  if (state === undefined) {
    throw new RefusalError(environment === undefined ? 'ERR_AUTH_ENV_MISSING' : 'ERR_AUTH_STATE_MISSING');
  }
  if (environment !== undefined) findEnvironment(provider, environment);
  return { entry, query, state, environment };
}

async function finish(
  ctx: Context,
  flow: FlowContext,
  options: { entry: FlowProvider; transaction: AuthTransaction; query: Query; draft: RecordDraft },
): Promise<AuthResponse> {
  const { entry, transaction, query, draft } = options;
  const { environment, state, scopes, privateState } = transaction;
  const settings = findEnvironment(entry.provider, environment);
  const signal = budgetSignal();
  const { contexts } = flow.policy;
  const request = { environment, http: ctx.req, query, draft, contexts, signal, state, scopes };
  const grant = await withinBudget(signal, entry.provider.finish(request, privateState));
  addSecrets(draft, secretsOf(grant.tokens));
  const outcome = await flow.policy.evaluate({ login: grant, policy: settings.policy, draft, signal });
  await createSession(ctx, flow, { entry, settings, grant, outcome, draft });
  return responseOf(outcome, grant, flow);
}

function sendResponse(
  ctx: Context,
  { targets }: FlowContext,
  transaction: AuthTransaction,
  response: AuthResponse,
): void {
  if (transaction.flow === 'redirect' && transaction.redirectUrl !== undefined) {
    redirect(ctx, transaction.redirectUrl);
    return;
  }
  sendPopupPage(ctx, {
    post: { message: { type: 'authorization_response', response }, targetOrigin: transaction.origin },
    appUrl: targets.appUrl,
    heading: 'You are signed in',
    paragraphs: ['You can close this window.'],
  });
}
