/** Runs a backend as a process of its own: brings it up, says where it is, and ends the process with it. */
import { setFlagsFromString } from 'node:v8';
import { BackendStartupError, type Backend } from '@vestibule/backend-core';
import { createRootLogger, redactForDisplay } from '@vestibule/backend-defaults';
import { observeBackend, type BackendObserver } from './observeBackend.ts';
import { ignoreClosedPipes } from './ignoreClosedPipes.ts';
import { failureLogger, logFailure, reportingOf, type Reporting } from './startReports.ts';
import { superviseProcess } from './superviseProcess.ts';

/**
 * Starts a backend of your own as `vestibule start` does its own. It stops on SIGTERM and SIGINT, after requests in flight
 * were answered. A failed start ends the process with 1, and so does a failure that nobody handled, unless it came from a
 * hosted Backstage module: then that request fails, and the log names the module.
 *
 * Resolves once the backend is up. Call it once in a process, before anything else was started.
 *
 * @example
 * ```ts
 * const backend = createDefaultBackend();
 * backend.add(import('@backstage/plugin-auth-backend-module-gitlab-provider'));
 * await runBackend(backend);
 * ```
 * @public
 */
export async function runBackend(backend: Backend): Promise<void> {
  limitMemory();
  ignoreClosedPipes();
  const observed = observeBackend();
  for (const feature of observed.features) backend.add(feature);
  const supervision = superviseProcess({
    stop: async () => backend.stop(),
    logger: () => observed.logger() ?? createRootLogger(),
    claim: (thrown) => observed.claim(thrown),
  });
  // To a service it means: read the config again. Where a terminal is closed, it ends the process as ever.
  if (!process.stdin.isTTY) process.on('SIGHUP', () => observed.reload());
  try {
    await backend.start();
  } catch (error) {
    report(error, observed);
    supervision.end(1);
    return;
  }
  if (supervision.isEnding()) return;
  const ready = `Vestibule is ready: ${observed.url()}`;
  const log = reportingFor(observed).isJson ? observed.logger() : undefined;
  if (log) log.info(ready);
  else process.stdout.write(`${ready}\n`);
}

/** What somebody told Node on its command line stays as it is; `NODE_OPTIONS` takes neither of the two. */
function limitMemory(): void {
  const given = process.execArgv.join(' ').replaceAll('_', '-');
  const set = (flag: string, value: number): void => {
    if (!given.includes(`--${flag}`)) setFlagsFromString(`--${flag}=${value}`);
  };
  // Garbage is collected before it stands for twice the heap that is in use: of a backend that idles between logins most
  // memory would be that.
  set('heap-growing-percent', 30);
  // The space for new objects stays as large as the start needed; by itself it doubles under a load, and never shrinks.
  set('semi-space-growth-factor', 1);
}

function report(error: unknown, observed: BackendObserver): void {
  const { isJson, isText } = reportingFor(observed);
  const config = observed.config();
  if (isText) process.stderr.write(`${redactForDisplay(reasonOf(error), config)}\n`);
  if (!isJson) return;
  if (error instanceof BackendStartupError) logFailure(error, { config });
  else
    failureLogger(config).error(
      'Could not start',
      error instanceof Error ? error : { reason: String(error) },
    );
}

function reportingFor(observed: BackendObserver): Reporting {
  const seen = { config: observed.config(), isProduction: observed.isProduction() };
  return reportingOf(seen, process.stdout.isTTY);
}

/** The start-up error as it is; anything else is a fault of ours, and its stack is wanted. */
function reasonOf(error: unknown): string {
  if (error instanceof BackendStartupError) return error.message;
  return error instanceof Error
    ? `Could not start: ${error.stack ?? error.message}`
    : `Could not start: ${String(error)}`;
}
