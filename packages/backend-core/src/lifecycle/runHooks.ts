/** Runs hooks and disposals: each under a deadline, and none stops the others. */
import { withDeadline, type LoggerService } from '@vestibule/backend-plugin-api';
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
  const late = new Error(
    `${label} did not finish within ${seconds(timeoutMilliseconds)}; going on without it`,
  );
  try {
    await withDeadline({ milliseconds: timeoutMilliseconds, late: () => late }, () => run());
  } catch (error) {
    if (error === late) logger?.error(late.message);
    else logger?.error(`${label} failed: ${textOfThrown(error)}`, error instanceof Error ? error : undefined);
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
