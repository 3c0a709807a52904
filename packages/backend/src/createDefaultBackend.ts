/** The backend that `vestibule start` runs. */
import { createSpecializedBackend, type Backend } from '@vestibule/backend-core';
import { createRootConfigFactory, defaultServiceFactories } from '@vestibule/backend-defaults';
import type { ServiceFactory } from '@vestibule/backend-plugin-api';
import authPlugin from '@vestibule/plugin-auth-backend';
import oauthServer from '@vestibule/plugin-auth-backend-module-oauth-server';
import signInPage from '@vestibule/plugin-auth-web';
import { catalogLoader } from './catalogLoader.ts';
import { providersLoader } from './defaultProviders.ts';
import { devIdpLoader } from './devIdpLoader.ts';

/** Options of {@link createDefaultBackend}. @public */
export interface DefaultBackendOptions {
  /** In the order of reading, later over earlier. Default: the `app-config` files of the working directory. */
  configFiles?: readonly string[];
  /** A factory for `core.rootConfig` instead of config files. */
  rootConfig?: ServiceFactory;
  /** Services to use where no other factory is added, over those of `createBackend()`. */
  defaultServiceFactories?: readonly ServiceFactory[];
}

/**
 * Sign-in with the providers among the dependencies of this package, the OAuth server, the sign-in page, and a catalog. A
 * provider that the config does not name is not there, nor is the OAuth server. Nothing is read before `start()`.
 *
 * @example
 * ```ts
 * const backend = createDefaultBackend();
 * backend.add(import('@acme/auth-backend-module-acme-provider'));
 * await backend.start();
 * ```
 * @public
 */
export function createDefaultBackend(options: DefaultBackendOptions = {}): Backend {
  const { configFiles = [], rootConfig, defaultServiceFactories: ownDefaults = [] } = options;
  const backend = createSpecializedBackend({
    defaultServiceFactories: [...defaultServiceFactories, ...ownDefaults],
  });
  backend.add(rootConfig ?? createRootConfigFactory(configFiles.length > 0 ? { files: configFiles } : {}));

  backend.add(authPlugin);
  backend.add(providersLoader);
  backend.add(oauthServer);
  backend.add(signInPage);

  backend.add(catalogLoader);
  backend.add(devIdpLoader());
  return backend;
}
