/** Sums a start-up up: a record for each plugin and each of its modules. */
import { systemClock } from '@vestibule/backend-plugin-api';
import { ownerLabel, type Owner } from '../features/owner.ts';
import type { Registration } from '../features/readRegistrations.ts';
import type { Problem } from '../problems/startupProblem.ts';
import type { Failures } from './failures.ts';
import type { StartupResult } from './startupResult.ts';

/** The result for everything that was registered, or failed to be. */
export function summarise(options: {
  outcome: StartupResult['outcome'];
  beginAt: Date;
  parts: readonly Registration[];
  problems: readonly Problem[];
  failures: Failures;
  settledAt: ReadonlyMap<string, Date>;
}): StartupResult {
  const { outcome, beginAt, parts, problems, failures, settledAt } = options;
  const resultAt = new Date(systemClock.now());
  const modulesByPlugin = new Map<string, Set<string>>();
  const owners = [...parts.map(({ owner }) => owner), ...problems.flatMap(({ affects }) => affects)];
  for (const { pluginId, moduleId } of owners) {
    if (moduleId === undefined && !modulesByPlugin.has(pluginId)) modulesByPlugin.set(pluginId, new Set());
  }
  for (const { pluginId, moduleId } of owners) {
    if (moduleId !== undefined) modulesByPlugin.get(pluginId)?.add(moduleId);
  }

  const recordOf = (owner: Owner) => {
    const failure = failures.of(owner);
    return { resultAt: settledAt.get(ownerLabel(owner)) ?? resultAt, ...(failure && { failure }) };
  };
  return {
    beginAt,
    resultAt,
    outcome,
    plugins: [...modulesByPlugin].map(([pluginId, moduleIds]) => ({
      pluginId,
      modules: [...moduleIds].map((moduleId) => ({ moduleId, ...recordOf({ pluginId, moduleId }) })),
      ...recordOf({ pluginId }),
    })),
  };
}
