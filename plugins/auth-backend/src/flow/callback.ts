/**
 * `GET|POST /<provider>/handler/frame`: the provider sends the browser back.
 *
 * What each step proves: opening the attempt, that this browser began it here; consuming it, that it was not finished
 * before; the exchange, who the person is at the provider; resolution, who they are in the portal. Only then is there a
 * session.
 */
import type { Context } from 'koa';
import { CodedError, NotImplementedError } from '@vestibule/backend-plugin-api';
import { isRefreshable } from '@vestibule/plugin-auth-node';
import type { Attempt } from '../transactions/transaction.ts';
import type { AttemptCookies } from '../transactions/transactionCookies.ts';
import { backstageIdentityOf, providerInfoOf, type AuthResponse } from '../authResponse.ts';
import { beginDecision, conceal, type Decision } from '../record/recordDraft.ts';
import { RefusalError } from '../errors.ts';
import type { OAuthInstance, ProviderEntry } from '../providers/instances.ts';
import { identityOf, tokensOf } from '../sessions/renewTokens.ts';
import { budgetSignal, withinBudget } from '../http/budget.ts';
import { keepSession } from './keepSession.ts';
import { sendAnswerPage } from '../http/popupPage.ts';
import { sendRefusal, sendRefusedRequest } from './refusalPage.ts';
import { finishHosted } from './backstage.ts';
import { readQuery, type Query } from '../http/query.ts';
import { redirect } from './target.ts';
import { findEnvironment, findProvider, parameter, type Surroundings } from './flowContext.ts';

/** A callback that belongs to a sign-in, as far as its address tells. */
interface CallbackRequest {
  entry: Extract<ProviderEntry, { kind: 'oauth' | 'hosted' }>;
  query: Query;
  state: string;
  environment: string | undefined;
}

export async function callback(ctx: Context, surroundings: Surroundings, providerId: string): Promise<void> {
  let request: CallbackRequest;
  try {
    request = readCallback(ctx, surroundings, providerId);
  } catch (error) {
    // As at a start. Where the sign-in began is in its cookie, which nobody can find without a state.
    if (!(error instanceof CodedError) || ctx.accepts('json', 'html') !== 'html') throw error;
    sendRefusedRequest(ctx, { error, target: undefined, ...surroundings });
    return;
  }
  const { entry, query, state, environment } = request;
  const record = beginDecision({
    event: 'sign-in',
    providerId,
    ...(environment !== undefined && { environment }),
    logger: surroundings.logger,
    clock: surroundings.clock,
    decisions: surroundings.decisions,
  });
  let attempt: Attempt | undefined;
  try {
    const jars = entry.kind === 'oauth' ? [...entry.environments.values()] : [entry];
    const opened = openAttempt(ctx, jars, state);
    // Sealed, so it was matched; but the allow-list may have changed since, and then nothing goes there any more.
    if (!surroundings.targets.isAllowed(opened.attempt))
      throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED');
    attempt = opened.attempt;
    if (attempt.environment !== '') record.decision.environment = attempt.environment;
    if (environment !== undefined && environment !== attempt.environment)
      throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
    if (opened.expired) throw new RefusalError('ERR_AUTH_ATTEMPT_EXPIRED');
    await consume(surroundings, attempt);
    record.keep('any');
    const { decision } = record;
    conceal(decision, [state, query.get('code'), attempt.nonce, attempt.codeVerifier]);
    conceal(decision, Object.values(attempt.hosted?.cookies ?? {}));
    const response =
      entry.kind === 'hosted'
        ? await finishHosted(ctx, surroundings, { instance: entry, attempt, query, decision })
        : await finish(ctx, surroundings, {
            instance: findEnvironment(entry, attempt.environment),
            attempt,
            query,
            decision,
          });
    record.allow();
    answer(ctx, surroundings, attempt, response);
  } catch (error) {
    sendRefusal(ctx, { error, attempt, record: await record.refuse(error), ...surroundings });
  }
}

/** @throws CodedError for an address that no sign-in ends at. */
function readCallback(ctx: Context, surroundings: Surroundings, providerId: string): CallbackRequest {
  const entry = findProvider(surroundings, providerId);
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
function openAttempt(
  ctx: Context,
  jars: readonly { attempts: AttemptCookies }[],
  state: string,
): { attempt: Attempt; expired: boolean } {
  for (const { attempts } of jars) {
    const opened = attempts.take(ctx.req, ctx.res, state);
    if (opened.found !== 'nothing') return { attempt: opened.attempt, expired: opened.found === 'expired' };
  }
  throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
}

/** @throws `ERR_AUTH_ATTEMPT_REPLAYED`; `ERR_AUTH_UNAVAILABLE` while the database is away. */
async function consume({ consumed }: Surroundings, attempt: Attempt): Promise<void> {
  const isFirst = await consumed.consume(attempt).catch((error: unknown) => {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error, hint: 'The database did not answer.' });
  });
  if (!isFirst) throw new RefusalError('ERR_AUTH_ATTEMPT_REPLAYED');
}

async function finish(
  ctx: Context,
  surroundings: Surroundings,
  {
    instance,
    attempt,
    query,
    decision,
  }: {
    instance: OAuthInstance;
    attempt: Attempt;
    query: Query;
    decision: Decision;
  },
): Promise<AuthResponse> {
  const { judge, shortSessions, clock } = surroundings;
  const { provider, providerId, environment, persistsScopes, policy, questions } = instance;
  const signal = budgetSignal();
  const grant = await withinBudget(
    signal,
    provider.exchange({
      parameters: new URLSearchParams([...query]),
      state: attempt.handle,
      nonce: attempt.nonce,
      codeVerifier: attempt.codeVerifier,
      scopes: attempt.scopes,
      callbackUrl: instance.callbackUrl,
      questions,
      signal,
    }),
  );
  const now = clock.now();
  const tokens = tokensOf(grant, { requested: attempt.scopes, persistsScopes, now });
  conceal(decision, [tokens.accessToken, tokens.refreshToken, tokens.idToken]);
  const login = identityOf(grant, questions);
  const { profile, issued } = await judge.judge({ login, policy, decision, signal });

  // Without a refresh token there is nothing to renew: the session lasts as long as the access token.
  const longest = now + instance.sessionMilliseconds;
  const canRenew = tokens.refreshToken !== undefined && isRefreshable(provider);
  const endsAt = canRenew ? longest : Math.min(longest, tokens.expiresAt ?? longest);
  if (endsAt < longest) {
    const { refreshTokenAdvice: advice } = instance;
    shortSessions.note({ providerId, environment, decision, milliseconds: endsAt - now, advice });
  }
  await keepSession(ctx, surroundings, {
    cookie: instance.sessionCookie,
    providerId,
    environment,
    scopes: attempt.scopes,
    tokens,
    identity: { ...login, nonce: attempt.nonce, shown: profile },
    claims: issued?.claims,
    endsAt,
  });
  return {
    profile,
    providerInfo: providerInfoOf(tokens, clock),
    ...(issued && { backstageIdentity: backstageIdentityOf(issued, issued.claims, clock) }),
  };
}

function answer(ctx: Context, { targets }: Surroundings, attempt: Attempt, response: AuthResponse): void {
  if (attempt.flow === 'redirect' && attempt.redirectUrl !== undefined) {
    redirect(ctx, attempt.redirectUrl);
    return;
  }
  sendAnswerPage(ctx, {
    post: { message: { type: 'authorization_response', response }, targetOrigin: attempt.origin },
    appUrl: targets.appUrl,
    heading: 'You are signed in',
    paragraphs: ['You can close this window.'],
  });
}
