/** What a block of an OpenID Provider means here and not to Backstage's module, for `vestibule migrate`. */
import type { BackstageDifferences } from '@vestibule/plugin-auth-node';

export const oidcFromBackstage: BackstageDifferences = {
  addressAdvice: () =>
    "Nothing to do where the provider sends email_verified; for one that does not, there is 'dangerouslyTrustUnverifiedEmail'.",
  absentKeys: {
    prompt: {
      says: 'absent, no prompt is sent, but consent with the scope offline_access. There it is none, with which people without a session at the provider cannot sign in',
      nextStep: "Nothing to do; 'prompt: none' is sent where it is written.",
    },
  },
  needsSessionSecret: true,
};
