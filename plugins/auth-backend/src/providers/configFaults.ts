/** Faults in the block of a provider: collected, so that all of them are reported together. */
import { ConfigError, type ConfigFindings, type ConfigProblem } from '@vestibule/backend-plugin-api';

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
