/** Runs hooks and disposals: each under a deadline, and none stops the others. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import { seconds } from '../boot/initTasks.ts';
import { textOfThrown } from '../problems/startupProblem.ts';
import { nonThrowingLogger } from './nonThrowingLogger.ts';
import type { Hook } from './hooks.ts';

/** How something is run to its end. */
export interface HookRun {
  readonly label: string;
  readonly timeoutMilliseconds: number;
  readonly logger: LoggerService | undefined;
  run(): unknown;
}

/** Runs one hook. A failure, or a deadline that passes, is logged by name and passed over. */
export async function runHook({ label, timeoutMilliseconds, logger, run }: HookRun): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'expired'>((resolve) => {
    timer = setTimeout(() => resolve('expired'), timeoutMilliseconds);
  });
  try {
    const outcome = await Promise.race([(async () => void (await run()))(), deadline]);
    if (outcome === 'expired') {
      logger?.error(`${label} did not finish within ${seconds(timeoutMilliseconds)}; going on without it`);
    }
  } catch (error) {
    logger?.error(`${label} failed: ${textOfThrown(error)}`, error instanceof Error ? error : undefined);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs hooks at once. */
export async function runHooks(
  hooks: readonly Hook[],
  timeoutMilliseconds: number,
  logger: LoggerService | undefined,
): Promise<void> {
  await Promise.all(
    hooks.map((hook) =>
      runHook({
        label: hook.label,
        timeoutMilliseconds,
        logger: hook.logger ? nonThrowingLogger(hook.logger) : logger,
        run: () => hook.run(),
      }),
    ),
  );
}
