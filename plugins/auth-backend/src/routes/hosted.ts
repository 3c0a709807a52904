/**
 * The routes of hosted Backstage modules: the same steps as for ours, with their handlers in the middle. Their state and
 * nonce travel in our sealed attempt, and their refresh and scope cookies rest in our session.
 */
import type { Context } from 'koa';
import { NotImplementedError } from '@vestibule/backend-plugin-api';
import { ProviderAnswerInvalidError } from '@vestibule/plugin-auth-node';
import type { Attempt } from '../attempts/attempt.ts';
import { backstageIdentityOf, type AuthResponse } from '../authResponse.ts';
import { beginDecision, type Decision } from '../decisions/decision.ts';
import { RefusalError, decisionCodeOf } from '../errors.ts';
import type { UserTokenClaims } from '../identity/userTokens.ts';
import type { IssuedIdentity } from '../resolution/resolverContext.ts';
import { readHostedJson, readHostedPage } from '../providers/hostedAnswer.ts';
import { runHosted, type HostedAnswer } from '../providers/hostedExchange.ts';
import { refusalOfPage, refusalOfRefresh, refusalOfStart } from '../providers/hostedFailure.ts';
import type { HostedInstance } from '../providers/instances.ts';
import { splitScopes } from '../providers/scopes.ts';
import { randomToken } from '../secrets/sealing.ts';
import { withLease } from '../sessions/lease.ts';
import type { Session, SessionTokens } from '../sessions/session.ts';
import { budgetSignal, withinBudget } from './budget.ts';
import { clearCookie } from './cookies.ts';
import { findSession } from './findSession.ts';
import { keepSession } from './keepSession.ts';
import type { Query } from './query.ts';
import { readTarget, redirect } from './target.ts';
import { grace, isOutageRecent, survive, toSessionRefusal } from './sessionRefusal.ts';
import { parameter, unknownEnvironment, type Surroundings } from './surroundings.ts';

const sessionMilliseconds = 400 * 86_400_000;

/** A module without logout is of the proxy type: it keeps nothing, and its block is not divided by environment. */
function isProxyType({ handlers }: HostedInstance): boolean {
  return typeof handlers.logout !== 'function';
}

export async function startHosted(
  ctx: Context,
  surroundings: Surroundings,
  instance: HostedInstance,
  query: Query,
): Promise<void> {
  const { handlers, providerId, attempts } = instance;
  const environment = parameter(query, 'env');
  if (isProxyType(instance)) throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
  checkHostedEnvironment(instance, environment);
  const target = readTarget(query, surroundings);
  const theirs = Object.fromEntries(
    [...query].filter(([name]) => !['origin', 'redirectUrl', 'flow'].includes(name)),
  );
  const answer = await withinBudget(
    budgetSignal(),
    runHosted({
      handler: (request, response) => handlers.start(request, response),
      request: ctx.req,
      query: theirs,
      cookies: {},
    }),
  );
  if ('failure' in answer) throw refusalOfStart(answer.failure);
  const location = parseLocation(answer.location);
  const state = location.searchParams.get('state') ?? '';
  const handle = randomToken();
  location.searchParams.set('state', handle);
  attempts.keep(ctx.req, ctx.res, {
    ...target,
    handle,
    providerId,
    environment,
    scopes: splitScopes(parameter(query, 'scope')),
    nonce: '',
    codeVerifier: '',
    startedAt: surroundings.clock(),
    hosted: { state, cookies: Object.fromEntries(answer.cookies), session: answer.session },
  });
  redirect(ctx, location.href);
}

/** @throws `ERR_AUTH_ENV_MISSING`, `ERR_AUTH_ENV_UNKNOWN`. */
export function checkHostedEnvironment(
  { environments }: HostedInstance,
  environment: string | undefined,
): asserts environment is string {
  if (environment === undefined) throw new RefusalError('ERR_AUTH_ENV_MISSING');
  if (!environments.includes(environment)) throw unknownEnvironment(environment);
}

function parseLocation(location: string | undefined): URL {
  const url = location !== undefined && URL.canParse(location) ? new URL(location) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new ProviderAnswerInvalidError('the provider module gave no address to go to');
}

