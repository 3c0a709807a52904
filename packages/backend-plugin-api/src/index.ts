/**
 * The contracts of the modular backend: features, service references, extension points, the core services, config
 * schemas and errors. Holds no implementation of a service and no third-party code.
 *
 * @packageDocumentation
 */
export * from './bounds/deadline.ts';
export * from './bounds/expiringMap.ts';
export * from './bounds/once.ts';
export * from './bounds/windowCounter.ts';
export * from './config/checkConfig.ts';
export * from './config/config.ts';
export * from './config/configJudge.ts';
export { formatConfigPath, parseConfigKey, type ConfigPath } from './config/configPath.ts';
export * from './config/configProblem.ts';
export {
  withConfigDescription,
  withProductionCheck,
  type ConfigDescriber,
  type ConfigOf,
  type ConfigSchema,
  type OwnedConfigSchema,
  type StandardIssue,
  type StandardResult,
} from './config/configSchema.ts';
export { unreadRoots } from './config/unreadRoots.ts';
export * from './config/withConfigJudge.ts';
export { convertTexts } from './config/convertTexts.ts';
export { followConfig, type FollowedConfig } from './config/followConfig.ts';
export { isHttpsOrLoopback, isLoopback, loopbackSubnets } from './config/loopback.ts';
export { isPublicHost } from './config/publicHost.ts';
export { asObject, isObject } from './config/isObject.ts';
export { nearestName } from './config/nearestName.ts';
export { parseUrl } from './config/parseUrl.ts';
export * from './config/readConfig.ts';
export { secretPaths, secretValues, type SecretValuesOptions } from './config/secretValues.ts';
export * from './config/duration.ts';
export * from './errors/errors.ts';
export { ownFrames, rememberCallSite } from './errors/stackFrames.ts';
export * from './features/createBackendFeatureLoader.ts';
export * from './features/createBackendModule.ts';
export * from './features/createBackendPlugin.ts';
export * from './features/createServiceDecorator.ts';
export type { RegistrationPoints } from './features/createRegistrations.ts';
export * from './features/dependencies.ts';
export * from './features/extensionPoint.ts';
export * from './features/inject.ts';
export * from './features/references.ts';
export * from './features/registrations.ts';
export * from './features/serviceFactory.ts';
export * from './features/serviceRef.ts';
export { refOfToken, type TokenOwner } from './features/tokens.ts';
export { Html, jsonInHtml, markup, type Interpolation } from './html/markup.ts';
export { knowEveryCopy } from './knowEveryCopy.ts';
export { credentialsIn, isCredentialKey, isCredentialName } from './secrets/credentialsIn.ts';
export { createSecretHider, type SecretHiderOptions } from './secrets/hideSecrets.ts';
export { secretWeakness } from './secrets/secretWeakness.ts';
export * from './services/actionsRegistry.ts';
export * from './services/auditor.ts';
export * from './services/auth.ts';
export * from './services/cache.ts';
export * from './services/callers.ts';
export * from './services/clock.ts';
export * from './services/coreServices.ts';
export * from './services/database.ts';
export * from './services/discovery.ts';
export * from './services/errorPages.ts';
export * from './services/externalTokens.ts';
export * from './services/foreignCode.ts';
export * from './services/health.ts';
export * from './services/httpRouter.ts';
export * from './services/lifecycle.ts';
export * from './services/logger.ts';
export * from './services/metadata.ts';
export * from './services/addedParts.ts';
export * from './services/addedPartsService.ts';
export * from './services/readiness.ts';
export type { ReadinessQuestion } from './services/watchedDependency.ts';
export * from './services/runtimeMode.ts';
export * from './services/runtimeModeService.ts';
