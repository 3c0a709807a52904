/** The option of Backstage's resolvers that signs in who is not in the catalog, and what it says at start. */
import { z } from 'zod';
import type { AuthResolverContext } from './signInResolver.ts';

/** Part of a resolver's options schema. */
export const fallbackOptions = {
  /** Signs in as `user:default/<name>` who is not in the catalog. Default: false. */
  dangerouslyAllowSignInWithoutUserInCatalog: z.boolean().optional(),
};

/** The option, where it is given. */
export interface FallbackOptions {
  dangerouslyAllowSignInWithoutUserInCatalog?: boolean | undefined;
}

/** The second argument of `signInWithCatalogUser`. */
export function fallbackTo(
  name: string,
  { dangerouslyAllowSignInWithoutUserInCatalog }: FallbackOptions,
): Parameters<AuthResolverContext['signInWithCatalogUser']>[1] {
  if (dangerouslyAllowSignInWithoutUserInCatalog !== true) return undefined;
  return { dangerousEntityRefFallback: { entityRef: { kind: 'User', namespace: 'default', name } } };
}

/** What is printed at every start. */
export function warnOfMissingCatalogUsers(options: FallbackOptions): string | undefined {
  if (options.dangerouslyAllowSignInWithoutUserInCatalog !== true) return undefined;
  return 'signs in people who are not in the catalog';
}

/** By name only: the error may come from another copy of the package, or from a Backstage host. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}
