/** Faults in the block of a provider: collected, so that all of them are reported together. */
import {
  ConfigError,
  isLocatedConfig,
  type ConfigFindings,
  type Config,
  type ConfigLocation,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';

/** @throws ConfigError where there is any. */
export function throwProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}

/**
 * Tells the warnings.
 *
 * @throws ConfigError where there are problems.
 */
export function throwAndWarn(
  { problems, warnings }: ConfigFindings,
  { warn }: { warn: (warning: ConfigProblem) => void },
): void {
  for (const warning of warnings) warn(warning);
  throwProblems(problems);
}

/** What an act gives, or the faults that it found. */
export function settle<T>(act: () => T): { value?: T; problems: readonly ConfigProblem[] } {
  try {
    return { value: act(), problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}

/** Where a value, or with `key` its key, stands; to be spread into a problem. A Backstage host does not know. */
export function locationOf(
  config: Config,
  path: readonly (string | number)[],
  part?: 'key',
): { location?: ConfigLocation } {
  const location = isLocatedConfig(config) ? config.locate(path, part) : undefined;
  return location ? { location } : {};
}
