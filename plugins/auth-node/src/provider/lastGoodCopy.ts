/**
 * A document that a provider publishes, such as its metadata or its keys: read when it is first needed, read again as it
 * ages, shared by all who wait for it, and kept while it cannot be read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSlidingLimit, untilAborted, type ClockService } from '@vestibule/backend-plugin-api';
import { ProviderUnavailableError } from '../errors.ts';

const firstBackoffMilliseconds = 100;
const maxBackoffMilliseconds = 5000;
const maxReReadsPerMinute = 10;

/** A document that is kept. @public */
export interface LastGoodCopy<T extends object> {
  /**
   * The copy at hand, however old; one older than its maximum age is read again in the background. Without a copy: waits
   * for one.
   *
   * @param waiting - Who waits; asked for the signal only where there is a wait.
   * @throws What reading threw, or `ERR_PROVIDER_UNAVAILABLE` when the signal ended the wait.
   */
  get(waiting: { readonly signal: AbortSignal }): Promise<T>;
  /**
   * A copy newer than the one that did not serve. Reads at once, at most ten times a minute; beyond that, and where
   * somebody else has read meanwhile, answers with the copy at hand.
   *
   * @throws What reading threw.
   */
  newerThan(seen: T, waiting: { readonly signal: AbortSignal }): Promise<T>;
  /** Reads it where no copy is at hand, for somebody who will soon ask. Nobody waits, and a failure is told to who asks. */
  readAhead(): void;
}

/**
 * Keeps a document.
 *
 * @param options - `read`: reads and checks it, under a deadline of its own; after a failure the next read waits 100 ms,
 *   then twice as long each time, up to 5 s. `now`: milliseconds since the epoch.
 * @public
 */
export function createLastGoodCopy<T extends object>(options: {
  read(): Promise<T>;
  maxAgeMilliseconds: number;
  now: ClockService['now'];
}): LastGoodCopy<T> {
  const { read, maxAgeMilliseconds, now } = options;
  let copy: { document: T; readAt: number } | undefined;
  let reading: Promise<T> | undefined;
  let failures = 0;
  let notBefore = 0;
  const mayReRead = createSlidingLimit({ limit: maxReReadsPerMinute, windowMilliseconds: 60_000, now });

  /** One read at a time, whoever asks. */
  const readShared = (): Promise<T> => {
    reading ??= readAfterBackoff().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  const readAfterBackoff = async (): Promise<T> => {
    const wait = Math.min(notBefore - now(), maxBackoffMilliseconds);
    if (failures > 0 && wait > 0) await sleep(wait, undefined, { ref: false });
    try {
      const document = await read();
      copy = { document, readAt: now() };
      failures = 0;
      return document;
    } catch (error) {
      notBefore = now() + Math.min(firstBackoffMilliseconds * 2 ** failures, maxBackoffMilliseconds);
      failures += 1;
      throw error;
    }
  };

  /** The read goes on for the others when one of those who wait gives up. */
  const shared = async (signal: AbortSignal): Promise<T> =>
    untilAborted(
      signal,
      readShared(),
      () =>
        new ProviderUnavailableError('The sign-in provider did not answer in time.', {
          cause: signal.reason,
        }),
    );

  return {
    async get(waiting) {
      if (!copy) return shared(waiting.signal);
      // The copy serves until a newer one is there: nobody waits for a provider that is slow or down.
      if (now() - copy.readAt >= maxAgeMilliseconds) readShared().catch(() => undefined);
      return copy.document;
    },
    async newerThan(seen, { signal }) {
      if (copy && copy.document !== seen) return copy.document;
      if (!reading && !mayReRead()) return seen;
      return shared(signal);
    },
    readAhead() {
      if (!copy) readShared().catch(() => undefined);
    },
  };
}
