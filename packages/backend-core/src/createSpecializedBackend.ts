/** A backend: takes features, starts them, stops them, explains itself. Two of them in one process share nothing. */
import { rememberCallSite, type BackendFeature, type ServiceFactory } from '@vestibule/backend-plugin-api';
import { createBoot, type BackendJudgement, type Boot, type JudgeOptions } from './boot/boot.ts';
import { defaultTimeouts } from './boot/bootSettings.ts';
import type { StartupResult } from './boot/startupResult.ts';
import { BackendUsageError } from './errors.ts';
import { explainBoot } from './explain/explain.ts';
import type { BackendExplanation } from './explain/explanation.ts';
import type { AddedFeature } from './features/collectFeatures.ts';

/** A feature by its mark alone, so that Backstage's features are welcome too. @public */
export interface FeatureLike {
  readonly $$type: '@backstage/BackendFeature';
}

/** A feature, or a module whose default export is one; CommonJS modules nest it once more. @public */
export type Addable =
  BackendFeature | FeatureLike | { readonly default: FeatureLike | { readonly default: FeatureLike } };

/** A modular backend. @public */
export interface Backend extends AsyncDisposable {
  /**
   * Adds a plugin, module, service factory, decorator or feature loader, or a promise of one, for example an `import()`. Promises
   * are awaited at start-up.
   *
   * @throws `ERR_BACKEND_ALREADY_STARTED`
   */
  add(feature: Addable | Promise<Addable>): void;
  /**
   * Starts everything. Leaves the process alone: it installs no handlers and never exits.
   *
   * @throws BackendStartupError when something failed that the boot-failure policy does not allow; everything has been
   *   stopped again by then, ports included.
   * @throws `ERR_BACKEND_ALREADY_STARTED`
   */
  start(): Promise<{ result: StartupResult }>;
  /**
   * Tells what would keep the backend from starting, as far as the features and the config tell before anything is made:
   * a start goes by the same. What takes more than that is not found, for example a port that is taken. The backend
   * cannot be started afterwards.
   *
   * @throws `ERR_BACKEND_ALREADY_STARTED`
   */
  judge(options?: JudgeOptions): Promise<BackendJudgement>;
  /** Stops everything, after a start under way has ended. Further calls wait for the same end. Never rejects. */
  stop(): Promise<void>;
  /** What is installed, who uses what, and how long it took. Complete once started; also tells of a failed start. */
  explain(): BackendExplanation;
}

/** Options of {@link createSpecializedBackend}. @public */
export interface SpecializedBackendOptions {
  /** Services to use where no other factory is added. For one service the last wins. */
  defaultServiceFactories: readonly ServiceFactory[];
  /** Deadline of each task of the start-up, where `backend.startup.timeout` says nothing. Default 30 s. */
  startupTimeoutMilliseconds?: number;
  /** Deadline of each shutdown hook, where `backend.lifecycle.shutdownTimeout` says nothing. Default 15 s. */
  shutdownTimeoutMilliseconds?: number;
  /** When a slow start-up is first mentioned in the log. Default 1 s. */
  progressAfterMilliseconds?: number;
}

/**
 * Creates a backend with services of your choice. Most want `createBackend()` of `@vestibule/backend-defaults`.
 *
 * @example
 * ```ts
 * const backend = createSpecializedBackend({ defaultServiceFactories: [loggerServiceFactory] });
 * backend.add(import('@acme/plugin-hello'));
 * await backend.start();
 * ```
 * @public
 */
export function createSpecializedBackend(options: SpecializedBackendOptions): Backend {
  const { defaultServiceFactories, progressAfterMilliseconds = 1000, ...timeouts } = options;
  const boot: Boot = createBoot({
    ...defaultTimeouts,
    ...timeouts,
    defaultServiceFactories,
    progressAfterMilliseconds,
  });
  const added: AddedFeature[] = [];
  let starting: Promise<{ result: StartupResult }> | undefined;
  let judging: Promise<BackendJudgement> | undefined;
  let stopping: Promise<void> | undefined;

  function refuseIfStarted(act: string): void {
    if (!starting && !judging && !stopping) return;
    throw new BackendUsageError(
      'ERR_BACKEND_ALREADY_STARTED',
      `${act} after the backend was ${stopping ? 'stopped' : judging ? 'judged' : 'started'}`,
    );
  }

  function add(feature: Addable | Promise<Addable>): void {
    refuseIfStarted('a feature was added');
    const site = rememberCallSite(add);
    added.push({
      value: feature,
      origin: `feature ${added.length + 1}`,
      place: () => `added at ${site()}`,
    });
    // Reported at start-up, which may come after the rejection.
    if (feature instanceof Promise) feature.catch(() => {});
  }

  function stop(): Promise<void> {
    stopping ??= (async () => {
      // A start that fails has stopped everything itself.
      const isRunning = await starting?.then(
        () => true,
        () => false,
      );
      if (isRunning) await boot.stop();
    })();
    return stopping;
  }

  return {
    add,
    async start() {
      refuseIfStarted('the backend was started');
      starting = boot.start(added).then((result) => ({ result }));
      return starting;
    },
    async judge(how = {}) {
      refuseIfStarted('the backend was judged');
      judging = boot.judge(added, how);
      return judging;
    },
    stop,
    explain: () => explainBoot(boot),
    [Symbol.asyncDispose]: stop,
  };
}
