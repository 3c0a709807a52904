/** The services `core.lifecycle` and `core.rootLifecycle`. */
import type { LoggerService } from './logger.ts';

/** Options of a hook. @public */
export interface LifecycleHookOptions {
  /** Receives what goes wrong in the hook; default the owner's logger. */
  logger?: LoggerService;
}

/** Hooks of one plugin. A hook that fails is logged and does not stop the others. @public */
export interface LifecycleService {
  /** Runs when the plugin has started. */
  addStartupHook(hook: () => void | Promise<void>, options?: LifecycleHookOptions): void;
  /** Runs at shutdown, after the listener has drained, under a deadline. */
  addShutdownHook(hook: () => void | Promise<void>, options?: LifecycleHookOptions): void;
}

/** Hooks of the whole backend. @public */
export interface RootLifecycleService extends LifecycleService {
  /** Runs first of all at shutdown, while requests are still served. */
  addBeforeShutdownHook(hook: () => void | Promise<void>, options?: LifecycleHookOptions): void;
}
