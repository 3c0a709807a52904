/** References to the core services, under Backstage's ids. */
import type { RootConfigService } from '../config/config.ts';
import { createServiceRef } from '../features/serviceRef.ts';
import type { AuthService, HttpAuthService, UserInfoService } from './auth.ts';
import type { CacheService } from './cache.ts';
import type { DatabaseService } from './database.ts';
import type { DiscoveryService } from './discovery.ts';
import type { RootHealthService } from './health.ts';
import type { HttpRouterService, RootHttpRouterService } from './httpRouter.ts';
import type { LifecycleService, RootLifecycleService } from './lifecycle.ts';
import type { LoggerService, RootLoggerService } from './logger.ts';
import type { PluginMetadataService, RootInstanceMetadataService } from './metadata.ts';

/** The core services. `backend-defaults` provides them; `lifecycle` and the metadata belong to the boot. @public */
export const coreServices = {
  rootConfig: createServiceRef<RootConfigService>({ id: 'core.rootConfig', scope: 'root' }),
  rootLogger: createServiceRef<RootLoggerService>({ id: 'core.rootLogger', scope: 'root' }),
  rootHttpRouter: createServiceRef<RootHttpRouterService>({ id: 'core.rootHttpRouter', scope: 'root' }),
  rootLifecycle: createServiceRef<RootLifecycleService>({ id: 'core.rootLifecycle', scope: 'root' }),
  rootHealth: createServiceRef<RootHealthService>({ id: 'core.rootHealth', scope: 'root' }),
  rootInstanceMetadata: createServiceRef<RootInstanceMetadataService>({
    id: 'core.rootInstanceMetadata',
    scope: 'root',
  }),
  logger: createServiceRef<LoggerService>({ id: 'core.logger' }),
  httpRouter: createServiceRef<HttpRouterService>({ id: 'core.httpRouter' }),
  httpAuth: createServiceRef<HttpAuthService>({ id: 'core.httpAuth' }),
  auth: createServiceRef<AuthService>({ id: 'core.auth' }),
  userInfo: createServiceRef<UserInfoService>({ id: 'core.userInfo' }),
  cache: createServiceRef<CacheService>({ id: 'core.cache' }),
  database: createServiceRef<DatabaseService>({ id: 'core.database' }),
  discovery: createServiceRef<DiscoveryService>({ id: 'core.discovery' }),
  lifecycle: createServiceRef<LifecycleService>({ id: 'core.lifecycle' }),
  pluginMetadata: createServiceRef<PluginMetadataService>({ id: 'core.pluginMetadata' }),
};
