/**
 * Start and callback of hosted Backstage modules: the same steps as for ours, with their handlers in the middle. Their state and
 * nonce travel in our sealed attempt, and their refresh and scope cookies rest in our session.
 */
import type { Context } from 'koa';
import { parseUrl } from '@vestibule/backend-plugin-api';
import {
  budgetSignal,
  type ProfileInfo,
  ProviderAnswerInvalidError,
  randomToken,
  RefusalError,
  withinBudget,
} from '@vestibule/plugin-auth-node';
import type { AuthTransaction } from '../transactions/transaction.ts';
import { backstageIdentityOf, type AuthResponse } from '../authResponse.ts';
import { sessionCookieName } from '../http/cookies.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import type { IssuedIdentity } from '../policy/resolverContext.ts';
import { transformProfile } from '../policy/transformProfile.ts';
import { createRequestEvidence, type RequestEvidence } from '../providers/backstage/requestEvidence.ts';
import { readModulePage } from '../providers/backstage/moduleResponse.ts';
import { runModule } from '../providers/backstage/moduleExchange.ts';
import { refusalOfPage, refusalOfHandler, refusalOfStart } from '../providers/backstage/moduleFailure.ts';
import type { BackstageInstance } from '../providers/instances.ts';
import { joinScopes, splitScopes } from '../providers/scopes.ts';
import type { VendorTokens } from '../sessions/session.ts';
import { keepSession } from './keepSession.ts';
import { livingSession } from './livingSession.ts';
import type { Query } from '../http/query.ts';
import type { TransactionTarget } from './target.ts';
import { parameter, unknownEnvironment, type FlowContext } from './flowContext.ts';

/** @returns Where the browser goes. */
export async function startBackstage(
  ctx: Context,
  flow: FlowContext,
  options: { instance: BackstageInstance; environment: string; target: TransactionTarget; query: Query },
): Promise<string> {
  const { instance, environment, target, query } = options;
  const { handlers, providerId, transactions } = instance;
  const theirs = Object.fromEntries(
    [...query].filter(([name]) => !['origin', 'redirectUrl', 'flow'].includes(name)),
  );
  // One that persists scopes finds those granted before in a cookie, and asks for them again.
  const session = await livingSession(ctx, flow, instance, environment);
  const answer = await withinBudget(
    budgetSignal(),
    runModule({
      handler: (request, response) => handlers.start(request, response),
      request: ctx.req,
      query: theirs,
      cookies: session?.tokens.hostedCookies ?? {},
    }),
  );
  if ('failure' in answer) throw refusalOfStart(answer.failure);
  const location = parseLocation(answer.location);
  const handle = randomToken();
  transactions.keep(ctx.req, ctx.res, {
    ...target,
    handle,
    providerId,
    environment,
    scopes: splitScopes(parameter(query, 'scope')),
    nonce: '',
    codeVerifier: '',
    startedAt: flow.clock.now(),
    hosted: {
      state: location.searchParams.get('state') ?? '',
      cookies: Object.fromEntries(answer.cookies),
      session: answer.session,
    },
  });
  return withState(location, handle);
}

/** Everything but the state stays as the module wrote it: vendors read some encodings in one way only. */
function withState(location: URL, handle: string): string {
  const others = location.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && decodedName(pair) !== 'state');
  return `${location.origin}${location.pathname}?${[...others, `state=${handle}`].join('&')}${location.hash}`;
}

function decodedName(pair: string): string | undefined {
  return [...new URLSearchParams(pair).keys()][0];
}

/** @throws `ERR_AUTH_ENV_MISSING`, `ERR_AUTH_ENV_UNKNOWN`. */
export function checkModuleEnvironment(
  { environments }: BackstageInstance,
  environment: string | undefined,
): asserts environment is string {
  if (environment === undefined) throw new RefusalError('ERR_AUTH_ENV_MISSING');
  if (!environments.includes(environment)) throw unknownEnvironment(environment);
}

function parseLocation(location: string | undefined): URL {
  const url = parseUrl(location ?? '');
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new ProviderAnswerInvalidError('the provider module gave no address to go to');
}

