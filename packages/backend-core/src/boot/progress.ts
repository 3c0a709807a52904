/** Says what a slow start-up is busy with: after a second, then less and less often. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { InitTasks } from './initTasks.ts';

const longestPauseMilliseconds = 60_000;

/** Begins to watch. @returns A function that ends it. */
export function watchProgress(options: {
  tasks: InitTasks;
  logger(): LoggerService | undefined;
  firstAfterMilliseconds: number;
}): () => void {
  const { tasks, logger, firstAfterMilliseconds } = options;
  let timer: NodeJS.Timeout;
  const schedule = (pause: number, nextPause: number): void => {
    timer = setTimeout(() => {
      const running = tasks.all().filter(({ state }) => state === 'running');
      const names = running.map(({ step }) => `'${step}'`);
      if (names.length > 0) logger()?.info(`still starting: ${names.join(', ')}`);
      schedule(nextPause, Math.min(pause + nextPause, longestPauseMilliseconds));
    }, pause);
    timer.unref();
  };
  schedule(firstAfterMilliseconds, firstAfterMilliseconds);
  return () => clearTimeout(timer);
}
