/** The extension point `auth.providers`. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';
import type { AuthProviderFactory } from '../provider/providerFactory.ts';

/** Adds types of providers. Use it in the init of a module, before the auth plugin starts. @public */
export interface AuthProvidersExtensionPoint {
  /**
   * Registers a type of provider under the id by which `auth.providers` in config names it.
   *
   * @throws ConflictError `ERR_PROVIDER_REGISTERED_TWICE` naming both modules.
   */
  registerProvider(options: { providerId: string; factory: AuthProviderFactory }): void;
}

/** @public */
export const authProvidersExtensionPoint = createExtensionPoint<AuthProvidersExtensionPoint>({
  id: 'auth.providers',
});
