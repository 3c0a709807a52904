/** Faults in the block of a provider: collected, so that all of them are reported together. */
import { ConfigError, type ConfigProblem } from '@vestibule/backend-plugin-api';

/** @throws ConfigError where there is any. */
export function throwProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
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
