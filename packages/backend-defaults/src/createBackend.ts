/** The backend with its default services. */
import { createSpecializedBackend, type Backend } from '@vestibule/backend-core';
import type { ServiceFactory } from '@vestibule/backend-plugin-api';
import { authServiceFactory } from './auth/authServiceFactory.ts';
import { httpAuthServiceFactory } from './auth/httpAuthServiceFactory.ts';
import { userInfoServiceFactory } from './auth/userInfoServiceFactory.ts';
import { cacheServiceFactory } from './cache/cacheServiceFactory.ts';
import { configReloadServiceFactory } from './config/configReload.ts';
import { rootConfigServiceFactory } from './config/rootConfig.ts';
import { databaseServiceFactory } from './database/databaseServiceFactory.ts';
import { discoveryServiceFactory } from './discovery/discovery.ts';
import { rootHealthServiceFactory } from './health/rootHealth.ts';
import { httpRouterServiceFactory } from './http/httpRouter.ts';
import { httpServerServiceFactory } from './http/httpServer.ts';
import { rootHttpRouterServiceFactory } from './http/rootHttpRouter.ts';
import { loggerServiceFactory, rootLoggerServiceFactory } from './logger/rootLogger.ts';
import { unusedConfigServiceFactory } from './unusedConfig.ts';

/** The services that {@link createBackend} brings. The lifecycle and the metadata belong to the boot. @public */
export const defaultServiceFactories: readonly ServiceFactory[] = [
  rootConfigServiceFactory,
  configReloadServiceFactory,
  rootLoggerServiceFactory,
  loggerServiceFactory,
  databaseServiceFactory,
  cacheServiceFactory,
  authServiceFactory,
  httpAuthServiceFactory,
  userInfoServiceFactory,
  discoveryServiceFactory,
  rootHealthServiceFactory,
  httpServerServiceFactory,
  rootHttpRouterServiceFactory,
  httpRouterServiceFactory,
  unusedConfigServiceFactory,
];

/**
 * Creates a backend with the default services, each of which a factory that is added replaces.
 *
 * @example
 * ```ts
 * const backend = createBackend();
 * backend.add(import('@vestibule/plugin-auth-backend'));
 * await backend.start();
 * ```
 * @public
 */
export function createBackend(): Backend {
  return createSpecializedBackend({ defaultServiceFactories });
}
