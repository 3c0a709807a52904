/**
 * The tasks of a start-up: each is one function of somebody else's (a factory, an init, a loader) that gets a clock of
 * its own. Waiting for other tasks does not count, but is recorded, so that a deadline can say who waited for whom.
 */
import { withDeadline, type ErrorCode } from '@vestibule/backend-plugin-api';
import { createProblem, problemOfThrown, ProblemError } from '../problems/startupProblem.ts';

/** One piece of the start-up. */
export interface InitTask {
  /** For messages: `service 'core.database' for plugin 'auth'`. */
  readonly label: string;
  /** For paths: `core.database`. */
  readonly step: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** Milliseconds since the start-up began. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Says that this task cannot run before the other has ended. */
  waitFor(other: InitTask): void;
  /**
   * Runs the task's own function under the deadline.
   *
   * @param code - Of the problem when the function throws.
   * @param late - Receives the value of a function that comes back after its deadline.
   * @throws ProblemError
   */
  run<T>(code: ErrorCode, work: () => T | Promise<T>, late?: (value: T) => void): Promise<T>;
  /** Ends the task without running it. */
  stop(): void;
}

/** All tasks of one start-up. */
export interface InitTasks {
  create(label: string, step: string): InitTask;
  all(): readonly InitTask[];
  /** Milliseconds since the start-up began. */
  elapsed(): number;
}

/** Starts the clock. `timeoutMilliseconds` is asked whenever a task begins to run. */
export function createInitTasks(timeoutMilliseconds: () => number): InitTasks {
  const beginAt = performance.now();
  const tasks: InitTask[] = [];
  const waiters = new Map<InitTask, Set<InitTask>>();
  const elapsed = () => performance.now() - beginAt;

  function create(label: string, step: string): InitTask {
    const task: Mutable<InitTask> = {
      label,
      step,
      state: 'waiting',
      createdAt: elapsed(),
      waitFor(other) {
        const set = waiters.get(other) ?? new Set();
        waiters.set(other, set.add(task));
      },
      async run(code, work, late) {
        task.state = 'running';
        task.startedAt = elapsed();
        try {
          const value = await runInTime(task, work, late);
          task.state = 'done';
          return value;
        } catch (error) {
          task.state = 'failed';
          if (error instanceof ProblemError) throw error;
          throw new ProblemError(problemOfThrown(code, `${label} failed`, error, { fatal: false }));
        } finally {
          task.endedAt = elapsed();
        }
      },
      stop() {
        task.state = 'failed';
        task.endedAt = elapsed();
      },
    };
    tasks.push(task);
    return task;
  }

  async function runInTime<T>(
    task: InitTask,
    work: () => T | Promise<T>,
    late: ((value: T) => void) | undefined,
  ): Promise<T> {
    const milliseconds = timeoutMilliseconds();
    const problem = () =>
      new ProblemError(
        createProblem('ERR_STARTUP_TIMEOUT', `${task.label} did not finish within ${seconds(milliseconds)}`, {
          relation: 'awaited by',
          paths: waysTo(task),
          fatal: false,
        }),
      );
    return withDeadline({ milliseconds, late: problem }, async (deadline) => {
      const value = await work();
      if (deadline.isOver) late?.(value);
      return value;
    });
  }

  /** From each task that nobody waits for, the way down to this one. */
  function waysTo(task: InitTask): string[] {
    const ways: string[] = [];
    const climb = (current: InitTask, below: readonly InitTask[]) => {
      if (ways.length >= maximalWays) return;
      const above = [...(waiters.get(current) ?? [])].filter((other) => !below.includes(other));
      const way = [current, ...below];
      if (above.length === 0 && way.length > 1) ways.push(way.map(({ step }) => step).join(' -> '));
      for (const other of above) climb(other, way);
    };
    climb(task, []);
    return ways;
  }

  return { create, all: () => tasks, elapsed };
}

const maximalWays = 20;

/** A time for a person. */
export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 100) / 10} s`;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
