/**
 * The hooks of the lifecycle services. Every consumer receives a service of its own, so that a hook is known by who
 * added it: that decides its place at shutdown, and is its name in the log.
 */
import type {
  LifecycleHookOptions,
  LifecycleService,
  LoggerService,
  RootLifecycleService,
} from '@vestibule/backend-plugin-api';
import { BackendUsageError } from '../errors.ts';

/** A hook and who added it. */
export interface Hook {
  /** For the log: `shutdown hook of service 'core.database'`. */
  readonly label: string;
  /** Whoever received the lifecycle service. */
  readonly owner: object;
  readonly logger?: LoggerService;
  run(): void | Promise<void>;
}

/** The phases in which hooks run. */
export type HookPhase = 'startup' | 'beforeShutdown' | 'shutdown';

/** The hooks of the backend, or of one plugin. */
export interface Hooks {
  /** The service for one consumer. `beforeShutdown` hooks are for the root only. */
  serviceFor(owner: object, ownerLabel: string): RootLifecycleService & LifecycleService;
  /** Closes a phase and gives its hooks, those of one owner together. */
  take(phase: HookPhase): Hook[];
  /**
   * Says that the start has failed and everything is stopped. What comes late, after its deadline, must still let go of
   * what it holds: from now on its shutdown hooks run at once.
   */
  abandon(): void;
}

const phaseNames: Record<HookPhase, string> = {
  startup: 'startup',
  beforeShutdown: 'before-shutdown',
  shutdown: 'shutdown',
};

/** Starts with no hooks and all phases open. */
export function createHooks(): Hooks {
  const hooks: Record<HookPhase, Hook[]> = { startup: [], beforeShutdown: [], shutdown: [] };
  const closed = new Set<HookPhase>();
  let isAbandoned = false;

  function adder(phase: HookPhase, owner: object, ownerLabel: string) {
    return (run: () => void | Promise<void>, { logger }: LifecycleHookOptions = {}): void => {
      if (isAbandoned) {
        if (phase !== 'startup') void (async () => run())().catch(() => {}); // There is nobody left to tell.
        return;
      }
      if (closed.has(phase)) {
        throw new BackendUsageError(
          'ERR_LIFECYCLE_PHASE_OVER',
          `${ownerLabel} adds a ${phaseNames[phase]} hook after that phase has begun`,
        );
      }
      const name = run.name && !anonymous.has(run.name) ? ` '${run.name}'` : '';
      hooks[phase].push({
        label: `${phaseNames[phase]} hook${name} of ${ownerLabel}`,
        owner,
        run,
        ...(logger && { logger }),
      });
    };
  }

  return {
    serviceFor: (owner, ownerLabel) => ({
      addStartupHook: adder('startup', owner, ownerLabel),
      addBeforeShutdownHook: adder('beforeShutdown', owner, ownerLabel),
      addShutdownHook: adder('shutdown', owner, ownerLabel),
    }),
    take(phase) {
      closed.add(phase);
      return hooks[phase].splice(0);
    },
    abandon() {
      isAbandoned = true;
    },
  };
}

// Names that JavaScript gives by itself say nothing about the hook.
const anonymous = new Set(['anonymous', 'hook', 'callback']);
