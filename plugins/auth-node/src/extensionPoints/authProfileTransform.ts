/** The extension point `auth.profileTransform`. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';
import type { ProfileTransform } from '../provider/profile.ts';

/** Changes what people see of themselves, or refuses them. Use it in the init of a module. @public */
export interface AuthProfileTransformExtensionPoint {
  /**
   * Adds a transform for one provider, or with `'*'` for any. They run in the order of adding, each on the profile of the
   * one before. Of a hosted Backstage module the result is `{ providerInfo }`.
   *
   * @example
   * ```ts
   * transforms.add({
   *   provider: 'google',
   *   name: 'shortNames',
   *   transform: (result, { profile }) => ({ profile: { ...profile, displayName: shorten(profile.displayName) } }),
   * });
   * ```
   * @throws ConflictError `ERR_PROFILE_TRANSFORM_NAME_TAKEN` where there is one of that name.
   */
  // The provider's result type is known to whoever writes the transform, not here.
  add(options: { provider: string; name: string; transform: ProfileTransform<never> }): void;
}

/** Depend on it in a module of the auth plugin: `deps: { transforms: authProfileTransformExtensionPoint }`. @public */
export const authProfileTransformExtensionPoint = createExtensionPoint<AuthProfileTransformExtensionPoint>({
  id: 'auth.profileTransform',
});
