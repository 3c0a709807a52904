/** The extension point `auth.providers`. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';
import type { AuthProviderFactory, ProviderDefinition } from '../provider/providerFactory.ts';

/** Adds types of providers. Use it in the init of a module, before the auth plugin starts. @public */
export interface AuthProvidersExtensionPoint {
  /**
   * Registers a type of provider under the id by which `auth.providers` in config names it.
   *
   * @throws ConflictError `ERR_PROVIDER_REGISTERED_TWICE`, naming the id, where it has another factory already. Thrown in
   *   the init of the module that came second, which the report of the start names; the same factory twice is one type.
   */
  registerProvider(options: { providerId: string; factory: AuthProviderFactory }): void;
  /**
   * Changes a type of provider of ours, whoever registers it and whenever: what `decorate` returns takes its place.
   * Several decorators of one provider run in the order of adding.
   *
   * @example
   * ```ts
   * providers.decorateProvider({
   *   providerId: 'google',
   *   decorate: (definition) => ({ ...definition, title: 'Acme' }),
   * });
   * ```
   * @throws BackendStartupError `ERR_PROVIDER_DECORATION_INVALID` at start, where there is no such provider, it is a
   *   Backstage module, or the result is no definition of the same kind.
   */
  decorateProvider(options: {
    providerId: string;
    decorate(definition: ProviderDefinition): ProviderDefinition;
  }): void;
}

/** Depend on it in a module of the auth plugin: `deps: { providers: authProvidersExtensionPoint }`. @public */
export const authProvidersExtensionPoint = createExtensionPoint<AuthProvidersExtensionPoint>({
  id: 'auth.providers',
});
