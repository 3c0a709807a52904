/**
 * Default core services.
 *
 * @packageDocumentation
 */
export * from './database/connectDatabase.ts';
export type { DatabaseSettings } from './database/databaseConfigSchema.ts';
export * from './database/databaseServiceFactory.ts';
export * from './database/errors.ts';
export type { ConfigSources } from './config/loadConfig.ts';
export { createRootConfigFactory, rootConfigServiceFactory } from './config/rootConfig.ts';
