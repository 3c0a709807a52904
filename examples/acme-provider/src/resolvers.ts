/** Sign-in resolvers that config can name for Acme ID, besides the common ones. */
import { createExactAnnotationResolver } from '@vestibule/plugin-auth-node';
import type { AcmeResult } from './authenticator.ts';

/** @public */
export const acmeSignInResolvers = {
  /** Looks up the user whose annotation `acme.example/id` is the person's id, byte for byte. */
  acmeIdMatchingUserEntityAnnotation: createExactAnnotationResolver<AcmeResult>({
    annotation: 'acme.example/id',
    what: 'Acme id',
    valueOf: ({ result }) => result.fullProfile.id,
  }),
} as const;
