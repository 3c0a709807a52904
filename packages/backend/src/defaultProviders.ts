/** The providers that the default backend brings. */
import { createBackendFeatureLoader } from '@vestibule/backend-plugin-api';
import type { AuthProvider, AuthProviderFeature } from '@vestibule/plugin-auth-node';
import { importProviderPackages } from './providerPackages.ts';

async function loadFeatures(): Promise<AuthProviderFeature[]> {
  return (await importProviderPackages()).map((one) => one.default as AuthProviderFeature);
}

/** Adds them. */
export const providersLoader = createBackendFeatureLoader({
  description: 'feature loader of the default providers',
  loader: loadFeatures,
});

/** The providers, as `registerProvider` takes them, for tools that tell of the default backend. @public */
export async function loadDefaultProviders(): Promise<AuthProvider[]> {
  return (await loadFeatures()).map(({ authProvider }) => authProvider);
}
