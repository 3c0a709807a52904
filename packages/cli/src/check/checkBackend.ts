/** Judges a backend without starting it: what `vestibule check` does, for a backend of one's own. */
import type { Backend } from '@vestibule/backend-core';
import { redactForDisplay } from '@vestibule/backend-defaults';
import {
  coreServices,
  createServiceFactory,
  runtimeModeOf,
  runtimeModeServiceRef,
} from '@vestibule/backend-plugin-api';
import { redactReport } from '../redactReport.ts';
import { reportOn, type CheckReport } from './checkReport.ts';

/**
 * What a start of the backend would find in its features and its config, with the same faults in the same order. Nothing is
 * started: no database, no network and no port is asked. The backend cannot be started afterwards.
 *
 * @param options - `isProduction`: judge as with NODE_ENV=production. Default: as NODE_ENV and the config say.
 * @example
 * ```ts
 * const report = await checkBackend(backend);
 * process.stdout.write(formatCheck(report));
 * process.exitCode = report.isGood ? 0 : 1;
 * ```
 * @public
 */
export async function checkBackend(
  backend: Backend,
  { isProduction = false }: { isProduction?: boolean } = {},
): Promise<CheckReport> {
  if (isProduction) {
    backend.add(
      createServiceFactory({
        service: runtimeModeServiceRef,
        deps: { config: coreServices.rootConfig },
        factory: ({ config }) => runtimeModeOf('production', config),
      }),
    );
  }
  const judgement = await backend.judge();
  return redactReport(reportOn(judgement), (text) => redactForDisplay(text, judgement.config));
}
