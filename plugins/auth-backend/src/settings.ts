/** The service `vestibule.auth.settings`: what the config says of sign-in, checked on every host. */
import {
  ConfigError,
  checkConfig,
  configProblemLine,
  coreServices,
  isLocatedConfig,
  readConfig,
  runtimeModeServiceRef,
  withProductionCheck,
  type Config,
  type LoggerService,
  type OwnedConfigSchema,
} from '@vestibule/backend-plugin-api';
import { authConfigSchemaServiceRef } from '@vestibule/plugin-auth-node';
import type { z } from 'zod';
import { authConfigSchema } from './config.ts';
import { internalService } from './internalService.ts';
import { secretProblemsInProduction } from './secrets/secretProblems.ts';

/** `auth` in the config. */
export type AuthSettings = NonNullable<z.infer<typeof authConfigSchema>['auth']>;

/** What config must be before anything is made. */
export const checkedAuthSchema = withProductionCheck(authConfigSchema, secretProblemsInProduction);
const owner = "plugin 'auth'";

/**
 * Checks our part of the config on whatever host this is, and tells there what our host has told already: that has checked
 * before anything started, but Backstage's checks nothing, and there a misspelt `allow` would let everybody in.
 *
 * @param options - `moduleSchemas`: of modules that read keys under `auth`.
 * @throws `ERR_CONFIG_INVALID` ({@link ConfigError}) that lists every problem.
 */
export function checkHostConfig(options: {
  config: Config;
  logger: LoggerService;
  isProduction: boolean;
  moduleSchemas?: readonly OwnedConfigSchema[];
}): void {
  const { config, logger, isProduction, moduleSchemas = [] } = options;
  const { problems, warnings } = checkConfig({
    config,
    schemas: [{ schema: checkedAuthSchema, owner }, ...moduleSchemas],
    isProduction,
  });
  // Our host, which knows places, has asked the schemas of all modules, and any key that is left is one of theirs.
  const isChecked = isLocatedConfig(config);
  const left = isChecked ? problems.filter(({ code }) => code !== 'ERR_CONFIG_UNKNOWN_KEY') : problems;
  if (!isChecked) for (const warning of warnings) logger.warn(configProblemLine(warning));
  if (left.length > 0) throw new ConfigError(left);
}

/** Whoever depends on it is made only where the config is sound. */
export const authSettingsServiceRef = internalService({
  id: 'vestibule.auth.settings',
  deps: {
    config: coreServices.rootConfig,
    logger: coreServices.logger,
    runtimeMode: runtimeModeServiceRef,
    moduleSchemas: authConfigSchemaServiceRef,
  },
  factory({ config, logger, runtimeMode: { isProduction, contradiction }, moduleSchemas }) {
    // Our host has said it.
    if (contradiction && !isLocatedConfig(config)) logger.warn(configProblemLine(contradiction));
    checkHostConfig({ config, logger, isProduction, moduleSchemas });
    return readConfig({ config, schema: authConfigSchema, owner }).auth ?? {};
  },
});
