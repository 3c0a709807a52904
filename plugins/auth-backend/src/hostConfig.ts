/**
 * The check of our part of the config on whatever host this is. Ours has done it before anything started; Backstage's checks
 * nothing, and there a misspelt `allow` would let everybody in.
 */
import {
  ConfigError,
  checkConfig,
  isLocatedConfig,
  nearestName,
  withProductionCheck,
  type Config,
  type ConfigProblem,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { authConfigSchema } from './config.ts';
import { secretProblemsInProduction } from './secrets/secretProblems.ts';

const schema = withProductionCheck(authConfigSchema, secretProblemsInProduction);

/**
 * Checks it; a key of `auth` that is near none of ours may be somebody else's there, and is a warning.
 *
 * @throws `ERR_CONFIG_INVALID` ({@link ConfigError}) that lists every problem.
 */
export function checkHostConfig(options: {
  config: Config;
  logger: LoggerService;
  isProduction: boolean;
}): void {
  const { config, logger, isProduction } = options;
  const problems: ConfigProblem[] = [];
  for (const problem of checkConfig({
    config,
    schemas: [{ schema, owner: "plugin 'auth'" }],
    isProduction,
  })) {
    if (problem.code !== 'ERR_CONFIG_UNKNOWN_KEY') problems.push(problem);
    // Our host, which knows places, has asked the schemas of all modules, and any key that is left is one of theirs.
    else if (isLocatedConfig(config)) continue;
    else if (mayBeOfOthers(problem))
      logger.warn(`${problem.message} of sign-in. ${problem.suggestion ?? ''}`);
    else problems.push(problem);
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

const ours = Object.keys(authConfigSchema.shape.auth.unwrap().shape);

function mayBeOfOthers({ path }: ConfigProblem): boolean {
  const key = path.slice('auth.'.length);
  return !/[.[]/.test(key) && nearestName(key, ours) === undefined;
}
