/**
 * What becomes of a session whose refresh did not succeed.
 *
 * While the provider or the catalog is away, the answer comes from the session's last good identity, for the grace time;
 * a stock front end takes anything but 2xx as signed out. Only a definite no ends the session.
 */
import { RefusalError, signInCodeOf, type GateQuestions } from '@vestibule/plugin-auth-node';
import { backstageIdentityOf, providerInfoOf, type AuthResponse } from '../authResponse.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import { isOutage } from '../policy/resolveIdentity.ts';
import type { Gates } from '../policy/gates.ts';
import { answersQuestions } from '../sessions/gateEvidence.ts';
import type { Session } from '../sessions/session.ts';
import type { FlowContext } from './flowContext.ts';

/** Front ends ask again when less than 180 s are left, so this leads to the next try after five minutes. */
const graceAnswerSeconds = 480;
/** For this long after a failure nobody waits for the failing part again. */
const outagePauseMilliseconds = 30_000;

/** What config says today of the provider of a session. */
export interface SessionPolicy {
  gates: Gates;
  questions: GateQuestions;
  /** Whether its logins become identities. */
  isSignIn: boolean;
}

/** Whether a part was away so short a time ago that it is not asked again. */
export function isOutageRecent({ clock }: FlowContext, { outage }: Session): boolean {
  return outage !== undefined && clock.now() - outage.seenAt < outagePauseMilliseconds;
}

/**
 * Notes an outage, and answers in the grace time.
 *
 * @param options - `scopes` are those that were asked for with the request.
 * @throws the error itself, where it is no outage, the grace time is over, or there is no identity to go on with; what
 *   {@link grace} throws.
 */
export async function survive(
  flow: FlowContext,
  session: Session,
  options: { policy: SessionPolicy; scopes: readonly string[]; draft: RecordDraft; error: unknown },
): Promise<AuthResponse> {
  const { policy, scopes, draft, error } = options;
  if (!isOutage(error)) throw error;
  checkScopes(session, scopes, error);
  const seenAt = flow.clock.now();
  const outage = { since: session.outage?.since ?? seenAt, seenAt };
  await flow.sessions.saveOutage(session, outage);
  draft.failure = error;
  return grace(flow, { ...session, outage }, { policy, scopes, draft, outage: error });
}

/**
 * The last good identity once more. The gates of today hold for it too.
 *
 * @throws the outage itself, where the grace time is over, or only the part that is away could say whether the gates let
 *   the person in; `ERR_GATE_…` where they do not; `ERR_AUTH_SCOPE_NOT_GRANTED` for scopes that the session does not have.
 */
export function grace(
  { tokens, evaluator, graceMilliseconds, clock }: FlowContext,
  session: Session,
  options: { policy: SessionPolicy; scopes: readonly string[]; draft: RecordDraft; outage: unknown },
): AuthResponse {
  const { policy, scopes, draft, outage } = options;
  checkScopes(session, scopes, outage);
  const { identity } = session;
  const since = session.outage?.since ?? clock.now();
  if (clock.now() - since >= graceMilliseconds || !answersQuestions(identity, policy.questions)) throw outage;
  const profile = identity.shown ?? identity.profile;
  const claims = policy.isSignIn ? identity.claims : undefined;
  const issued = claims && { ...tokens.issue(claims, { lifetimeSeconds: graceAnswerSeconds }), claims };
  evaluator.checkGates({ login: { ...identity, profile }, gates: policy.gates, claims, draft });
  draft.grace = true;
  if (claims) draft.userEntityRef = claims.sub;
  return {
    profile,
    providerInfo: providerInfoOf(session.tokens, clock, graceAnswerSeconds),
    ...(issued && claims && { backstageIdentity: backstageIdentityOf(issued, claims, clock) }),
  };
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
