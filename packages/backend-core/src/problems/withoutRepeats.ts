/** One fault of the config, which several tasks find, as one problem. */
import type { Problem } from './startupProblem.ts';

/** Each problem of the config once: a service that is made for each plugin finds the same in all of them. */
export function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const found = new Map<unknown, Problem>();
  for (const problem of problems) {
    const key = problem.code.startsWith('ERR_CONFIG_') ? `${problem.code} ${problem.message}` : problem;
    const same = found.get(key);
    found.set(key, same ? merged(same, problem) : problem);
  }
  return [...found.values()];
}

function merged(one: Problem, other: Problem): Problem {
  return {
    ...one,
    paths: [...new Set([...one.paths, ...other.paths])],
    stopped: [...new Set([...one.stopped, ...other.stopped])],
    affects: [...one.affects, ...other.affects],
    fatal: one.fatal || other.fatal,
  };
}
