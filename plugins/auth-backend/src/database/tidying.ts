import type { ClockService } from '@vestibule/backend-plugin-api';

/**
 * Removes from a table what is over, now and then, beside the request that gives the occasion: nobody waits for it, and where it
 * fails nobody is refused, and the next time it is tried again.
 *
 * @param tidy - Told the time.
 * @returns what a request calls.
 */
export function createTidying(
  clock: ClockService,
  everyMilliseconds: number,
  tidy: (now: number) => Promise<unknown>,
): () => void {
  let last = 0;
  return () => {
    const now = clock.now();
    if (now - last < everyMilliseconds) return;
    last = now;
    tidy(now).catch(() => undefined);
  };
}
