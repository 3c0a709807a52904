/**
 * The routes of hosted Backstage modules: the same steps as for ours, with their handlers in the middle. Their state and
 * nonce travel in our sealed attempt, and their refresh and scope cookies rest in our session.
 */
import type { Context } from 'koa';
import { ProviderAnswerInvalidError, type DecisionCodeName } from '@vestibule/plugin-auth-node';
import type { Attempt } from '../attempts/attempt.ts';
import { backstageIdentityOf, type AuthResponse } from '../authResponse.ts';
import { beginDecision, type Decision } from '../decisions/decision.ts';
import { RefusalError, decisionCodeOf } from '../errors.ts';
import type { IssuedIdentity } from '../resolution/resolverContext.ts';
import { readHostedJson, readHostedPage } from '../providers/hostedAnswer.ts';
import { runHosted } from '../providers/hostedExchange.ts';
import type { HostedInstance } from '../providers/instances.ts';
import { splitScopes } from '../providers/scopes.ts';
import { randomToken } from '../secrets/sealing.ts';
import { withLease } from '../sessions/lease.ts';
import type { Session, SessionTokens } from '../sessions/session.ts';
import { findSession } from './findSession.ts';
import { keepSession } from './keepSession.ts';
import type { Query } from './query.ts';
import { readTarget, redirect } from './target.ts';
import { budgetSignal, parameter, type Surroundings } from './surroundings.ts';

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
  const target = readTarget(query, surroundings);
  const environment = parameter(query, 'env');
  if (environment === undefined && !isProxyType(instance)) throw new RefusalError('ERR_AUTH_ENV_MISSING');
  const theirs = Object.fromEntries(
    [...query].filter(([name]) => !['origin', 'redirectUrl', 'flow'].includes(name)),
  );
  const answer = await runHosted({
    handler: (request, response) => handlers.start(request, response),
    request: ctx.req,
    query: theirs,
    cookies: {},
  });
  const location = parseLocation(answer.location);
  const state = location.searchParams.get('state') ?? '';
  const handle = randomToken();
  location.searchParams.set('state', handle);
  attempts.keep(ctx.req, ctx.res, {
    ...target,
    handle,
    providerId,
    environment: environment ?? '',
    scopes: splitScopes(parameter(query, 'scope')),
    nonce: '',
    codeVerifier: '',
    startedAt: surroundings.clock(),
    hosted: { state, cookies: Object.fromEntries(answer.cookies), session: answer.session },
  });
  redirect(ctx, location.href);
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
  const { context, issued } = contexts.create({ decision, signal: budgetSignal() });
  const answer = await instance.inRequest({ context }, () =>
    runHosted({
      handler: (request, response) => handlers.frameHandler(request, response),
      request: ctx.req,
      query: { ...Object.fromEntries(query), state },
      cookies,
      ...(session && { session }),
    }),
  );
  const message = readHostedPage(answer.body);
  if (!message) throw new ProviderAnswerInvalidError('the provider module gave no answer');
  if (message.error) throw refusalOf(message.error.message);
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
  const { providerId, sessionCookie: cookie } = instance;
  const { logger, clock, sessions } = surroundings;
  const environment = parameter(query, 'env') ?? '';
  const record = beginDecision({ event: 'refresh', providerId, environment, logger, clock });
  const { decision } = record;
  try {
    let response: AuthResponse;
    if (isProxyType(instance)) {
      ({ response } = await callRefresh(ctx, surroundings, { instance, query, cookies: {}, decision }));
    } else {
      const session = await findSession(ctx, surroundings, { cookie, providerId, environment });
      response = await withLease(sessions, session, budgetSignal(), async (current) => {
        const cookies = current.tokens.hostedCookies ?? {};
        const refreshed = await callRefresh(ctx, surroundings, { instance, query, cookies, decision });
        const kept = { ...cookies, ...keptCookies(refreshed.cookies) };
        await sessions.saveTokens(current, hostedTokens(refreshed.response, kept, clock()));
        return refreshed.response;
      });
    }
    record.allow();
    return response;
  } catch (error) {
    if (decisionCodeOf(error) !== 'ERR_AUTH_SESSION_MISSING') record.refuse(error);
    throw error;
  }
}

async function callRefresh(
  ctx: Context,
  surroundings: Surroundings,
  options: {
    instance: HostedInstance;
    query: Query;
    cookies: Readonly<Record<string, string>>;
    decision: Decision;
  },
): Promise<{ response: AuthResponse; cookies: ReadonlyMap<string, string> }> {
  const { instance, query, cookies, decision } = options;
  const { contexts, userInfo } = surroundings;
  const { refresh } = instance.handlers;
  if (!refresh)
    throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The provider module offers no refresh.' });
  const { context, issued } = contexts.create({ decision, signal: budgetSignal() });
  const answer = await instance.inRequest({ context }, () =>
    runHosted({
      handler: (request, response) => refresh.call(instance.handlers, request, response),
      request: ctx.req,
      query: Object.fromEntries(query),
      cookies,
    }),
  );
  const response = readHostedJson(answer.body);
  if (!response) throw new ProviderAnswerInvalidError('the provider module gave no answer');
  const identity = identityIn(response, issued, decision);
  if (identity) await userInfo.write(identity.claims);
  return { response: answerOf(response, identity, surroundings), cookies: answer.cookies };
}

export async function logoutHosted(
  ctx: Context,
  instance: HostedInstance,
  { tokens, environment }: Session,
): Promise<void> {
  const { handlers } = instance;
  await runHosted({
    handler: (request, response) => handlers.logout?.(request, response) ?? Promise.resolve(),
    request: ctx.req,
    query: { env: environment },
    cookies: tokens.hostedCookies ?? {},
  });
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

/** Backstage's words, as far as they are known, tell who said no. Their text itself is for the operator. */
function refusalOf(message: string): RefusalError {
  const known: [RegExp, DecisionCodeName][] = [
    [/unable to resolve user identity|User not found/, 'ERR_RESOLVER_NO_MATCH'],
    [/does not contain an email/, 'ERR_PROFILE_NO_EMAIL'],
    [/not from an allowed domain/, 'ERR_GATE_DOMAIN'],
    [/multiple matches/, 'ERR_AMBIGUOUS_MATCH'],
    [/^Authentication (?:failed|rejected)/, 'ERR_PROVIDER_REFUSED'],
  ];
  const code = known.find(([pattern]) => pattern.test(message))?.[1] ?? 'ERR_RESOLVER_DENIED';
  return new RefusalError(code, { hint: message });
}
