/** The time that one call to the catalog may take, whatever it waits for. */
import { CatalogUnavailableError } from '@vestibule/plugin-catalog-node';

/**
 * Runs `work` until it is done, the time is over, or the caller's signal ends it.
 *
 * @throws CatalogUnavailableError when it was ended; what `work` throws otherwise.
 */
export async function withDeadline<T>(
  limits: { milliseconds: number; signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { milliseconds, signal } = limits;
  const ending = new AbortController();
  const end = (hint: string, cause?: unknown): void =>
    ending.abort(
      new CatalogUnavailableError('The software catalog did not answer in time.', { hint, cause }),
    );
  const onCallerAbort = (): void => end('The caller stopped waiting for the catalog.', signal?.reason);
  const timer = setTimeout(() => end(`The catalog gave no answer within ${milliseconds} ms.`), milliseconds);
  signal?.addEventListener('abort', onCallerAbort);
  try {
    if (signal?.aborted) onCallerAbort();
    ending.signal.throwIfAborted();
    return await Promise.race([
      work(ending.signal),
      new Promise<never>((_, reject) => {
        ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error));
      }),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onCallerAbort);
  }
}