export async function finishHosted(
  ctx: Context,
  surroundings: Surroundings,
  options: { instance: HostedInstance; attempt: Attempt; query: Query; decision: Decision },
): Promise<AuthResponse> {
  const { instance, attempt, query, decision } = options;
  const { handlers, providerId } = instance;
  const { contexts, clock } = surroundings;
  const { state = '', cookies = {}, session } = attempt.hosted ?? {};
  const signal = budgetSignal();
  const { context, issued } = contexts.create({ decision, signal });
  const answer = await withinBudget(
    signal,
    instance.inRequest({ context }, () =>
      runHosted({
        handler: (request, response) => handlers.frameHandler(request, response),
        request: ctx.req,
        query: { ...Object.fromEntries(query), state },
        cookies,
        ...(session && { session }),
      }),
    ),
  );
  if ('failure' in answer) throw refusalOfRefresh(answer.failure);
  const message = readHostedPage(answer.body);
  if (!message) throw new ProviderAnswerInvalidError('the provider module gave no answer');
  if (message.error) throw refusalOfPage(message.error.message);
  const { response } = message;
  const identity = identityIn(response, issued, decision);
  const now = clock();
  const tokens = hostedTokens(response, keptCookies(answer.cookies), now);
  const canRefresh = Object.keys(tokens.hostedCookies ?? {}).some((name) =>
    name.startsWith(`${providerId}-refresh-token`),
  );
  const longest = now + sessionMilliseconds;
  await keepSession(ctx, surroundings, {
    cookie: instance.sessionCookie,
    providerId,
    environment: attempt.environment,
    scopes: tokens.scopes,
    tokens,
    identity: {
      profile: response.profile,
      result: { providerInfo: response.providerInfo },
      subject: '',
      issuer: '',
    },
    claims: identity?.claims,
    endsAt: canRefresh ? longest : Math.min(longest, tokens.expiresAt ?? longest),
  });
  return answerOf(response, identity, surroundings);
}

export async function refreshHosted(
  ctx: Context,
  surroundings: Surroundings,
  instance: HostedInstance,
  query: Query,
): Promise<AuthResponse> {
  const { logger, clock } = surroundings;
  const { providerId } = instance;
  const environment = parameter(query, 'env');
  if (!isProxyType(instance)) checkHostedEnvironment(instance, environment);
  const begun = { event: 'refresh', providerId, logger, clock } as const;
  const record = beginDecision({ ...begun, ...(environment !== undefined && { environment }) });
  const { decision } = record;
  try {
    const signal = budgetSignal();
    const response = isProxyType(instance)
      ? await signInWithProxy(ctx, surroundings, { instance, query, decision, signal })
      : await refreshSession(ctx, surroundings, {
          instance,
          environment: environment ?? '',
          query,
          decision,
          signal,
        });
    record.allow();
    return response;
  } catch (error) {
    if (decisionCodeOf(error) !== 'ERR_AUTH_SESSION_MISSING') record.refuse(error);
    throw error;
  }
}

interface HostedRefresh {
  instance: HostedInstance;
  query: Query;
  decision: Decision;
  signal: AbortSignal;
}

/** Nothing is kept: who calls is read from each request. */
async function signInWithProxy(
  ctx: Context,
  surroundings: Surroundings,
  options: HostedRefresh,
): Promise<AuthResponse> {
  const answer = await callRefresh(ctx, surroundings, { ...options, cookies: {} });
  if ('failure' in answer) {
    // Their AuthenticationError says that the request proves nobody.
    const isNobody = answer.failure instanceof Error && answer.failure.name === 'AuthenticationError';
    throw isNobody
      ? new RefusalError('ERR_PROVIDER_ANSWER_INVALID', { cause: answer.failure })
      : refusalOfRefresh(answer.failure);
  }
  return (await readRefresh(surroundings, options, answer)).response;
}

async function refreshSession(
  ctx: Context,
  surroundings: Surroundings,
  options: HostedRefresh & { environment: string },
): Promise<AuthResponse> {
  const { instance, environment, decision, signal } = options;
  const { providerId, sessionCookie: cookie } = instance;
  const { sessions, clock } = surroundings;
  const session = await findSession(ctx, surroundings, { cookie, providerId, environment });
  if (isOutageRecent(surroundings, session))
    return grace(surroundings, session, decision, new RefusalError('ERR_AUTH_UNAVAILABLE'));
  let current = session;
  try {
    return await withLease(sessions, session, signal, async (leased) => {
      current = leased;
      const cookies = leased.tokens.hostedCookies ?? {};
      const answer = await callRefresh(ctx, surroundings, { ...options, cookies });
      const kept = { ...cookies, ...keptCookies(answer.cookies) };
      if ('failure' in answer) {
        // Whatever failed after it, a refresh token that was rotated is the only good one now.
        if (answer.cookies.size > 0)
          await sessions.saveTokens(leased, { ...leased.tokens, hostedCookies: kept });
        throw refusalOfRefresh(answer.failure);
      }
      const { response, claims } = await readRefresh(surroundings, options, answer);
      await sessions.saveTokens(leased, hostedTokens(response, kept, clock()));
      if (claims) await sessions.saveIdentity(leased, { ...leased.identity, claims });
      if (leased.outage) await sessions.saveOutage(leased, undefined);
      return response;
    });
  } catch (error) {
    try {
      return await survive(surroundings, current, decision, error);
    } catch (definite) {
      const refusal = toSessionRefusal(definite);
      if (refusal.code === 'ERR_AUTH_SESSION_ENDED') {
        await sessions.end(session.ticket);
        clearCookie(ctx.res, cookie.name, cookie);
      }
      throw refusal;
    }
  }
}

