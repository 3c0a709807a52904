/** Waiting for work that may hang, and need not look at a signal. */

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
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(late());
  });
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * What the work answers, unless it takes too long, or the caller's signal ends first; the signal that the work is given ends
 * then, too. Work is not begun where the caller's signal has ended before.
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
  work: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const { milliseconds, late, signal, ended = (reason) => reason as Error } = limits;
  const ending = new AbortController();
  const onCallerAbort = (): void => ending.abort(ended(signal?.reason));
  // AbortSignal.timeout would not keep a process alive that has nothing else to wait for.
  const timer = setTimeout(() => ending.abort(late()), milliseconds);
  signal?.addEventListener('abort', onCallerAbort);
  if (signal?.aborted) onCallerAbort();
  try {
    ending.signal.throwIfAborted();
    return await untilAborted(ending.signal, (async () => work(ending.signal))());
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onCallerAbort);
  }
}
