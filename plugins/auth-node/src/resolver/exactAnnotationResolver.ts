/** Resolvers by an opaque id of the vendor, which must be the same byte for byte. */
import { isValidEntityName, stringifyEntityRef } from '@vestibule/catalog-model';
import { CatalogAnswerInvalidError } from '@vestibule/plugin-catalog-node';
import { z } from 'zod';
import {
  fallbackOptions,
  fallbackTo,
  isNotFound,
  warnOfMissingCatalogUsers,
  type FallbackOptions,
} from './catalogFallback.ts';
import type { AuthResolverContext, SignInInfo, SignInResult } from './signInResolver.ts';
import { createSignInResolverFactory, type SignInResolverFactory } from './signInResolverFactory.ts';

/**
 * Creates the resolver that looks for the user whose annotation is an id of the vendor, byte for byte, as Backstage's
 * `userIdMatchingUserEntityAnnotation` of several vendors does.
 *
 * A login without the id passes. Throws what {@link signInByExactAnnotation} throws.
 *
 * @example
 * ```ts
 * export const acmeSignInResolvers = {
 *   userIdMatchingUserEntityAnnotation: createExactAnnotationResolver<AcmeResult>({
 *     annotation: 'acme.example/user-id',
 *     what: 'Acme user id',
 *     valueOf: ({ result }) => result.fullProfile.id,
 *   }),
 * };
 * ```
 * @public
 */
export function createExactAnnotationResolver<TResult = unknown>(definition: {
  /** The annotation's name, for example `github.com/user-id`. */
  annotation: string;
  /** What the id is called, for the operator. */
  what: string;
  /** The id; `undefined` or empty where the login has none. */
  valueOf(info: SignInInfo<TResult>): string | undefined;
  /**
   * Whether the option `dangerouslyAllowSignInWithoutUserInCatalog` is offered, which signs in who is not in the catalog
   * as `user:default/<id>`. An id that is no entity name is refused then, too. References are in lower case, so that two
   * ids that differ in case only are one person then, as in Backstage; every start warns of it.
   * Default: false.
   */
  allowsMissingUser?: boolean;
}): SignInResolverFactory<TResult> {
  const { annotation, what, valueOf, allowsMissingUser = false } = definition;
  return createSignInResolverFactory({
    optionsSchema: z.strictObject(allowsMissingUser ? fallbackOptions : {}),
    looksUp: () => `annotation ${annotation}`,
    startWarning: (options) => warnOfMissingAnnotatedUsers(what, options),
    create: (options) => async (info, context) => {
      const value = valueOf(info);
      if (value === undefined || value === '') return context.pass(`the login has no ${what}`);
      return await signInByExactAnnotationOr(context, { annotation, value }, options);
    },
  });
}

/** What is printed at every start where who is not in the catalog is signed in. */
export function warnOfMissingAnnotatedUsers(what: string, options: FallbackOptions): string | undefined {
  const warning = warnOfMissingCatalogUsers(options);
  return warning && `${warning}, by their ${what} in lower case: two that differ in case only are one person`;
}

/** As {@link signInByExactAnnotation}, and where nobody has the annotation, who the options let in all the same. */
export async function signInByExactAnnotationOr(
  context: AuthResolverContext,
  { annotation, value }: { annotation: string; value: string },
  options: FallbackOptions,
): Promise<SignInResult> {
  try {
    return await signInByExactAnnotation(context, { annotation, value });
  } catch (error) {
    const fallback = fallbackTo(value, options);
    if (!fallback || !isNotFound(error) || !isValidEntityName(value)) throw error;
    // Asked again, so that the context sees to it that nobody else has that name. What is a name holds no '@', so
    // the context too compares it byte for byte.
    return await context.signInWithCatalogUser({ annotations: { [annotation]: value } }, fallback);
  }
}

/**
 * Signs in the one user whose annotation has exactly this value. A catalog compares without regard to letter case, so
 * what it answers is compared again: somebody whose id differs in case only is somebody else.
 *
 * @throws NotFoundError `ERR_USER_NOT_FOUND`, `ERR_AMBIGUOUS_MATCH`, `ERR_CATALOG_QUERY_UNSAFE` for a value that would
 *   change the meaning of the query, `ERR_CATALOG_ANSWER_INVALID` where the value of the user found differs.
 * @public
 */
export async function signInByExactAnnotation(
  context: AuthResolverContext,
  { annotation, value }: { annotation: string; value: string },
): Promise<SignInResult> {
  const { entity } = await context.findCatalogUser({ annotations: { [annotation]: value } });
  if (entity.metadata.annotations?.[annotation] !== value) {
    throw new CatalogAnswerInvalidError('The catalog answered with another user than the one asked for.', {
      hint: `The annotation '${annotation}' of the user found is not exactly the value asked for.`,
    });
  }
  const { ownershipEntityRefs } = await context.resolveOwnershipEntityRefs(entity);
  return context.issueToken({ claims: { sub: stringifyEntityRef(entity), ent: ownershipEntityRefs } });
}
