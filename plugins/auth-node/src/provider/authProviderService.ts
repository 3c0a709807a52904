/** Providers as services: what a module looks up when it wants to know which types of providers are there. */
import { createServiceRef } from '@vestibule/backend-plugin-api';
import type { AuthProviderFactory } from './providerFactory.ts';

/** A type of provider, under the id by which `auth.providers` in config names it. @public */
export interface AuthProvider {
  readonly providerId: string;
  readonly factory: AuthProviderFactory;
}

/**
 * The types of providers that are services, as a list: those of this project's packages, and whatever else adds a
 * factory for this service. The auth plugin takes it and what modules register (`registerProvider` of
 * `authProvidersExtensionPoint`) for one list, and the same provider twice for one.
 *
 * What modules only register is not in this list; `decorateProvider` reaches that, too.
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
