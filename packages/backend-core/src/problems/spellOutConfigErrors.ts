/** Errors that list problems with the config are reported one by one, each with its place. */
import type { ConfigProblem } from '@vestibule/backend-plugin-api';
import { createProblem, memberOf, type Problem } from './startupProblem.ts';

/** A problem of the config as one of ours. */
export function problemOfConfig({ code, path, message, location, suggestion }: ConfigProblem): Problem {
  return createProblem(code, message, {
    ...(path !== '' && { path }),
    ...(location && { location }),
    ...(suggestion !== undefined && { hint: suggestion }),
  });
}

/**
 * The problems that a part found in the config when it read it, in place of its failure. A problem with another cause
 * stays as it is.
 */
export function spellOutConfigErrors(problem: Problem): Problem[] {
  const problems = memberOf(problem.cause, 'problems');
  if (
    memberOf(problem.cause, 'code') !== 'ERR_CONFIG_INVALID' ||
    !Array.isArray(problems) ||
    problems.length === 0
  )
    return [problem];
  return (problems as readonly ConfigProblem[]).map((one) => {
    const spelled = problemOfConfig(one);
    return { ...spelled, stopped: problem.stopped, affects: problem.affects, fatal: problem.fatal };
  });
}
