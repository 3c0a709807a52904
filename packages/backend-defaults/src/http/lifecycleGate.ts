/**
 * Holds the requests of a plugin that has not started yet, and refuses those that come too early, too late, or too many.
 *
 * Plugins start side by side, and a ready one is asked while others still start.
 */
import { ServiceUnavailableError } from '@vestibule/backend-plugin-api';

/** The gate before one plugin. */
export interface LifecycleGate {
  /** Whether requests pass without waiting. */
  readonly isOpen: boolean;
  /**
   * Waits until the plugin has started.
   *
   * @param signal - Aborted when the caller is gone; then it stays unsettled and is forgotten.
   * @throws ServiceUnavailableError `ERR_HTTP_STARTING`, `ERR_HTTP_START_FAILED` or `ERR_HTTP_STOPPING`.
   */
  pass(onGone: (forget: () => void) => void): Promise<void>;
  /** The plugin has started. */
  open(): void;
  /** Everything has started; a gate that is still closed belongs to a plugin that failed. */
  settle(): void;
  /** The backend stops before the plugin has started: nobody need wait any more. An open gate stays open. */
  abandon(): void;
  /** The plugin is stopping. */
  close(): void;
}

type State = 'starting' | 'open' | 'failed' | 'stopping';

interface Held {
  resolve(): void;
  reject(error: ServiceUnavailableError): void;
}

/** Options of {@link createLifecycleGate}. */
export interface LifecycleGateOptions {
  /** How long a request is held at most. */
  timeoutMilliseconds: number;
  /** Requests held at once; further ones are refused. Default 1000. */
  maximalHeld?: number;
}

/** Makes a gate, closed at first. */
export function createLifecycleGate({
  timeoutMilliseconds,
  maximalHeld = 1000,
}: LifecycleGateOptions): LifecycleGate {
  let state: State = 'starting';
  const held = new Set<Held>();

  function enter(next: State): void {
    // A plugin that is stopping, or has failed, does not come back.
    if (state === 'stopping' || (state === 'failed' && next === 'open')) return;
    state = next;
    for (const request of [...held]) {
      if (state === 'open') request.resolve();
      else request.reject(refusalFor(state));
    }
    held.clear();
  }

  return {
    get isOpen() {
      return state === 'open';
    },
    pass(onGone) {
      if (state === 'open') return Promise.resolve();
      if (state !== 'starting' || held.size >= maximalHeld) return Promise.reject(refusalFor(state));
      return new Promise((resolve, reject) => {
        const request: Held = { resolve: leaving(resolve), reject: leaving(reject) };
        const timer = setTimeout(() => request.reject(refusalFor(state)), timeoutMilliseconds);
        held.add(request);
        onGone(forget);

        function forget(): void {
          clearTimeout(timer);
          held.delete(request);
        }
        function leaving<T extends unknown[]>(settle: (...values: T) => void): (...values: T) => void {
          return (...values) => {
            forget();
            settle(...values);
          };
        }
      });
    },
    open: () => enter('open'),
    settle() {
      if (state === 'starting') enter('failed');
    },
    abandon() {
      if (state === 'starting') enter('stopping');
    },
    close: () => enter('stopping'),
  };
}

function refusalFor(state: State): ServiceUnavailableError {
  if (state === 'stopping') {
    return new ServiceUnavailableError('ERR_HTTP_STOPPING', 'Service is shutting down', {
      retryAfterSeconds: 1,
    });
  }
  if (state === 'failed') {
    return new ServiceUnavailableError('ERR_HTTP_START_FAILED', 'Service could not start', {
      retryAfterSeconds: 60,
    });
  }
  return new ServiceUnavailableError('ERR_HTTP_STARTING', 'Service has not started up yet', {
    retryAfterSeconds: 1,
  });
}
