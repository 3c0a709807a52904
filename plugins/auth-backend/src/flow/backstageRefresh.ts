/**
 * Refresh and logout of hosted Backstage modules. Their handlers get the cookies that our session keeps for them, and a
 * session of theirs lives and ends by the rules of ours.
 */
import type { Context } from 'koa';
import {
  budgetSignal,
  type ProfileInfo,
  RefusalError,
  signInCodeOf,
  withinBudget,
} from '@vestibule/plugin-auth-node';
import type { AuthResponse } from '../authResponse.ts';
import { beginRecord, addSecrets, withoutCauses, type RecordDraft } from '../record/recordDraft.ts';
import type { UserTokenClaims } from '../identity/userTokens.ts';
import { createRequestEvidence, type RequestEvidence } from '../providers/backstage/requestEvidence.ts';
import { readModuleJson, readLogoutUrl } from '../providers/backstage/moduleResponse.ts';
import { foreignCookies, runModule, type ModuleResponse } from '../providers/backstage/moduleExchange.ts';
import { refusalOfHandler } from '../providers/backstage/moduleFailure.ts';
import type { BackstageInstance } from '../providers/instances.ts';
import { splitScopes } from '../providers/scopes.ts';
import type { IssuedIdentity } from '../policy/resolverContext.ts';
import { withLease } from '../sessions/lease.ts';
import type { Session } from '../sessions/session.ts';
import { clearCookie } from '../http/cookies.ts';
import { findSession } from './findSession.ts';
import {
  answerOf,
  checkModuleEnvironment,
  moduleTokens,
  evaluateBackstage,
  keptCookies,
  noted,
} from './backstage.ts';
import type { Query } from '../http/query.ts';
import {
  endsSession,
  grace,
  isOutageRecent,
  survive,
  toSessionRefusal,
  type SessionPolicy,
} from './sessionRefusal.ts';
import { parameter, type FlowContext } from './flowContext.ts';

export async function refreshBackstage(
  ctx: Context,
  flow: FlowContext,
  instance: BackstageInstance,
  query: Query,
): Promise<AuthResponse> {
  const { logger, clock, records } = flow;
  const { providerId } = instance;
  const environment = parameter(query, 'env');
  if (!instance.isProxyType) checkModuleEnvironment(instance, environment);
  const begun = { event: 'refresh', providerId, logger, clock, records } as const;
  const record = beginRecord({ ...begun, ...(environment !== undefined && { environment }) });
  const { draft } = record;
  try {
    const signal = budgetSignal();
    if (instance.isProxyType) record.keep('refusals');
    const response = instance.isProxyType
      ? await signInWithProxy(ctx, flow, { instance, environment: '', query, draft, signal })
      : await refreshSession(ctx, flow, {
          instance,
          environment: environment ?? '',
          query,
          draft,
          signal,
          onSession: () => record.keep('refusals'),
        });
    record.allow();
    return response;
  } catch (error) {
    if (signInCodeOf(error) === 'ERR_AUTH_SESSION_MISSING') throw error;
    throw withoutCauses(error, await record.refuse(error));
  }
}

interface ModuleRefresh {
  instance: BackstageInstance;
  /** Empty for the proxy type. */
  environment: string;
  query: Query;
  draft: RecordDraft;
  signal: AbortSignal;
}

/** Nothing is kept: who calls is read from each request. */
async function signInWithProxy(
  ctx: Context,
  flow: FlowContext,
  options: ModuleRefresh,
): Promise<AuthResponse> {
  const answer = await callRefresh(ctx, flow, {
    ...options,
    cookies: foreignCookies(ctx.req),
  });
  if ('failure' in answer) {
    const { failure, evidence } = answer;
    // Their AuthenticationError says that the request proves nobody, unless it was thrown for an error of ours.
    const isNobody =
      failure instanceof Error && failure.name === 'AuthenticationError' && !evidence.unresolved;
    throw isNobody
      ? new RefusalError('ERR_PROVIDER_ANSWER_INVALID', { cause: failure })
      : noted(refusalOfHandler(failure, evidence, { isWord: true }), evidence, options.draft);
  }
  return (await readRefresh(flow, options, answer)).response;
}

