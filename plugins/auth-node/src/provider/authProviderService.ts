/** Providers as services: what a module looks up when it wants to know which types of providers are there. */
import { createServiceRef } from '@vestibule/backend-plugin-api';
import type { AuthProviderFactory } from './providerFactory.ts';

/** A type of provider, under the id by which `auth.providers` in config names it. @public */
export interface AuthProvider {
  readonly providerId: string;
  readonly factory: AuthProviderFactory;
}

/**
 * The types of providers that are services, as a list. Whoever adds a factory for this service provides one, as with
 * `registerProvider` of `authProvidersExtensionPoint`; the auth plugin takes both for one list, and the same provider twice
 * for one.
 *
 * A module that must reach a provider whoever installs it, and whenever, uses `decorateProvider`: what modules register is
 * not in this list.
 *
 * @example
 * ```ts
 * registerInit({
 *   deps: { providers: authProviderServiceRef },
 *   async init({ providers }) {
 *     const google = providers.find(({ providerId }) => providerId === 'google');
 *   },
 * });
 * ```
 * @public
 */
export const authProviderServiceRef = createServiceRef<AuthProvider>({
  id: 'auth.provider',
  scope: 'plugin',
  multiton: true,
});
