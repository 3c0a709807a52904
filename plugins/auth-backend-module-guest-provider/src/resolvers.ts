/** Who a guest is: an identity fixed by config, with what the catalog says about it where it knows it. */
import type { SignInResolver } from '@vestibule/plugin-auth-node';
import type { GuestResult } from './authenticator.ts';
import type { GuestSettings } from './config.ts';

/**
 * Signs in the configured user with what they own in the catalog. Where the catalog does not know them, or gives no
 * answer, they own what the config says: the identity is the same either way, and a demo works without a catalog.
 *
 * Any other error stops, for example an answer with the wrong entity (Backstage's guest goes on then, too).
 *
 * @public
 */
export function guestResolver(settings: GuestSettings): SignInResolver<GuestResult> {
  const { userEntityRef, ownershipEntityRefs = [userEntityRef] } = settings;
  return async (_info, context) => {
    try {
      return await context.signInWithCatalogUser({ entityRef: userEntityRef });
    } catch (error) {
      if (!isCatalogSilent(error)) throw error;
      return await context.issueToken({ claims: { sub: userEntityRef, ent: ownershipEntityRefs } });
    }
  };
}

function isCatalogSilent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (
    error.name === 'NotFoundError' || code === 'ERR_CATALOG_UNAVAILABLE' || code === 'ERR_CATALOG_REFUSED'
  );
}
