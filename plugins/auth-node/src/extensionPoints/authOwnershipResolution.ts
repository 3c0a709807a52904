/** The extension point `auth.ownershipResolution`. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';

/** Says what a user owns. @public */
export interface AuthOwnershipResolver {
  /**
   * Asked at every sign-in and refresh that finds a user, within the 15 s of the request.
   *
   * @returns At most 10,000 full references, the user's own among them if it is to count. What is no list is refused with
   *   `ERR_RESOLVER_RESULT_INVALID`, more with `ERR_TOKEN_TOO_LARGE`; what is no reference is left out, and named in the
   *   decision. What it throws counts as thrown by the resolver that asked.
   */
  resolveOwnershipEntityRefs(entity: Entity): Promise<{ ownershipEntityRefs: string[] }>;
}

/**
 * Replaces what `auth.ownership` of the config says, by default the user and the groups of its `memberOf` relations. Use it
 * in the init of a module.
 *
 * @public
 */
export interface AuthOwnershipResolutionExtensionPoint {
  /** @throws ConflictError `ERR_OWNERSHIP_RESOLVER_SET_TWICE`. */
  setAuthOwnershipResolver(resolver: AuthOwnershipResolver): void;
}

/** Depend on it in a module of the auth plugin: `deps: { ownership: authOwnershipResolutionExtensionPoint }`. @public */
export const authOwnershipResolutionExtensionPoint =
  createExtensionPoint<AuthOwnershipResolutionExtensionPoint>({
    id: 'auth.ownershipResolution',
  });
