/**
 * The resolvers that every provider has. The names and options of those that start from the e-mail address are
 * Backstage's; `stripSubAddress` and the resolvers by subject and by a claim are ours.
 */
import { isValidEntityName } from '@vestibule/catalog-model';
import { withoutSubAddress } from '../provider/email.ts';
import { fallbackTo, warnOfMissingCatalogUsers } from './catalogFallback.ts';
import { claimMatchingUserEntityAnnotation, claimMatchingUserEntityName } from './claimResolvers.ts';
import { createEmailResolver, emailOptionsSchema, withEmail } from './emailResolver.ts';
import { createSignInResolverFactory } from './signInResolverFactory.ts';
import { subjectMatchingUserEntityAnnotation } from './subjectResolver.ts';

/** The user whose `spec.profile.email` is the address of the login. */
const emailMatchingUserEntityProfileEmail = createEmailResolver('spec.profile.email', (address) => ({
  filter: { 'spec.profile.email': address },
}));

/**
 * The user whose name is what stands before the `@`. A login whose local part cannot be an entity name passes. Without
 * `allowedDomains` whoever can get an address at any domain chooses a name: that is warned of at every start.
 */
const emailLocalPartMatchingUserEntityName = createSignInResolverFactory({
  optionsSchema: emailOptionsSchema,
  looksUp: () => 'metadata.name',
  startWarning: (options) =>
    options.allowedDomains === undefined
      ? "takes the name from the e-mail address without looking at its domain; set 'allowedDomains'"
      : warnOfMissingCatalogUsers(options),
  create: (options) => async (info, context) =>
    withEmail(info.profile.email, options, context, async (email) => {
      const { localPart: name } = options.stripSubAddress === true ? withoutSubAddress(email) : email;
      if (!isValidEntityName(name))
        return context.pass('what stands before the @ cannot be the name of an entity');
      return await context.signInWithCatalogUser({ entityRef: { name } }, fallbackTo(name, options));
    }),
});

/** The resolvers that config can name for every provider, by their names. @public */
export const commonSignInResolvers = {
  emailMatchingUserEntityProfileEmail,
  emailLocalPartMatchingUserEntityName,
  subjectMatchingUserEntityAnnotation,
  claimMatchingUserEntityAnnotation,
  claimMatchingUserEntityName,
} as const;
