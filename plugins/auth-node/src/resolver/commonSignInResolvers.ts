/**
 * The resolvers that every provider has: both start from the e-mail address in the profile. Their names and options are
 * Backstage's; `stripSubAddress` is ours.
 */
import { NotAllowedError } from '@vestibule/backend-plugin-api';
import { isValidEntityName } from '@vestibule/catalog-model';
import { z } from 'zod';
import { normalizeDomain, parseEmail, withoutSubAddress, type EmailAddress } from '../provider/email.ts';
import type { AuthResolverContext, CatalogUserQuery, SignInVerdict } from './signInResolver.ts';
import { createSignInResolverFactory } from './signInResolverFactory.ts';

const domainSchema = z
  .string()
  .refine(
    (domain) => normalizeDomain(domain) !== undefined,
    "must be a domain such as 'example.com', without '@'",
  );

const optionsSchema = z.strictObject({
  /** Whose addresses may sign in. Compared in lower case and ASCII form. Default: every domain. */
  allowedDomains: z.array(domainSchema).optional(),
  /** Whether `jane+news@example.com` is Jane too. Default: false, the address counts as it is. */
  stripSubAddress: z.boolean().optional(),
  /** Signs in as `user:default/<name>` who is not in the catalog. Default: false. */
  dangerouslyAllowSignInWithoutUserInCatalog: z.boolean().optional(),
});

/** Options of the common resolvers. @public */
export type CommonSignInResolverOptions = z.infer<typeof optionsSchema>;

/**
 * The user whose `spec.profile.email` is the address of the login.
 *
 * With `stripSubAddress` the address is looked up as it is first, then without `+tag`. With
 * `dangerouslyAllowSignInWithoutUserInCatalog` the name of who is not found is the full address.
 */
const emailMatchingUserEntityProfileEmail = createSignInResolverFactory({
  optionsSchema,
  startWarning: warnOfMissingCatalogUsers,
  create: (options) => async (info, context) =>
    withEmail(info.profile.email, options, context, async (email) => {
      const plain = options.stripSubAddress === true ? withoutSubAddress(email) : email;
      if (plain !== email) {
        try {
          return await context.signInWithCatalogUser(queryOf(email));
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }
      return await context.signInWithCatalogUser(queryOf(plain), fallbackTo(plain.address, options));
    }),
});

/**
 * The user whose name is what stands before the `@`. A login whose local part cannot be an entity name passes. Without
 * `allowedDomains` whoever can get an address at any domain chooses a name: that is warned of at every start.
 */
const emailLocalPartMatchingUserEntityName = createSignInResolverFactory({
  optionsSchema,
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
} as const;

/** Passes where there is no usable address, refuses where its domain is not allowed. */
async function withEmail(
  given: string | undefined,
  { allowedDomains }: CommonSignInResolverOptions,
  context: AuthResolverContext,
  resolve: (email: EmailAddress) => Promise<SignInVerdict>,
): Promise<SignInVerdict> {
  if (given === undefined) return context.pass('the profile has no e-mail address');
  const email = parseEmail(given);
  if (!email) return context.pass('the e-mail address of the profile is malformed');
  if (allowedDomains && !allowedDomains.some((domain) => normalizeDomain(domain) === email.domain)) {
    throw new NotAllowedError('ERR_GATE_DOMAIN', 'Sign-in user email is not from an allowed domain');
  }
  return resolve(email);
}

function queryOf({ address }: EmailAddress): CatalogUserQuery {
  return { filter: { 'spec.profile.email': address } };
}

function fallbackTo(
  name: string,
  { dangerouslyAllowSignInWithoutUserInCatalog }: CommonSignInResolverOptions,
): Parameters<AuthResolverContext['signInWithCatalogUser']>[1] {
  if (dangerouslyAllowSignInWithoutUserInCatalog !== true) return undefined;
  return { dangerousEntityRefFallback: { entityRef: { kind: 'User', namespace: 'default', name } } };
}

function warnOfMissingCatalogUsers(options: CommonSignInResolverOptions): string | undefined {
  if (options.dangerouslyAllowSignInWithoutUserInCatalog !== true) return undefined;
  return 'signs in people who are not in the catalog';
}

/** By name only: the error may come from another copy of the package, or from a Backstage host. */
function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}
