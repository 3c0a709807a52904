/** What becomes of problems before anybody sees them: each stands once, and holds no secret that what threw has quoted. */
import { createSecretHider } from '@vestibule/backend-plugin-api';
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

/** The problem without secret values; `config` is where they stand. What was thrown stays as it is in `cause`. */
export function withoutSecrets(problem: Problem, secrets: ReadonlySet<string>, config: unknown): Problem {
  const clean = createSecretHider({ secrets, config, placeholder: '[redacted]' });
  return {
    ...problem,
    message: clean(problem.message),
    ...(problem.frames && { frames: problem.frames.map(clean) }),
    ...(problem.hint !== undefined && { hint: clean(problem.hint) }),
  };
}
