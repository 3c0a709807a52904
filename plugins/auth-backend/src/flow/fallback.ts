/**
 * What becomes of a session whose refresh did not succeed.
 *
 * While the provider or the catalog is away, the answer comes from the session's last good identity, for the grace time;
 * a stock front end takes anything but 2xx as signed out. Only a definite no ends the session.
 */
import { RefusalError, signInCodeOf } from '@vestibule/plugin-auth-node';
import { responseOf, type AuthResponse } from '../authResponse.ts';
import { isOutage } from '../policy/resolveIdentity.ts';
import { isSignIn } from '../policy/signInPolicy.ts';
import { answersQuestions, type Session } from '../sessions/session.ts';
import type { SessionRefresh } from './renewSession.ts';
import type { FlowContext } from './signInFlow.ts';

/** Front ends ask again when less than 180 s are left, so this leads to the next try after five minutes. */
const staleSeconds = 480;
const defaultGraceMilliseconds = 3_600_000;
/** For this long after a failure nobody waits for the failing part again. */
const outagePauseMilliseconds = 30_000;

/** Whether a part was away so short a time ago that it is not asked again. */
export function isOutageRecent({ clock }: FlowContext, { outage }: Session): boolean {
  return outage !== undefined && clock.now() - outage.seenAt < outagePauseMilliseconds;
}

/**
 * Notes an outage, and answers from the last good identity (stale-if-error, RFC 5861 section 4).
 *
 * @throws the error itself, where it is no outage, the grace time is over, or there is no identity to go on with; what
 *   {@link serveStale} throws.
 */
export async function staleIfOutage(
  flow: FlowContext,
  asked: SessionRefresh,
  error: unknown,
): Promise<AuthResponse> {
  const { session } = asked;
  if (!isOutage(error)) throw error;
  checkScopes(asked, error);
  const seenAt = flow.clock.now();
  const outage = { since: session.outage?.since ?? seenAt, seenAt };
  await flow.sessions.saveOutage(session, outage);
  asked.request.draft.failure = error;
  return serveStale(flow, { ...asked, session: { ...session, outage } }, error);
}

/**
 * The last good identity once more. The gates of today hold for it too.
 *
 * @throws the outage itself, where the grace time is over, or only the part that is unavailable could say whether the access
 *   rules let the person in; `ERR_GATE_…` where they do not; `ERR_AUTH_SCOPE_NOT_GRANTED` for scopes that the session does
 *   not have.
 */
export async function serveStale(
  flow: FlowContext,
  asked: SessionRefresh,
  outage: unknown,
): Promise<AuthResponse> {
  const { tokens, clock } = flow;
  const { session, settings, request } = asked;
  const { policy, questions } = settings;
  checkScopes(asked, outage);
  const { identity } = session;
  const grace = flow.settings.session?.graceDuration ?? defaultGraceMilliseconds;
  const since = session.outage?.since ?? clock.now();
  if (clock.now() - since >= grace || !answersQuestions(identity, questions)) throw outage;
  const profile = identity.shown ?? identity.profile;
  const claims = isSignIn(policy, identity.claims) ? identity.claims : undefined;
  const { draft } = request;
  flow.policy.checkGates({ login: { ...identity, profile }, policy, draft }, claims);
  const issued = claims && { ...(await tokens.issue(claims, { lifetimeSeconds: staleSeconds })), claims };
  draft.grace = true;
  if (claims) draft.userEntityRef = claims.sub;
  return responseOf({ profile, issued }, { tokens: session.tokens }, { clock, staleSeconds });
}

/**
 * A provider may fail over a scope that it does not know, so whoever asks for one could bring about a grace, and get around
 * a no of resolvers or gates by it.
 */
function checkScopes({ session, scopes }: SessionRefresh, cause: unknown): void {
  const { scopes: asked, tokens } = session;
  if (scopes.every((scope) => asked.includes(scope) || tokens.scopes.includes(scope))) return;
  throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED', { cause });
}

/** Whether the session is over with it. */
export function endsSession({ code }: RefusalError): boolean {
  return code === 'ERR_AUTH_SESSION_ENDED' || code === 'ERR_AUTH_SESSION_NOT_RENEWABLE';
}

/** A definite no ends the session; a part that is away does not. */
export function toSessionRefusal(
  error: unknown,
  { refreshTokenAdvice }: { refreshTokenAdvice: string },
): RefusalError {
  const code = signInCodeOf(error);
  if (code === 'ERR_AUTH_SCOPE_NOT_GRANTED') return new RefusalError(code, { cause: error });
  if (code === 'ERR_AUTH_SESSION_NOT_RENEWABLE')
    return new RefusalError(code, { cause: error, hint: refreshTokenAdvice });
  if (code === undefined || isOutage(error))
    return new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error });
  return new RefusalError('ERR_AUTH_SESSION_ENDED', { cause: error });
}
