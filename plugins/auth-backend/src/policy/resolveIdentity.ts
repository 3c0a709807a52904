/**
 * Asks the resolvers, in their order, who a login is.
 *
 * An identity ends the chain; `ctx.pass()` and `NotFoundError` go on to the next; `ctx.deny()` and any other error stop
 * it. What a resolver issued counts only when it returns it. A login that all of them passed on is refused, in a way that
 * can be told from every other refusal.
 */
import {
  isSignInCode,
  RefusalError,
  signInCodeOf,
  type ResolverStep,
  type SignInCodeName,
  type SignInInfo,
  type SignInVerdict,
} from '@vestibule/plugin-auth-node';
import type { RecordDraft } from '../record/recordDraft.ts';
import { ClientRefusedError } from '../errors.ts';
import { missingEmail, type Grant } from './grant.ts';
import type { IssuedIdentity, ResolverContexts } from './resolverContext.ts';
import type { Evaluation, SignInPolicy } from './signInPolicy.ts';
import { answerInTime, isNotFound, ownCopy, refusalOfThrown } from './operatorCode.ts';

/** Every resolver was asked, and none knows the login. */
export class NobodyKnownError extends RefusalError {}

/**
 * The identity of a login.
 *
 * @throws NobodyKnownError `ERR_RESOLVER_NO_MATCH`, or why there is no e-mail address to match.
 * @throws RefusalError with a code of the closed list.
 */
export async function resolveIdentity(
  { login, policy, draft, budget }: Evaluation,
  contexts: ResolverContexts,
): Promise<IssuedIdentity> {
  const toldClaims = identifyingClaims(login, policy);
  for (const { name, resolver } of policy.resolvers ?? []) {
    const { context, issued } = contexts.create({ draft, budget, resolver: name });
    const note = (verdict: ResolverStep['verdict'], more: Pick<ResolverStep, 'code' | 'reason'>) =>
      void draft.resolvers.push({ resolver: name, verdict, ...more });
    let verdict: SignInVerdict;
    try {
      const info = infoOf(login, toldClaims);
      verdict = await answerInTime(budget, `Resolver '${name}'`, () => resolver(info, context));
    } catch (error) {
      if (isNotFound(error)) {
        note('pass', { code: signInCodeOf(error) ?? 'ERR_USER_NOT_FOUND' });
        continue;
      }
      const refusal = refusalOfThrown(error, 'ERR_RESOLVER_DENIED');
      note(refusal.code === 'ERR_RESOLVER_DENIED' ? 'deny' : 'error', { code: refusal.code });
      throw refusal;
    }
    if (isVerdict(verdict) && 'verdict' in verdict) {
      note(verdict.verdict, saidBy(verdict.reason, login));
      if (verdict.verdict === 'pass') continue;
      throw new RefusalError('ERR_RESOLVER_DENIED', { hint: `Resolver '${name}': ${verdict.reason}` });
    }
    const identity = isVerdict(verdict) && !('verdict' in verdict) ? issued.get(verdict.token) : undefined;
    if (identity) return noteIdentity(draft, name, identity);
    note('error', { code: 'ERR_RESOLVER_RESULT_INVALID' });
    throw new RefusalError('ERR_RESOLVER_RESULT_INVALID', {
      hint: `Resolver '${name}' returned neither a verdict nor what its context issued.`,
    });
  }
  throw nobodyKnown(login, draft);
}

/** Writes down who the login is, and who said so. */
export function noteIdentity(draft: RecordDraft, resolver: string, identity: IssuedIdentity): IssuedIdentity {
  draft.resolvers.push({ resolver, verdict: 'identity' });
  draft.userEntityRef = identity.claims.sub;
  draft.ownership = identity.ownership;
  return identity;
}

/** What the provider tells of who it is, see `SignInInfo.claims`. */
function identifyingClaims(
  { result }: Grant,
  { claimsOf, identifyingClaims: names }: SignInPolicy,
): Readonly<Record<string, unknown>> | undefined {
  const claims = claimsOf?.(result);
  if (!claims || !names) return claims;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}

/** A copy for each resolver: what one writes into it is not what the next one reads. */
function infoOf(
  { profile, result, subject, issuer }: Grant,
  toldClaims: Readonly<Record<string, unknown>> | undefined,
): SignInInfo {
  return {
    profile: { ...profile },
    result: ownCopy(result),
    ...(subject && { subject, ...(issuer && { issuer }) }),
    ...(toldClaims && { claims: ownCopy(toldClaims) }),
  };
}

/** Words for the operator, or a code of the closed list. */
function saidBy(reason: string | undefined, login: Grant): Pick<ResolverStep, 'reason' | 'code'> {
  if (reason === undefined) return {};
  if (!isSignInCode(reason)) return { reason };
  return { code: reason === 'ERR_PROFILE_NO_EMAIL' ? missingEmail(login).code : reason };
}

/** The address is what is missing only where every resolver passed for want of one: the others know the login by more. */
function nobodyKnown(login: Grant, { resolvers }: RecordDraft): NobodyKnownError {
  const { code, ...told } = missingEmail(login);
  const isAddressMissing = login.profile.email === undefined && resolvers.every((step) => step.code === code);
  return isAddressMissing ? new NobodyKnownError(code, told) : new NobodyKnownError('ERR_RESOLVER_NO_MATCH');
}

/** A verdict of another spelling must not count as a pass. */
function isVerdict(given: SignInVerdict): boolean {
  if (typeof given !== 'object' || given === null) return false;
  return !('verdict' in given) || ['pass', 'deny'].includes(given.verdict);
}

/**
 * Whether a refusal says that a part was away or broken, rather than that somebody may not sign in. Such a refusal never
 * ends a session.
 */
export function isOutage(error: unknown): boolean {
  const code = signInCodeOf(error);
  return error instanceof ClientRefusedError || (code !== undefined && outageCodes.has(code));
}

const outageCodes: ReadonlySet<SignInCodeName> = new Set([
  'ERR_AUTH_UNAVAILABLE',
  'ERR_PROVIDER_UNAVAILABLE',
  'ERR_PROVIDER_ANSWER_UNREADABLE',
  'ERR_RESOLVER_TIMEOUT',
  // Only a fault: an error by which a resolver says no is ERR_RESOLVER_DENIED.
  'ERR_RESOLVER_FAILED',
  'ERR_CATALOG_UNAVAILABLE',
  'ERR_CATALOG_REFUSED',
  'ERR_CATALOG_ANSWER_INVALID',
]);
