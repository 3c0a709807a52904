/**
 * Default core services.
 *
 * @packageDocumentation
 */
export { authServiceFactory } from './auth/authServiceFactory.ts';
export { httpAuthServiceFactory } from './auth/httpAuthServiceFactory.ts';
export { userInfoServiceFactory } from './auth/userInfoServiceFactory.ts';
export { cacheServiceFactory } from './cache/cacheServiceFactory.ts';
export * from './database/connectDatabase.ts';
export { databaseConfigSchema, type DatabaseSettings } from './database/databaseConfigSchema.ts';
export * from './database/databaseServiceFactory.ts';
export * from './database/errors.ts';
export * from './database/openDatabase.ts';
export { createConfig } from './config/createConfig.ts';
export type { ConfigSources } from './config/loadConfig.ts';
export {
  createRootConfigFactory,
  readConfigWithStandIns,
  readRootConfig,
  rootConfigServiceFactory,
} from './config/rootConfig.ts';
export {
  configReloadServiceFactory,
  configReloadServiceRef,
  type ConfigReloadService,
} from './config/configReload.ts';
export type { ConfigReading, OutsideValue, StandIns, UnknownInclude } from './config/standIns.ts';
export { createRootLogger, type LogLevel, type RootLoggerOptions } from './logger/createRootLogger.ts';
export { redactForDisplay } from './logger/redactForDisplay.ts';
export { loggerServiceFactory, rootLoggerServiceFactory } from './logger/rootLogger.ts';
export * from './createBackend.ts';
export { discoveryConfigSchema, discoveryServiceFactory } from './discovery/discovery.ts';
export { healthConfigSchema } from './health/healthProbes.ts';
export { rootHealthServiceFactory } from './health/rootHealth.ts';
export * from './http/errors.ts';
export { httpConfigSchema } from './http/httpConfig.ts';
export { httpRouterServiceFactory } from './http/httpRouter.ts';
export { httpServerServiceFactory, httpServerServiceRef, type HttpServerService } from './http/httpServer.ts';
export { rootHttpRouterServiceFactory } from './http/rootHttpRouter.ts';
export { unusedConfigKeys, unusedConfigServiceFactory, unusedConfigServiceRef } from './unusedConfig.ts';
