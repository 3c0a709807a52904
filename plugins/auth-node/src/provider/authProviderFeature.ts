/** What a provider package exports as its default: one feature that installs the provider wherever it is looked for. */
import {
  createBackendFeatureLoader,
  createBackendModule,
  createServiceFactory,
  type FeatureLoader,
} from '@vestibule/backend-plugin-api';
import { authProvidersExtensionPoint } from '../extensionPoints/authProviders.ts';
import { authProviderServiceRef, type AuthProvider } from './authProviderService.ts';

/** The feature, and the provider that it installs, for tools that tell of it without a backend. @public */
export interface AuthProviderFeature extends FeatureLoader {
  readonly authProvider: AuthProvider;
}

/**
 * Installs a provider: as a module of the auth plugin, `<providerId>-provider`, and as a service that others look up with
 * `authProviderServiceRef`.
 *
 * @example
 * ```ts
 * export default createAuthProviderFeature({ providerId: 'acme', factory: acmeProviderFactory });
 * ```
 * @public
 */
export function createAuthProviderFeature(authProvider: AuthProvider): AuthProviderFeature {
  const { providerId } = authProvider;
  const module = createBackendModule({
    pluginId: 'auth',
    moduleId: `${providerId}-provider`,
    register({ registerInit }) {
      registerInit({
        deps: { providers: authProvidersExtensionPoint },
        async init({ providers }) {
          providers.registerProvider(authProvider);
        },
      });
    },
  });
  const service = createServiceFactory({
    service: authProviderServiceRef,
    deps: {},
    factory: () => authProvider,
  });
  return {
    ...createBackendFeatureLoader({
      description: `sign-in provider '${providerId}'`,
      loader: () => [module, service],
    }),
    authProvider,
  };
}
