/** Keeps what failed while starting, and decides which of it the backend may start with. */
import { isSameOwner, ownerLabel, type Owner } from '../features/owner.ts';
import { ProblemError, type Problem } from '../problems/startupProblem.ts';
import type { BootSettings } from './bootSettings.ts';
import type { StartupFailure } from './startupResult.ts';

/** The failures of one start-up. */
export interface Failures {
  /** Adds problems found by looking, before anything ran. */
  add(problems: Iterable<Problem>): void;
  /** Adds a problem of a plugin or module that ran. @returns Whether the backend may go on without it. */
  fail(owner: Owner, problem: Problem): boolean;
  /** The problems that no policy allows, each once. */
  refused(): Problem[];
  /** The problems that the policy allows. */
  allowed(): Problem[];
  /** Why a plugin or module failed. */
  of(owner: Owner): StartupFailure | undefined;
  all(): readonly Problem[];
  /** All of them, for showing. */
  presentable(): readonly Problem[];
}

/**
 * Starts without failures. `settings` is asked late, because the policy comes from config. `presentable` takes out of a
 * problem what nobody may read.
 */
export function createFailures(
  settings: () => BootSettings,
  presentable: (problem: Problem) => Problem,
): Failures {
  const problems = new Set<Problem>();

  const isAllowed = ({ fatal, affects }: Problem) =>
    !fatal && affects.length > 0 && affects.every((owner) => settings().isFailureAllowed(owner));

  return {
    add(found) {
      for (const problem of found) problems.add(problem);
    },
    fail(owner, problem) {
      problems.add(problem);
      if (!problem.affects.some((other) => isSameOwner(other, owner))) problem.affects.push(owner);
      return settings().isFailureAllowed(owner);
    },
    refused: () => [...problems].filter((problem) => !isAllowed(problem)),
    allowed: () => [...problems].filter(isAllowed),
    of(owner) {
      const problem = [...problems].find(({ affects }) => affects.some((other) => isSameOwner(other, owner)));
      if (!problem) return undefined;
      return { error: new ProblemError(presentable(problem)), allowed: settings().isFailureAllowed(owner) };
    },
    all: () => [...problems],
    presentable: () => [...problems].map(presentable),
  };
}

/** For the log. Whether the backend goes on is not known yet: others, which no policy lets fail, may still. */
export function goingOnWithout(owner: Owner): string {
  return `${ownerLabel(owner)} could not start; its boot-failure policy lets the backend start without it`;
}
