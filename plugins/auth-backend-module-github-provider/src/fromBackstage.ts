/** What a block of GitHub means here and not to Backstage's module, for `vestibule migrate`. */
import type { BackstageDifferences } from '@vestibule/plugin-auth-node';

export const gitHubFromBackstage: BackstageDifferences = {
  addressAdvice({ additionalScopes: scopes }) {
    const asksForAddress =
      (typeof scopes === 'string' || Array.isArray(scopes)) && scopes.includes('user:email');
    return asksForAddress
      ? 'Nothing to do.'
      : "Add 'user:email' to additionalScopes: the primary address counts if GitHub calls it verified. " +
          'There it is the public one, which few people have.';
  },
};
