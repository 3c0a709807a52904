/** `vestibule start`: brings the backend up, says where it is, and ends the process with it. */
import { createDefaultBackend } from '@vestibule/backend';
import { BackendStartupError } from '@vestibule/backend-core';
import { createRootLogger, redactForDisplay } from '@vestibule/backend-defaults';
import { observeBackend } from './observeBackend.ts';
import { superviseProcess } from './superviseProcess.ts';

/** @param configFiles - In the order of reading; none means the default ones. */
export async function start(configFiles: readonly string[]): Promise<void> {
  const backend = createDefaultBackend({ configFiles });
  const observed = observeBackend();
  backend.add(observed.feature);
  const supervision = superviseProcess({
    stop: async () => backend.stop(),
    logger: () => observed.logger() ?? createRootLogger(),
  });
  try {
    await backend.start();
  } catch (error) {
    process.stderr.write(`${redactForDisplay(reasonOf(error), observed.config())}\n`);
    supervision.end(1);
    return;
  }
  if (!supervision.isEnding()) process.stdout.write(`Vestibule is ready: ${observed.url()}\n`);
}

/** The start-up error as it is; anything else is a fault of ours, and its stack is wanted. */
function reasonOf(error: unknown): string {
  if (error instanceof BackendStartupError) return error.message;
  return error instanceof Error
    ? `Could not start: ${error.stack ?? error.message}`
    : `Could not start: ${String(error)}`;
}
