/** What a provider proved of a login: all that policy judges, and that a session keeps of it. */
import {
  unverifiedEmailCauses,
  type ClaimSources,
  type GateEvidence,
  type ProfileInfo,
  type UnansweredGates,
  type SignInCodeName,
  type UnverifiedEmailCause,
} from '@vestibule/plugin-auth-node';
import type { IssuedIdentity } from './resolverContext.ts';

/** A login as its provider proved it. */
export interface Grant {
  /** As the provider gave it; for the resolvers, as the transforms left it. */
  profile: ProfileInfo;
  result: unknown;
  emailOmitted?: 'ERR_EMAIL_NOT_VERIFIED' | 'ERR_PROFILE_EMAIL_INVALID';
  /** With the first of them, what the provider says instead of `true`. Absent from sessions of earlier versions. */
  emailNotVerified?: UnverifiedEmailCause;
  /** Which document of the provider gave which claim. */
  claimSources?: ClaimSources;
  /** At the provider; absent where a provider names none, as one that reads requests or a Backstage module. */
  subject?: string;
  issuer?: string;
  /** What the provider answered to the membership queries of the gates. */
  evidence?: GateEvidence;
  /** Why it did not answer one, or not wholly. */
  unanswered?: UnansweredGates;
  /** What the resolver of a Backstage module issued already; it has taken no effect yet. */
  identity?: IssuedIdentity;
  /** What the person is given of the provider, where the provider words it itself. Absent: what its tokens say. */
  providerInfo?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Why a login has no e-mail address that counts, in words for the person and for the operator.
 *
 * @returns The code, and what is more exact than what its entry in the closed list says.
 */
export function missingEmail({ emailOmitted, emailNotVerified }: Grant): {
  code: SignInCodeName;
  sentence?: string;
  hint?: string;
} {
  if (emailOmitted !== 'ERR_EMAIL_NOT_VERIFIED' || emailNotVerified === undefined) {
    return { code: emailOmitted ?? 'ERR_PROFILE_NO_EMAIL' };
  }
  const { sentence, operator: hint } = unverifiedEmailCauses[emailNotVerified];
  return { code: emailOmitted, sentence, hint };
}
