/** Calls to the catalog, with the plugin's own credentials. */
import type { AuthService } from '@vestibule/backend-plugin-api';
import { RefusalError, signInCodeOf } from '@vestibule/plugin-auth-node';
import type { CatalogRequestOptions, CatalogService } from '@vestibule/plugin-catalog-node';
import { isNotFound } from './thrownError.ts';

/** One call. */
export type AskCatalog = <T>(
  signal: AbortSignal,
  call: (catalog: CatalogService, options: CatalogRequestOptions) => Promise<T>,
) => Promise<T>;

/**
 * Makes the function that asks. A catalog that fails in a way of its own is away all the same: that is no word about
 * anybody, and becomes `ERR_CATALOG_UNAVAILABLE`.
 */
export function createAskCatalog(options: { catalog: CatalogService; auth: AuthService }): AskCatalog {
  const { catalog, auth } = options;
  return async (signal, call) => {
    try {
      const credentials = await auth.getOwnServiceCredentials();
      return await call(catalog, { credentials, signal });
    } catch (error) {
      if (signInCodeOf(error) || isNotFound(error)) throw error;
      throw new RefusalError('ERR_CATALOG_UNAVAILABLE', { cause: error });
    }
  };
}
