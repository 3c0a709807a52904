/**
 * Keeps answers for a few seconds and lets callers who ask the same at the same time share one request. A sign-in asks
 * for the same user several times, and a morning's refreshes ask for the same groups.
 *
 * Keys begin with the bearer token that was sent, so that an answer only ever returns to whom the catalog gave it. Kept
 * are the texts, not the objects made of them: nobody can change what another one receives.
 */
import {
  createExpiringMap,
  untilOver,
  type ClockService,
  type Deadline,
} from '@vestibule/backend-plugin-api';
import type { OutboundResponse } from '@vestibule/outbound-http';

/** @see createAnswerCache */
export interface AnswerCache {
  /**
   * The kept answer for a key, the one under way, or a new one.
   *
   * @param load - Makes the request; its signal ends when nobody waits any longer.
   * @param deadline - Ends this caller's waiting only.
   */
  get(
    key: string,
    load: (signal: AbortSignal) => Promise<OutboundResponse>,
    deadline: Deadline,
  ): Promise<OutboundResponse>;
}

/**
 * Creates a cache.
 *
 * @param options - `lifetimeMilliseconds`: default 5 s. `maxEntries`: default 500. `maxCharacters`: of all kept texts
 *   together, default 4 million; one text may have a sixteenth of it. `isKept`: which answers are kept at all.
 */
export function createAnswerCache(options: {
  clock: ClockService;
  isKept(response: OutboundResponse): boolean;
  lifetimeMilliseconds?: number;
  maxEntries?: number;
  maxCharacters?: number;
}): AnswerCache {
  const {
    clock,
    isKept,
    lifetimeMilliseconds = 5_000,
    maxEntries = 500,
    maxCharacters = 4_000_000,
  } = options;
  const flights = new Map<string, Flight>();
  const kept = createExpiringMap<OutboundResponse>({ clock, maxEntries, maxWeight: maxCharacters });

  return {
    async get(key, load, deadline) {
      const answer = kept.get(key);
      if (answer) return answer;
      const flight = flights.get(key) ?? takeOff(key, load);
      flight.waiters++;
      try {
        return await untilOver(deadline, flight.response);
      } finally {
        flight.waiters--;
        if (flight.waiters === 0) land(key, flight);
      }
    },
  };

  function takeOff(key: string, load: (signal: AbortSignal) => Promise<OutboundResponse>): Flight {
    const ending = new AbortController();
    const flight: Flight = {
      waiters: 0,
      isOver: false,
      ending,
      response: load(ending.signal).then((response) => {
        flight.isOver = true;
        if (flights.get(key) === flight) {
          flights.delete(key);
          keep(key, response);
        }
        return response;
      }),
    };
    flights.set(key, flight);
    return flight;
  }

  /** The last waiter has gone: with the answer, with its error, or because it waits no longer. */
  function land(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key);
    // What has its answer needs no end, of which an error would be made.
    if (!flight.isOver) flight.ending.abort();
  }

  function keep(key: string, response: OutboundResponse): void {
    const size = response.text.length;
    if (!isKept(response) || size > maxCharacters / 16) return;
    kept.set(key, response, clock.now() + lifetimeMilliseconds, size);
  }
}

interface Flight {
  waiters: number;
  isOver: boolean;
  readonly ending: AbortController;
  readonly response: Promise<OutboundResponse>;
}