type WithIssued = HostedAnswer & { issued: ReadonlyMap<string, IssuedIdentity> };

async function callRefresh(
  ctx: Context,
  { contexts }: Surroundings,
  options: HostedRefresh & { cookies: Readonly<Record<string, string>> },
): Promise<WithIssued> {
  const { instance, query, cookies, decision, signal } = options;
  const { refresh } = instance.handlers;
  if (!refresh)
    throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The provider module offers no refresh.' });
  const { context, issued } = contexts.create({ decision, signal });
  const answer = await withinBudget(
    signal,
    instance.inRequest({ context }, () =>
      runHosted({
        handler: (request, response) => refresh.call(instance.handlers, request, response),
        request: ctx.req,
        query: Object.fromEntries(query),
        cookies,
      }),
    ),
  );
  return { ...answer, issued };
}

async function readRefresh(
  surroundings: Surroundings,
  { decision }: HostedRefresh,
  { body, issued }: WithIssued,
): Promise<{ response: AuthResponse; claims: UserTokenClaims | undefined }> {
  const response = readHostedJson(body);
  if (!response) throw new RefusalError('ERR_PROVIDER_UNAVAILABLE', { hint: 'The module gave no answer.' });
  const identity = identityIn(response, issued, decision);
  if (identity) await surroundings.userInfo.write(identity.claims);
  return { response: answerOf(response, identity, surroundings), claims: identity?.claims };
}

export async function logoutHosted(
  ctx: Context,
  instance: HostedInstance,
  { tokens, environment }: Session,
): Promise<void> {
  const { handlers } = instance;
  const answer = await runHosted({
    handler: (request, response) => handlers.logout?.(request, response) ?? Promise.resolve(),
    request: ctx.req,
    query: { env: environment },
    cookies: tokens.hostedCookies ?? {},
  });
  if ('failure' in answer) throw answer.failure;
}

/** Only what a resolver issued through our context counts as an identity. */
function identityIn(
  response: AuthResponse,
  issued: ReadonlyMap<string, IssuedIdentity>,
  decision: Decision,
): IssuedIdentity | undefined {
  if (!response.backstageIdentity) return undefined;
  const identity = issued.get(response.backstageIdentity.token);
  if (!identity) {
    throw new RefusalError('ERR_RESOLVER_RESULT_INVALID', {
      hint: "The provider module's resolver made its own token.",
    });
  }
  decision.resolvers.push({ resolver: "the provider module's own", verdict: 'identity' });
  decision.userEntityRef = identity.claims.sub;
  decision.ownership = identity.claims.ent.length;
  return identity;
}

function answerOf(
  response: AuthResponse,
  identity: IssuedIdentity | undefined,
  { clock }: Surroundings,
): AuthResponse {
  const { profile, providerInfo } = response;
  return {
    profile,
    ...(providerInfo && { providerInfo }),
    ...(identity && { backstageIdentity: backstageIdentityOf(identity, identity.claims, clock) }),
  };
}

function hostedTokens(
  { providerInfo }: AuthResponse,
  cookies: Readonly<Record<string, string>>,
  now: number,
): SessionTokens {
  const { accessToken = '', idToken, scope, expiresInSeconds } = providerInfo ?? {};
  return {
    accessToken,
    tokenType: 'bearer',
    ...(idToken !== undefined && { idToken }),
    scopes: splitScopes(scope),
    ...(expiresInSeconds !== undefined && { expiresAt: now + expiresInSeconds * 1000 }),
    checkedAt: now,
    hostedCookies: cookies,
  };
}

/** Everything but removals. */
function keptCookies(cookies: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...cookies].filter(([, value]) => value !== ''));
}
