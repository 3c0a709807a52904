/** Sign-in resolvers that config can name for Acme ID, besides the common ones. */
import { createSignInResolverFactory } from '@vestibule/plugin-auth-node';
import type { AcmeResult } from './authenticator.ts';

/** @public */
export const acmeSignInResolvers = {
  /** Looks up the user whose annotation `acme.example/id` is the person's id, byte for byte. */
  acmeIdMatchingUserEntityAnnotation: createSignInResolverFactory<AcmeResult>({
    create:
      () =>
      async ({ result }, context) =>
        context.signInWithCatalogUser({ annotations: { 'acme.example/id': result.fullProfile.id } }),
  }),
};