export async function finishBackstage(
  ctx: Context,
  flow: FlowContext,
  options: { instance: BackstageInstance; transaction: AuthTransaction; query: Query; draft: RecordDraft },
): Promise<AuthResponse> {
  const { instance, transaction, query, draft } = options;
  const { handlers, providerId } = instance;
  const { contexts, clock } = flow;
  const { state = '', cookies = {}, session } = transaction.hosted ?? {};
  const signal = budgetSignal();
  const { context, issued } = contexts.create({ draft, signal });
  const evidence = createRequestEvidence();
  const answer = await withinBudget(
    signal,
    instance.inRequest({ context, evidence }, () =>
      runModule({
        handler: (request, response) => handlers.frameHandler(request, response),
        request: ctx.req,
        query: { ...Object.fromEntries(query), state },
        cookies,
        ...(session && { session }),
      }),
    ),
  );
  if ('failure' in answer) throw noted(refusalOfHandler(answer.failure, evidence), evidence, draft);
  const message = readModulePage(answer.body);
  if (!message?.response) {
    const noAnswer = new ProviderAnswerInvalidError('the provider module gave no answer');
    if (!message && !evidence.unresolved) throw noAnswer;
    const providerError = query.get('error') ?? undefined;
    throw noted(refusalOfPage(message?.error ?? noAnswer, { evidence, providerError }), evidence, draft);
  }
  const { response } = message;
  const { environment } = transaction;
  const { identity, profile } = await evaluateBackstage(flow, {
    instance,
    environment,
    response,
    issued,
    draft,
    signal,
  });
  const now = clock.now();
  const tokens = moduleTokens(response, keptCookies(answer.cookies), now);
  const canRefresh = Object.keys(tokens.hostedCookies ?? {}).some((name) =>
    name.startsWith(sessionCookieName(providerId)),
  );
  const longest = now + instance.sessionMillisecondsOf(environment);
  const endsAt = canRefresh ? longest : Math.min(longest, tokens.expiresAt ?? longest);
  if (!canRefresh) {
    const milliseconds = endsAt < longest ? endsAt - now : undefined;
    const { refreshTokenAdvice: advice } = instance;
    flow.shortSessions.note({ providerId, environment, draft, milliseconds, advice });
  }
  await keepSession(ctx, flow, {
    cookie: instance.sessionCookie,
    providerId,
    environment,
    scopes: joinScopes(transaction.scopes, tokens.scopes),
    tokens,
    identity: {
      profile: response.profile,
      result: { providerInfo: response.providerInfo },
      subject: '',
      issuer: '',
      shown: profile,
    },
    claims: identity?.claims,
    endsAt,
  });
  return answerOf({ ...response, profile }, identity, flow);
}

/**
 * Whom a login becomes: by the resolvers that modules added where they decide, otherwise by the module's own. The gates have
 * let it in. The profile is what the transforms that modules added made of it.
 *
 * @throws RefusalError with a code of the closed list. Nothing has taken effect then.
 */
export async function evaluateBackstage(
  flow: FlowContext,
  options: {
    instance: BackstageInstance;
    environment: string;
    response: AuthResponse;
    issued: ReadonlyMap<string, IssuedIdentity>;
    draft: RecordDraft;
    signal: AbortSignal;
  },
): Promise<{ identity: IssuedIdentity | undefined; profile: ProfileInfo }> {
  const { instance, environment, response, issued, draft, signal } = options;
  const { evaluator, contexts } = flow;
  const { providerInfo } = response;
  const login = { profile: response.profile, result: { providerInfo } };
  const policy = instance.policyOf(environment);
  if (policy) {
    const { issued: identity, profile } = await evaluator.evaluate({ login, policy, draft, signal });
    return { identity, profile };
  }
  const identity = identityIn(response, issued, draft);
  const { transforms } = instance;
  // Without any, the profile is the module's word, whatever it looks like.
  const profile =
    transforms.length === 0
      ? response.profile
      : await transformProfile({ login, transforms, contexts, draft, signal });
  const gates = instance.gatesOf(environment, { isSignIn: identity !== undefined });
  evaluator.checkGates({ login: { ...login, profile }, gates, claims: identity?.claims, draft });
  return { identity, profile };
}

const moduleResolver = "the provider module's own";

/** The step of the module's resolver, where it came so far as to ask something. */
export function noted(
  refusal: RefusalError,
  { wasAsked }: RequestEvidence,
  draft: RecordDraft,
): RefusalError {
  const { code } = refusal;
  const isNo = code === 'ERR_RESOLVER_DENIED' || code === 'ERR_RESOLVER_NO_MATCH';
  if (wasAsked) draft.resolvers.push({ resolver: moduleResolver, verdict: isNo ? 'deny' : 'error', code });
  return refusal;
}

/** Only what a resolver issued through our context counts as an identity. */
function identityIn(
  response: AuthResponse,
  issued: ReadonlyMap<string, IssuedIdentity>,
  draft: RecordDraft,
): IssuedIdentity | undefined {
  if (!response.backstageIdentity) return undefined;
  const identity = issued.get(response.backstageIdentity.token);
  if (!identity) {
    throw new RefusalError('ERR_RESOLVER_RESULT_INVALID', {
      hint: "The provider module's resolver made its own token.",
    });
  }
  draft.resolvers.push({ resolver: moduleResolver, verdict: 'identity' });
  draft.userEntityRef = identity.claims.sub;
  draft.ownership = identity.ownership;
  return identity;
}

export function answerOf(
  response: AuthResponse,
  identity: IssuedIdentity | undefined,
  { clock }: FlowContext,
): AuthResponse {
  const { profile, providerInfo } = response;
  return {
    profile,
    ...(providerInfo && { providerInfo }),
    ...(identity && { backstageIdentity: backstageIdentityOf(identity, identity.claims, clock) }),
  };
}

export function moduleTokens(
  { providerInfo }: AuthResponse,
  cookies: Readonly<Record<string, string>>,
  now: number,
): VendorTokens {
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
export function keptCookies(cookies: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...cookies].filter(([, value]) => value !== ''));
}
