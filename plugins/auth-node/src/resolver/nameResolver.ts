/** Resolvers by the name that the vendor knows a person by. */
import { isValidEntityName } from '@vestibule/catalog-model';
import { z } from 'zod';
import { fallbackOptions, fallbackTo, warnOfMissingCatalogUsers } from './catalogFallback.ts';
import type { SignInInfo } from './signInResolver.ts';
import { createSignInResolverFactory, type SignInResolverFactory } from './signInResolverFactory.ts';

const optionsSchema = z.strictObject(fallbackOptions);

/**
 * Creates the resolver that looks for the user who is called in the catalog as at the vendor, as Backstage's
 * `usernameMatchingUserEntityName` of several vendors does. Names are compared in lower case.
 *
 * A login without a name, or whose name no entity can have, passes. Throws what `ctx.signInWithCatalogUser` throws.
 *
 * @example
 * ```ts
 * export const acmeSignInResolvers = {
 *   usernameMatchingUserEntityName: createNameResolver<AcmeResult>({
 *     what: 'Acme login',
 *     nameOf: ({ result }) => result.fullProfile.login,
 *   }),
 * };
 * ```
 * @public
 */
export function createNameResolver<TResult = unknown>(definition: {
  /** What the name is called, for the operator. */
  what: string;
  /** The name; `undefined` where the login has none. */
  nameOf(info: SignInInfo<TResult>): string | undefined;
  /** Printed at every start, for a name that another person can take over. */
  warning?: string;
}): SignInResolverFactory<TResult> {
  const { what, nameOf, warning } = definition;
  return createSignInResolverFactory({
    optionsSchema,
    looksUp: () => 'metadata.name',
    startWarning: (options) => {
      const warnings = [warning, warnOfMissingCatalogUsers(options)].filter((one) => one !== undefined);
      return warnings.length > 0 ? warnings.join('; ') : undefined;
    },
    create: (options) => async (info, context) => {
      const name = nameOf(info);
      if (name === undefined || name === '') return context.pass(`the login has no ${what}`);
      if (!isValidEntityName(name)) return context.pass(`the ${what} cannot be the name of an entity`);
      return context.signInWithCatalogUser({ entityRef: { name } }, fallbackTo(name, options));
    },
  });
}
