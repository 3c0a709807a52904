/** What a judgement found, in the order in which a start tells it: for `migrate` and for `check`. */
import type { BackendJudgement } from '@vestibule/backend-core';
import type { ConfigProblem } from '@vestibule/backend-plugin-api';

/** One fault that a start would find. Its path is empty for the whole config. */
export type Fault = Pick<ConfigProblem, 'code' | 'path' | 'message' | 'location' | 'suggestion'>;

/** The faults of a judgement. */
export interface JudgedFaults {
  /** What stops a start. */
  readonly stopping: readonly Fault[];
  /** What disables a part of it. */
  readonly disabling: readonly Fault[];
  /** What it would only tell. */
  readonly warnings: readonly Fault[];
  /** Who can sign in, as it would tell: one line for each provider and environment. */
  readonly whoCanSignIn: readonly string[];
}

export function faultsOf({ problems, disabled, warnings, notes }: BackendJudgement): JudgedFaults {
  return {
    stopping: problems.map(({ code, path = '', message, location, hint }) => ({
      code,
      path,
      message,
      ...(location && { location }),
      ...(hint !== undefined && { suggestion: hint }),
    })),
    disabling: disabled.flatMap((part) => part.problems),
    warnings,
    whoCanSignIn: notes,
  };
}

/** All that must be mended, each once. */
export function faultsToMend({ stopping, disabling }: Pick<JudgedFaults, 'stopping' | 'disabling'>): Fault[] {
  return [
    // That nobody is left follows from the faults of each, where they have any.
    ...stopping.filter(({ code }) => disabling.length === 0 || code !== 'ERR_NO_PROVIDER_LEFT'),
    // What stops a start in production disables the provider as well.
    ...disabling.filter((one) => !stopping.some((other) => isSame(one, other))),
  ];
}

function isSame(one: Fault, other: Fault): boolean {
  return one.code === other.code && one.path === other.path && one.message === other.message;
}
