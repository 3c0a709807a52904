/** Resolvers that start from the e-mail address of the profile: one way for the common ones and for vendors' own. */
import { NotAllowedError } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { normalizeDomain, parseEmail, withoutSubAddress, type EmailAddress } from '../provider/email.ts';
import { fallbackOptions, fallbackTo, isNotFound, warnOfMissingCatalogUsers } from './catalogFallback.ts';
import type { AuthResolverContext, CatalogUserQuery, SignInVerdict } from './signInResolver.ts';
import { createSignInResolverFactory, type SignInResolverFactory } from './signInResolverFactory.ts';

const domainSchema = z
  .string()
  .refine(
    (domain) => normalizeDomain(domain) !== undefined,
    "must be a domain such as 'example.com', without '@'",
  );

/** Options of the resolvers that start from the e-mail address. @public */
export interface EmailResolverOptions {
  /** Whose addresses may sign in. Compared in lower case and ASCII form. Default: every domain. */
  allowedDomains?: string[] | undefined;
  /** Whether `jane+news@example.com` is Jane too. Default: false, the address counts as it is. */
  stripSubAddress?: boolean | undefined;
  /** Signs in as `user:default/<name>` who is not in the catalog. Default: false. */
  dangerouslyAllowSignInWithoutUserInCatalog?: boolean | undefined;
}

/** Describes {@link EmailResolverOptions}. */
export const emailOptionsSchema: z.ZodType<EmailResolverOptions> = z.strictObject({
  allowedDomains: z.array(domainSchema).optional(),
  stripSubAddress: z.boolean().optional(),
  ...fallbackOptions,
});

/**
 * Creates the resolver that looks for the user whose annotation is the e-mail address of the profile, in any letter case,
 * as Backstage's `emailMatchingUserEntityAnnotation` of several vendors does.
 *
 * Its options are {@link EmailResolverOptions}, every one of them honoured. A login without a usable address passes. It
 * throws `ERR_GATE_DOMAIN` where `allowedDomains` does not list the domain, and what `ctx.signInWithCatalogUser` throws.
 *
 * @param annotation - The annotation's name, for example `google.com/email`.
 * @example
 * ```ts
 * export const acmeSignInResolvers = {
 *   emailMatchingUserEntityAnnotation: createEmailAnnotationResolver('acme.example/email'),
 * };
 * ```
 * @public
 */
export function createEmailAnnotationResolver(annotation: string): SignInResolverFactory {
  return createEmailResolver(`annotation ${annotation}`, (address) => ({
    annotations: { [annotation]: address },
  }));
}

/**
 * A resolver that asks the catalog for one address.
 *
 * With `stripSubAddress` the address is looked up as it is first, then without `+tag`. With
 * `dangerouslyAllowSignInWithoutUserInCatalog` the name of who is not found is the full address.
 */
export function createEmailResolver(
  looksUp: string,
  queryOf: (address: string) => CatalogUserQuery,
): SignInResolverFactory {
  return createSignInResolverFactory({
    optionsSchema: emailOptionsSchema,
    looksUp: () => looksUp,
    startWarning: (options) => warnOfMissingCatalogUsers(options),
    create: (options) => async (info, context) =>
      withEmail(info.profile.email, options, context, async (email) => {
        const plain = options.stripSubAddress === true ? withoutSubAddress(email) : email;
        if (plain !== email) {
          try {
            return await context.signInWithCatalogUser(queryOf(email.address));
          } catch (error) {
            if (!isNotFound(error)) throw error;
          }
        }
        return await context.signInWithCatalogUser(
          queryOf(plain.address),
          fallbackTo(plain.address, options),
        );
      }),
  });
}

/** Passes where there is no usable address, refuses where its domain is not allowed. */
export async function withEmail(
  given: string | undefined,
  { allowedDomains }: EmailResolverOptions,
  context: AuthResolverContext,
  resolve: (email: EmailAddress) => Promise<SignInVerdict>,
): Promise<SignInVerdict> {
  if (given === undefined) return context.pass('ERR_PROFILE_NO_EMAIL');
  const email = parseEmail(given);
  if (!email) return context.pass('the e-mail address of the profile is malformed');
  if (allowedDomains && !allowedDomains.some((domain) => normalizeDomain(domain) === email.domain)) {
    throw new NotAllowedError('ERR_GATE_DOMAIN', 'Sign-in user email is not from an allowed domain');
  }
  return resolve(email);
}
