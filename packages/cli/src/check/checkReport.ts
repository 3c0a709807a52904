/** What `vestibule check` reports. The same shape is printed with `--format json`. */
import type { BackendJudgement } from '@vestibule/backend-core';
import type { ConfigLocation } from '@vestibule/backend-plugin-api';
import { faultsOf, faultsToMend, type Fault, type JudgedFaults } from '../judgement.ts';

/** Something that a start would refuse, or tell. @public */
export interface CheckFinding {
  /** Stable; docs/reference/errors.md lists all. */
  readonly code: string;
  /** Dotted, as users write it; empty for what is about no key. */
  readonly key: string;
  /** One sentence that names the culprit. */
  readonly message: string;
  /** Line 0 is that of a variable of the environment. */
  readonly location?: ConfigLocation;
  readonly nextStep?: string;
  /** Where what is missing is needed, or what was added comes from. */
  readonly details?: readonly string[];
}

/** How a report is printed: for people, as it is, or as SARIF 2.1.0. @public */
export type CheckForm = 'text' | 'json' | 'sarif';

/** What a start would say. @public */
export interface CheckReport {
  /** Whether nothing must be mended. */
  readonly isGood: boolean;
  /** What stops a start, or disables a part of it, in the order in which a start lists it. */
  readonly faults: readonly CheckFinding[];
  /** What a start would only tell. */
  readonly warnings: readonly CheckFinding[];
  /** Keys about which only the environment can tell, where it was not looked at. */
  readonly notJudged: readonly { readonly key: string; readonly message: string }[];
}

/** Of a judgement with the environment. */
export function reportOn(judgement: BackendJudgement): CheckReport {
  const { problems } = judgement;
  const report = reportOnFaults(faultsOf(judgement));
  const details = (finding: CheckFinding) => {
    const problem = problems.find(
      ({ code, message }) => code === finding.code && message === finding.message,
    );
    if (!problem) return [];
    const { frames = [], places = [], paths, relation } = problem;
    return [
      ...frames.map((frame) => `at ${frame}`),
      ...places,
      ...paths.map((path) => `${relation}: ${path}`),
    ];
  };
  return {
    ...report,
    faults: report.faults.map((finding) => {
      const found = details(finding);
      return found.length > 0 ? { ...finding, details: found } : finding;
    }),
  };
}

export function reportOnFaults(found: JudgedFaults): CheckReport {
  const faults = faultsToMend(found).map(findingOf);
  return { isGood: faults.length === 0, faults, warnings: found.warnings.map(findingOf), notJudged: [] };
}

function findingOf({ code, path, message, location, suggestion }: Fault): CheckFinding {
  return {
    code,
    key: path,
    message,
    ...(location && { location }),
    ...(suggestion !== undefined && { nextStep: suggestion }),
  };
}
