/** The extension point `auth.ownershipResolution`. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';

/** Says what a user owns. @public */
export interface AuthOwnershipResolver {
  resolveOwnershipEntityRefs(entity: Entity): Promise<{ ownershipEntityRefs: string[] }>;
}

/** Replaces the default, which is the user and the groups of its `memberOf` relations. @public */
export interface AuthOwnershipResolutionExtensionPoint {
  /** @throws ConflictError `ERR_OWNERSHIP_RESOLVER_SET_TWICE`. */
  setAuthOwnershipResolver(resolver: AuthOwnershipResolver): void;
}

/** @public */
export const authOwnershipResolutionExtensionPoint =
  createExtensionPoint<AuthOwnershipResolutionExtensionPoint>({
    id: 'auth.ownershipResolution',
  });
