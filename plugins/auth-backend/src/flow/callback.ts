/**
 * `GET|POST /<provider>/handler/frame`: the provider sends the browser back.
 *
 * What each step proves: opening the attempt, that this browser began it here; consuming it, that it was not finished
 * before; the exchange, who the person is at the provider; resolution, who they are in the portal. Only then is there a
 * session.
 */
import { redirect } from '@vestibule/koa-handler';
import type { Context } from 'koa';
import { CodedError, NotImplementedError } from '@vestibule/backend-plugin-api';
import {
  budgetSignal,
  isRefreshable,
  RefusalError,
  sendPopupPage,
  withinBudget,
} from '@vestibule/plugin-auth-node';
import type { AuthTransaction } from '../transactions/transaction.ts';
import type { TransactionCookies } from '../transactions/transactionCookies.ts';
import { backstageIdentityOf, providerInfoOf, type AuthResponse } from '../authResponse.ts';
import { beginRecord, addSecrets, type RecordDraft } from '../record/recordDraft.ts';
import type { OAuthInstance, ProviderEntry } from '../providers/instances.ts';
import { identityOf, tokensOf } from '../sessions/renewTokens.ts';
import { keepSession } from './keepSession.ts';
import { sendRefusal, sendRefusedRequest } from './refusalPage.ts';
import { finishBackstage } from './backstage.ts';
import { readQuery, type Query } from '../http/query.ts';
import { findEnvironment, findProvider, parameter, type FlowContext } from './flowContext.ts';

/** A callback that belongs to a sign-in, as far as its address tells. */
interface CallbackRequest {
  entry: Extract<ProviderEntry, { kind: 'oauth' | 'hosted' }>;
  query: Query;
  state: string;
  environment: string | undefined;
}

export async function callback(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  let request: CallbackRequest;
  try {
    request = readCallback(ctx, flow, providerId);
  } catch (error) {
    // As at a start. Where the sign-in began is in its cookie, which nobody can find without a state.
    if (!(error instanceof CodedError) || ctx.accepts('json', 'html') !== 'html') throw error;
    sendRefusedRequest(ctx, { error, target: undefined, ...flow });
    return;
  }
  const { entry, query, state, environment } = request;
  const record = beginRecord({
    event: 'sign-in',
    providerId,
    ...(environment !== undefined && { environment }),
    logger: flow.logger,
    clock: flow.clock,
    records: flow.records,
  });
  let transaction: AuthTransaction | undefined;
  try {
    const jars = entry.kind === 'oauth' ? [...entry.environments.values()] : [entry];
    const opened = openTransaction(ctx, jars, state);
    // Sealed, so it was matched; but the allow-list may have changed since, and then nothing goes there any more.
    if (!flow.targets.isAllowed(opened.transaction)) throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED');
    transaction = opened.transaction;
    if (transaction.environment !== '') record.draft.environment = transaction.environment;
    if (environment !== undefined && environment !== transaction.environment)
      throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
    if (opened.expired) throw new RefusalError('ERR_AUTH_ATTEMPT_EXPIRED');
    await markUsed(flow, transaction);
    record.keep('any');
    const { draft } = record;
    addSecrets(draft, [state, query.get('code'), transaction.nonce, transaction.codeVerifier]);
    addSecrets(draft, Object.values(transaction.hosted?.cookies ?? {}));
    const response =
      entry.kind === 'hosted'
        ? await finishBackstage(ctx, flow, { instance: entry, transaction, query, draft })
        : await finish(ctx, flow, {
            instance: findEnvironment(entry, transaction.environment),
            transaction,
            query,
            draft,
          });
    record.allow();
    answer(ctx, flow, transaction, response);
  } catch (error) {
    sendRefusal(ctx, { error, transaction, record: await record.refuse(error), ...flow });
  }
}

/** @throws CodedError for an address that no sign-in ends at. */
function readCallback(ctx: Context, flow: FlowContext, providerId: string): CallbackRequest {
  const entry = findProvider(flow, providerId);
  if (entry.kind === 'proxy') throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  const state = parameter(query, 'state');
  const environment = parameter(query, 'env');
  if (state === undefined) {
    throw new RefusalError(environment === undefined ? 'ERR_AUTH_ENV_MISSING' : 'ERR_AUTH_STATE_MISSING');
  }
  if (environment !== undefined && entry.kind === 'oauth') findEnvironment(entry, environment);
  return { entry, query, state, environment };
}

/** @throws `ERR_AUTH_STATE_MISMATCH` where no cookie of this browser opens with the state. */
function openTransaction(
  ctx: Context,
  jars: readonly { transactions: TransactionCookies }[],
  state: string,
): { transaction: AuthTransaction; expired: boolean } {
  for (const { transactions } of jars) {
    const opened = transactions.take(ctx.req, ctx.res, state);
    if (opened.found !== 'nothing')
      return { transaction: opened.transaction, expired: opened.found === 'expired' };
  }
  throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
}

/** @throws `ERR_AUTH_ATTEMPT_REPLAYED`; `ERR_AUTH_UNAVAILABLE` while the database is away. */
async function markUsed({ usedStates }: FlowContext, transaction: AuthTransaction): Promise<void> {
  const isFirst = await usedStates.markUsed(transaction).catch((error: unknown) => {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error, hint: 'The database did not answer.' });
  });
  if (!isFirst) throw new RefusalError('ERR_AUTH_ATTEMPT_REPLAYED');
}

async function finish(
  ctx: Context,
  flow: FlowContext,
  {
    instance,
    transaction,
    query,
    draft,
  }: {
    instance: OAuthInstance;
    transaction: AuthTransaction;
    query: Query;
    draft: RecordDraft;
  },
): Promise<AuthResponse> {
  const { evaluator, shortSessions, clock } = flow;
  const { provider, providerId, environment, persistsScopes, policy, questions } = instance;
  const signal = budgetSignal();
  const grant = await withinBudget(
    signal,
    provider.exchange({
      parameters: new URLSearchParams([...query]),
      state: transaction.handle,
      nonce: transaction.nonce,
      codeVerifier: transaction.codeVerifier,
      scopes: transaction.scopes,
      callbackUrl: instance.callbackUrl,
      questions,
      signal,
    }),
  );
  const now = clock.now();
  const tokens = tokensOf(grant, { requested: transaction.scopes, persistsScopes, now });
  addSecrets(draft, [tokens.accessToken, tokens.refreshToken, tokens.idToken]);
  const login = identityOf(grant, questions);
  const { profile, issued } = await evaluator.evaluate({ login, policy, draft, signal });

  // Without a refresh token there is nothing to renew: the session lasts as long as the access token.
  const longest = now + instance.sessionMilliseconds;
  const canRenew = tokens.refreshToken !== undefined && isRefreshable(provider);
  const endsAt = canRenew ? longest : Math.min(longest, tokens.expiresAt ?? longest);
  if (endsAt < longest) {
    const { refreshTokenAdvice: advice } = instance;
    shortSessions.note({ providerId, environment, draft, milliseconds: endsAt - now, advice });
  }
  await keepSession(ctx, flow, {
    cookie: instance.sessionCookie,
    providerId,
    environment,
    scopes: transaction.scopes,
    tokens,
    identity: { ...login, nonce: transaction.nonce, shown: profile },
    claims: issued?.claims,
    endsAt,
  });
  return {
    profile,
    providerInfo: providerInfoOf(tokens, clock),
    ...(issued && { backstageIdentity: backstageIdentityOf(issued, issued.claims, clock) }),
  };
}

function answer(
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
