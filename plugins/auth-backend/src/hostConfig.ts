/**
 * The check of our part of the config on whatever host this is. Ours has done it before anything started; Backstage's checks
 * nothing, and there a misspelt `allow` would let everybody in.
 */
import {
  ConfigError,
  checkConfig,
  configProblemLine,
  isLocatedConfig,
  withProductionCheck,
  type Config,
  type LoggerService,
  type OwnedConfigSchema,
} from '@vestibule/backend-plugin-api';
import { authConfigSchema } from './config.ts';
import { secretProblemsInProduction } from './secrets/secretProblems.ts';

const schema = withProductionCheck(authConfigSchema, secretProblemsInProduction);

/**
 * Checks it, and tells there what our host has told already.
 *
 * @throws `ERR_CONFIG_INVALID` ({@link ConfigError}) that lists every problem.
 */
export function checkHostConfig(options: {
  config: Config;
  logger: LoggerService;
  isProduction: boolean;
  /** Of modules that read keys under `auth`. Default: none. */
  moduleSchemas?: readonly OwnedConfigSchema[];
}): void {
  const { config, logger, isProduction, moduleSchemas = [] } = options;
  const { problems, warnings } = checkConfig({
    config,
    schemas: [{ schema, owner: "plugin 'auth'" }, ...moduleSchemas],
    isProduction,
  });
  // Our host, which knows places, has asked the schemas of all modules, and any key that is left is one of theirs.
  const isChecked = isLocatedConfig(config);
  const left = isChecked ? problems.filter(({ code }) => code !== 'ERR_CONFIG_UNKNOWN_KEY') : problems;
  if (!isChecked) for (const warning of warnings) logger.warn(configProblemLine(warning));
  if (left.length > 0) throw new ConfigError(left);
}
