/**
 * Waiting for work that may hang, and need not look at a signal. Every request waits so several times, and nearly always
 * what it waits for ends well: then a promise, a timer and a listener are all that it costs.
 */

/**
 * What comes of the work, unless the signal ends first. What comes of it afterwards is nobody's matter.
 *
 * @param late - The error that is thrown then. Default: the signal's reason.
 * @public
 */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: Promise<T>,
  late: () => Error = () => signal.reason as Error,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(late());
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(settle);
    if (signal.aborted) onAbort();
  });
}

/** How long work may still go on, as the work sees it. @public */
export interface Deadline {
  /** Whether nobody waits any more. */
  readonly isOver: boolean;
  /** Ends when nobody waits any more. Made when it is first asked for. */
  readonly signal: AbortSignal;
  /** Calls the listener with the error that the waiting ended with; at once where it has ended. Not after work that ended well. */
  onOver(listener: (error: Error) => void): void;
}

/**
 * What comes of the work, unless its deadline is over first. What comes of it afterwards is nobody's matter.
 *
 * @param late - The error that is thrown then. Default: the one that the waiting ended with.
 * @public
 */
export async function untilOver<T>(deadline: Deadline, work: Promise<T>, late?: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    work.then(resolve, reject);
    deadline.onOver((error) => reject(late ? late() : error));
  });
}

/**
 * A deadline that nobody waits by: it is over when its time is, unless it is `clear`ed before.
 *
 * @public
 */
export function startDeadline(
  milliseconds: number,
  late: () => Error,
): { deadline: Deadline; clear(): void } {
  const deadline = new Waiting();
  const timer = setTimeout(() => deadline.end(late()), milliseconds).unref();
  return { deadline, clear: () => clearTimeout(timer) };
}

/** A deadline that is over when the signal ends. Its listeners stay for as long as the signal: it should be that of one request. @public */
export function deadlineOf(signal: AbortSignal): Deadline {
  return {
    get isOver() {
      return signal.aborted;
    },
    signal,
    onOver(listener) {
      const end = (): void => listener(signal.reason as Error);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    },
  };
}

/**
 * What the work answers, unless it takes too long, or the caller's signal ends first. Work is not begun where the caller's
 * signal has ended before.
 *
 * @param limits - `late`: the error when the time is over. `ended`: the error when the signal ends. Default: its reason.
 * @public
 */
export async function withDeadline<T>(
  limits: {
    milliseconds: number;
    late(): Error;
    signal?: AbortSignal | undefined;
    ended?(reason: unknown): Error;
  },
  work: (deadline: Deadline) => T | Promise<T>,
): Promise<T> {
  const { milliseconds, late, signal, ended = (reason) => reason as Error } = limits;
  return new Promise<T>((resolve, reject) => {
    const waiting = new Waiting();
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const end = (error: Error): void => {
      settle();
      reject(error);
      waiting.end(error);
    };
    const onAbort = (): void => end(ended(signal?.reason));
    // A timer of AbortSignal would not keep a process alive that has nothing else to wait for.
    const timer = setTimeout(() => end(late()), milliseconds);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    else (async () => work(waiting))().then(resolve, reject).finally(settle);
  });
}

class Waiting implements Deadline {
  private failure: { readonly error: Error } | undefined;
  private readonly listeners: ((error: Error) => void)[] = [];
  private ending: AbortController | undefined;

  get isOver(): boolean {
    return this.failure !== undefined;
  }

  get signal(): AbortSignal {
    if (!this.ending) {
      const ending = (this.ending = new AbortController());
      this.onOver((error) => ending.abort(error));
    }
    return this.ending.signal;
  }

  onOver(listener: (error: Error) => void): void {
    if (this.failure) listener(this.failure.error);
    else this.listeners.push(listener);
  }

  end(error: Error): void {
    if (this.failure) return;
    this.failure = { error };
    for (const listener of this.listeners) listener(error);
  }
}
