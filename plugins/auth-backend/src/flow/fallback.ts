/**
 * What becomes of a session whose refresh did not succeed.
 *
 * While the provider or the catalog is away, the answer comes from the session's last good identity, for the grace time;
 * a stock front end takes anything but 2xx as signed out. Only a definite no ends the session.
 */
import { RefusalError, signInCodeOf, type GateQuestions } from '@vestibule/plugin-auth-node';
import { responseOf, type AuthResponse } from '../authResponse.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import { isOutage } from '../policy/resolveIdentity.ts';
import { isSignIn, type SignInPolicy } from '../policy/signInPolicy.ts';
import { answersQuestions, type Session } from '../sessions/session.ts';
import type { FlowContext } from './flowContext.ts';

/** Front ends ask again when less than 180 s are left, so this leads to the next try after five minutes. */
const staleSeconds = 480;
/** For this long after a failure nobody waits for the failing part again. */
const outagePauseMilliseconds = 30_000;

/** What holds today for the provider of a session, and what the request asks for. */
interface StaleOptions {
  policy: SignInPolicy;
  questions: GateQuestions;
  /** Those of the request. */
  scopes: readonly string[];
  draft: RecordDraft;
}

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
  session: Session,
  { error, ...options }: StaleOptions & { error: unknown },
): Promise<AuthResponse> {
  if (!isOutage(error)) throw error;
  checkScopes(session, options.scopes, error);
  const seenAt = flow.clock.now();
  const outage = { since: session.outage?.since ?? seenAt, seenAt };
  await flow.sessions.saveOutage(session, outage);
  options.draft.failure = error;
  return serveStale(flow, { ...session, outage }, { ...options, outage: error });
}

/**
 * The last good identity once more. The access rules of today hold for it too.
 *
 * @throws the outage itself, where the grace time is over, or only the part that is unavailable could say whether the access
 *   rules let the person in; `ERR_GATE_…` where they do not; `ERR_AUTH_SCOPE_NOT_GRANTED` for scopes that the session does
 *   not have.
 */
export async function serveStale(
  { tokens, evaluator, graceMilliseconds, clock }: FlowContext,
  session: Session,
  { policy, questions, scopes, draft, outage }: StaleOptions & { outage: unknown },
): Promise<AuthResponse> {
  checkScopes(session, scopes, outage);
  const { identity } = session;
  const since = session.outage?.since ?? clock.now();
  if (clock.now() - since >= graceMilliseconds || !answersQuestions(identity, questions)) throw outage;
  const profile = identity.shown ?? identity.profile;
  const claims = isSignIn(policy, identity.claims) ? identity.claims : undefined;
  evaluator.checkGates({ login: { ...identity, profile }, policy, claims, draft });
  const issued = claims && { ...(await tokens.issue(claims, { lifetimeSeconds: staleSeconds })), claims };
  draft.grace = true;
  if (claims) draft.userEntityRef = claims.sub;
  const { tokens: vendorTokens } = session;
  return responseOf({ profile, issued }, { tokens: vendorTokens }, { clock, staleSeconds });
}

/**
 * A provider may fail over a scope that it does not know, so whoever asks for one could bring about a grace, and get around
 * a no of resolvers or gates by it.
 */
function checkScopes({ scopes: asked, tokens }: Session, scopes: readonly string[], cause: unknown): void {
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
