/**
 * The providers that the default backend brings: each `…-provider` package among the dependencies of this package, so that
 * its manifest is the one list of them.
 */
import { createRequire } from 'node:module';
import { createBackendFeatureLoader } from '@vestibule/backend-plugin-api';
import type { AuthProvider, AuthProviderFeature } from '@vestibule/plugin-auth-node';

const { dependencies } = createRequire(import.meta.url)('../package.json') as {
  dependencies: Readonly<Record<string, string>>;
};

/** The default exports of the packages, in the order of the manifest. */
async function loadFeatures(): Promise<AuthProviderFeature[]> {
  const names = Object.keys(dependencies).filter((name) =>
    /\/plugin-auth-backend-module-.+-provider$/.test(name),
  );
  const packages = await Promise.all(names.map(async (name) => (await import(name)) as { default: unknown }));
  return packages.map((one) => one.default as AuthProviderFeature);
}

/** Adds them. */
export const providersLoader = createBackendFeatureLoader({ loader: loadFeatures });

/** The providers, as `registerProvider` takes them, for tools that tell of the default backend. @public */
export async function loadDefaultProviders(): Promise<AuthProvider[]> {
  return (await loadFeatures()).map(({ authProvider }) => authProvider);
}
