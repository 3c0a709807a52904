/**
 * `GET|POST /<provider>/handler/frame`: the provider sends the browser back.
 *
 * What each step proves: opening the transaction, that this browser began it here; marking its state as used, that it was
 * not finished before; the exchange, who the person is at the provider; policy, who they are in the portal. Only then is
 * there a session.
 */
import { RefusalError, withinBudget } from '@vestibule/plugin-auth-node';
import { sendEndingPage } from '@vestibule/plugin-auth-pages';
import { redirect, type RouteContext } from '@vestibule/koa-handler';
import { type AuthResponse, responseOf } from '../authResponse.ts';
import { orUnavailable } from '../errors.ts';
import { describeBrowser } from '../http/describeBrowser.ts';
import { parameter } from '../http/query.ts';
import type { SignInOutcome } from '../policy/signInPolicy.ts';
import { nameOf, type SessionGrant } from '../providers/signInProvider.ts';
import { addSecrets, beginRecord, type RecordDraft } from '../record/recordDraft.ts';
import { identityOf, rememberedMilliseconds, secretsOf } from '../sessions/session.ts';
import type { AuthTransaction } from '../transactions/transaction.ts';
import {
  findEnvironment,
  readNavigation,
  requestOfProvider,
  type FlowRequest,
  type NamedEnvironment,
  type ProviderRoute,
} from './flowRequest.ts';
import type { FlowContext } from './signInFlow.ts';
import { sendRefusal, sendRefusedRequest } from './refusalPage.ts';

/** A callback that belongs to a sign-in, as far as its address tells. */
interface CallbackRequest extends FlowRequest {
  readonly state: string;
  readonly environment: string | undefined;
}

export async function callback(route: ProviderRoute): Promise<void> {
  const { ctx, flow, providerId } = route;
  let asked: CallbackRequest;
  try {
    asked = readCallback(route);
  } catch (error) {
    // Where the sign-in began is in its cookie, which nobody can find without a state.
    sendRefusedRequest(ctx, flow, { error });
    return;
  }
  const { transactions, query, state, environment } = asked;
  const record = beginRecord(flow, { event: 'sign-in', providerId, environment });
  const { draft } = record;
  let transaction: AuthTransaction | undefined;
  try {
    const opened = transactions.take(ctx.req, ctx.res, state);
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
    const response = await finish(asked, transaction, draft);
    record.allow();
    sendResponse(ctx, flow, transaction, response);
  } catch (error) {
    sendRefusal(ctx, flow, { error, transaction, record: await record.refuse(error) });
  }
}

/** @throws CodedError for an address that no sign-in ends at. */
function readCallback(route: ProviderRoute): CallbackRequest {
  const asked = readNavigation(route);
  const state = parameter(asked.query, 'state');
  const environment = parameter(asked.query, 'env');
  if (state === undefined) {
    throw new RefusalError(environment === undefined ? 'ERR_AUTH_ENV_MISSING' : 'ERR_AUTH_STATE_MISSING');
  }
  if (environment !== undefined) findEnvironment(asked.provider, environment);
  return { state, environment, ...asked };
}

async function finish(
  asked: FlowRequest,
  { environment, state, scopes, privateState }: AuthTransaction,
  draft: RecordDraft,
): Promise<AuthResponse> {
  const { flow, provider, budget } = asked;
  const settings = findEnvironment(provider, environment);
  const request = requestOfProvider(asked, draft, environment);
  const grant = await withinBudget(budget, provider.finish({ state, scopes, ...request }, privateState));
  addSecrets(draft, secretsOf(grant.tokens));
  const outcome = await flow.policy.evaluate({ login: grant, policy: settings.policy, draft, budget });
  await createSession(asked, { settings, grant, outcome, draft });
  return responseOf(outcome, grant, flow);
}

/**
 * Ends a sign-in well: writes what userinfo answers, creates the session, and gives the browser its token.
 *
 * @throws `ERR_AUTH_UNAVAILABLE` while the database is away.
 */
async function createSession(
  { ctx, flow, provider, cookies }: FlowRequest,
  options: {
    settings: NamedEnvironment;
    grant: SessionGrant & { sessionScopes: readonly string[] };
    outcome: SignInOutcome;
    draft: RecordDraft;
  },
): Promise<void> {
  const { sessions, userInfo, clock, shortSessions, logger } = flow;
  const { settings, grant, outcome, draft } = options;
  const { environment, questions, refreshTokenAdvice: advice } = settings;
  const { tokens, vendor, sessionScopes: scopes } = grant;
  const { id: providerId } = provider;
  const claims = outcome.issued?.claims;
  // What both ends are counted from: one that coincides with the end of the access token is recognised as it.
  const now = tokens.checkedAt;
  const longest = now + settings.sessionMilliseconds;
  // Without anything to renew it by, the session lasts as long as the access token.
  const canRenew = provider.canRenew(environment, grant);
  const endsAt = canRenew ? longest : Math.min(longest, tokens.expiresAt ?? longest);
  // The people of a portal notice at the end of such a session only, so whoever runs it is told at its beginning: once in the
  // log, and in every record. One whose access token has no end lasts, unless its provider is asked at each refresh.
  if (!canRenew && (endsAt < longest || provider.renewAlways)) {
    const seconds = endsAt < longest ? Math.round((endsAt - now) / 1000) : undefined;
    draft.shortSession = seconds === undefined ? { advice } : { seconds, advice };
    const name = nameOf(providerId, environment);
    if (!shortSessions.has(name)) {
      const lasting = seconds === undefined ? '' : `, after ${seconds} s`;
      logger.warn(
        `sessions of ${name} end with their access token${lasting}: the provider gave no refresh token. ${advice}`,
      );
    }
    shortSessions.add(name);
  }
  await orUnavailable(async () => {
    if (claims) await userInfo.write(claims);
    const known = { shown: outcome.profile, ...(claims && { claims }) };
    const identity = Object.assign(identityOf(grant, questions), known);
    const browser = describeBrowser(ctx.get('user-agent'));
    const session = { providerId, environment, scopes, tokens, vendor, identity, endsAt };
    const { sessionToken } = await sessions.create(
      { ...session, ...(browser !== undefined && { browser }) },
      cookies.session.read(ctx.req),
    );
    const { providerSession, issuer, subject } = grant;
    // Before the browser has it: there is no session that does not end with the provider's.
    if (providerSession && issuer !== undefined && subject !== undefined) {
      const noted = { sessionToken, issuer, subject, endsAt, ...providerSession };
      await flow.providerSessions.note({ providerId, environment }, noted);
    }
    // Where the session ends with its access token, the session token outlives it, so that the refusal can say why.
    const expiresAt = endsAt === tokens.expiresAt ? endsAt + rememberedMilliseconds : endsAt;
    cookies.session.set(ctx.res, sessionToken, { now: clock.now(), expiresAt });
  }, 'The session could not be stored.');
}

function sendResponse(
  ctx: RouteContext,
  { targets, pages }: FlowContext,
  transaction: AuthTransaction,
  response: AuthResponse,
): void {
  if (transaction.flow === 'redirect' && transaction.redirectUrl !== undefined) {
    redirect(ctx, transaction.redirectUrl);
    return;
  }
  const texts = pages.textsFor(ctx.req);
  sendEndingPage(
    ctx,
    { pages, texts },
    {
      post: { message: { type: 'authorization_response', response }, targetOrigin: transaction.origin },
      appUrl: targets.appUrl,
      heading: texts.say('endings.signedIn'),
      paragraphs: [texts.say('endings.canClose')],
    },
  );
}
