/** Whether the catalog still has a user who approved something once. */
import type { AuthService } from '@vestibule/backend-plugin-api';
import { signInCodeOf } from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import { OAuthError } from '../oauthError.ts';

/**
 * Asks for the reference as it was issued, with the plugin's own credentials.
 *
 * @throws OAuthError `temporarily_unavailable` where the catalog does not say.
 */
export type IsInCatalog = (userEntityRef: string, signal: AbortSignal) => Promise<boolean>;

export function createUserPresence(options: { catalog: CatalogService; auth: AuthService }): IsInCatalog {
  const { catalog, auth } = options;
  return async (userEntityRef, signal) => {
    try {
      const credentials = await auth.getOwnServiceCredentials();
      // A catalog written in JavaScript may say `null`.
      const entity = (await catalog.getEntityByRef(userEntityRef, { credentials, signal })) ?? undefined;
      return entity !== undefined;
    } catch (cause) {
      if (isNotFound(cause)) return false;
      throw new OAuthError('temporarily_unavailable', 'The catalog did not answer', { cause });
    }
  };
}

function isNotFound(error: unknown): boolean {
  if (signInCodeOf(error) !== undefined) return signInCodeOf(error) === 'ERR_USER_NOT_FOUND';
  return error instanceof Error && error.name === 'NotFoundError';
}