async function refreshSession(
  ctx: Context,
  flow: FlowContext,
  options: ModuleRefresh & { onSession(): void },
): Promise<AuthResponse> {
  const { instance, environment, draft, signal } = options;
  const { sessionCookie: cookie } = instance;
  const { sessions, clock } = flow;
  const session = await findSession(ctx, flow, { instance, environment });
  options.onSession();
  addSecrets(draft, Object.values(session.tokens.hostedCookies ?? {}));
  let current = session;
  const policy = policyOf(instance, session);
  const scopes = splitScopes(parameter(options.query, 'scope'));
  try {
    if (isOutageRecent(flow, session)) {
      const outage = new RefusalError('ERR_AUTH_UNAVAILABLE');
      return grace(flow, session, { policy, scopes, draft, outage });
    }
    return await withLease(sessions, session, signal, async (leased) => {
      current = leased;
      const cookies = leased.tokens.hostedCookies ?? {};
      const answer = await callRefresh(ctx, flow, { ...options, cookies });
      const kept = { ...cookies, ...keptCookies(answer.cookies) };
      if ('failure' in answer) {
        // Whatever failed after it, a refresh token that was rotated is the only good one now.
        if (answer.cookies.size > 0)
          await sessions.saveTokens(leased, { ...leased.tokens, hostedCookies: kept });
        throw noted(refusalOfHandler(answer.failure, answer.evidence), answer.evidence, draft);
      }
      const { response, profile, claims } = await readRefresh(flow, options, answer);
      await sessions.saveTokens(leased, moduleTokens(response, kept, clock.now()));
      const { profile: shown, providerInfo } = response;
      const identity = { ...leased.identity, profile, shown, result: { providerInfo } };
      await sessions.saveIdentity(leased, { ...identity, ...(claims && { claims }) });
      if (leased.outage) await sessions.saveOutage(leased, undefined);
      return response;
    });
  } catch (error) {
    try {
      return await survive(flow, current, { policy, scopes, draft, error });
    } catch (definite) {
      const refusal = toSessionRefusal(definite, instance);
      if (endsSession(refusal)) {
        await sessions.end(session.sessionToken);
        clearCookie(ctx.res, cookie.name, cookie);
      }
      throw refusal;
    }
  }
}

function policyOf(instance: BackstageInstance, { environment, identity }: Session): SessionPolicy {
  const isSignIn = identity.claims !== undefined;
  // Such a module answers no questions; what is asked is what its profile tells.
  return { gates: instance.gatesOf(environment, { isSignIn }), questions: {}, isSignIn };
}

type WithIssued = ModuleResponse & {
  issued: ReadonlyMap<string, IssuedIdentity>;
  evidence: RequestEvidence;
};

async function callRefresh(
  ctx: Context,
  { contexts }: FlowContext,
  options: ModuleRefresh & { cookies: Readonly<Record<string, string>> },
): Promise<WithIssued> {
  const { instance, query, cookies, draft, signal } = options;
  const { handlers } = instance;
  const { refresh } = handlers;
  if (!refresh)
    throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The provider module offers no refresh.' });
  const { context, issued } = contexts.create({ draft, signal });
  const evidence = createRequestEvidence();
  const answer = await withinBudget(
    signal,
    instance.inRequest({ context, evidence }, () =>
      runModule({
        handler: (request, response) => refresh.call(handlers, request, response),
        request: ctx.req,
        query: Object.fromEntries(query),
        cookies,
      }),
    ),
  );
  return { ...answer, issued, evidence };
}

/** The answer for the person, and the profile as the module made it. */
async function readRefresh(
  flow: FlowContext,
  { instance, environment, draft, signal }: ModuleRefresh,
  { body, issued }: WithIssued,
): Promise<{ response: AuthResponse; profile: ProfileInfo; claims: UserTokenClaims | undefined }> {
  const response = readModuleJson(body);
  if (!response) throw new RefusalError('ERR_PROVIDER_UNAVAILABLE', { hint: 'The module gave no answer.' });
  const judged = { instance, environment, response, issued, draft, signal };
  const { identity, profile } = await evaluateBackstage(flow, judged);
  if (identity) await flow.userInfo.write(identity.claims);
  return {
    response: answerOf({ ...response, profile }, identity, flow),
    profile: response.profile,
    claims: identity?.claims,
  };
}

/** The answer is where the front end should send the browser, so that the session at the provider ends too. */
export async function logoutBackstage(
  ctx: Context,
  instance: BackstageInstance,
  { tokens, environment }: Session,
): Promise<string | undefined> {
  const { handlers } = instance;
  const answer = await runModule({
    handler: (request, response) => handlers.logout?.(request, response) ?? Promise.resolve(),
    request: ctx.req,
    query: { env: environment },
    cookies: tokens.hostedCookies ?? {},
  });
  if ('failure' in answer) throw answer.failure;
  return readLogoutUrl(answer.body);
}
