/** The resolvers that config can name for Google, besides the common ones. */
import { createEmailAnnotationResolver } from '@vestibule/plugin-auth-node';

/** By their names in config. For code, `googleSignInResolvers.emailMatchingUserEntityAnnotation({ … })`. @public */
export const googleSignInResolvers = {
  /**
   * The user whose annotation `google.com/email` is the address of the login. Options: `allowedDomains`,
   * `stripSubAddress`, `dangerouslyAllowSignInWithoutUserInCatalog`.
   */
  emailMatchingUserEntityAnnotation: createEmailAnnotationResolver('google.com/email'),
} as const;
