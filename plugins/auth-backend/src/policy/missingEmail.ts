/** Why a login has no e-mail address that counts, in words for the person and for the operator. */
import { unverifiedEmailCauses, type SignInCodeName } from '@vestibule/plugin-auth-node';
import type { Grant } from './grant.ts';

/** @returns The code, and what is more exact than what its entry in the closed list says. */
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
