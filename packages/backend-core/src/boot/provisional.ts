/**
 * What becomes of a problem that something may mend which is added while the backend starts. Where nothing that is installed
 * could, it is certain before anything runs, and stands beside the other faults of the config.
 */
import type { ConfigProblem } from '@vestibule/backend-plugin-api';
import { ownerLabel } from '../features/owner.ts';
import type { Registration } from '../features/readRegistrations.ts';
import { providerLabel } from '../graph/provider.ts';
import type { Providers } from '../graph/providers.ts';
import { isEarly, type ConfigJudgement } from './judgeConfig.ts';

interface Installed {
  readonly registrations: readonly Registration[];
  readonly providers: Providers;
}

/** Who may mend it, as people call them: who fills the extension point, or the services that no judge could make. */
export function mendersOf({ mendableBy }: ConfigProblem, { registrations, providers }: Installed): string[] {
  if (mendableBy === undefined) return [];
  const parts = registrations.filter(({ needs }) => needs.some(({ ref }) => ref.id === mendableBy));
  const services = providers.all().filter((one) => one.id === mendableBy && !isEarly(one));
  return [...parts.map(({ owner }) => ownerLabel(owner)), ...services.map(providerLabel)];
}

/** The judgement, in which what nobody could mend is no longer provisional. */
export function settledByWhatIsInstalled(judgement: ConfigJudgement, installed: Installed): ConfigJudgement {
  const settled = (problem: ConfigProblem): ConfigProblem => {
    if (problem.mendableBy === undefined || mendersOf(problem, installed).length > 0) return problem;
    const { isProvisional: _, mendableBy: __, ...certain } = problem;
    return certain;
  };
  return {
    ...judgement,
    problems: judgement.problems.map(settled),
    disabled: judgement.disabled.map((part) => ({ ...part, problems: part.problems.map(settled) })),
  };
}
