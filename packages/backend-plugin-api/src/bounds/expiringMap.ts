import type { ClockService } from '../services/clock.ts';

/** Values that end, in a bounded memory. @public */
export interface ExpiringMap<T> {
  /** `undefined` when there is none, or its time is over. */
  get(key: string): T | undefined;
  /**
   * @param expiresAtMilliseconds - Since the epoch; `Infinity` keeps the value for as long as there is room.
   * @param weight - How much of `maxWeight` it takes. Default 0.
   */
  set(key: string, value: T, expiresAtMilliseconds: number, weight?: number): void;
  delete(key: string): void;
}

/**
 * Creates a map that keeps at most `maxEntries` values, of `maxWeight` together;
 * of too many, the longest unused goes first. What alone is too heavy is not kept.
 *
 * @param options - `maxWeight`: in the unit of the weights that `set` is given. Default: no limit.
 * @example
 * ```ts
 * const answers = createExpiringMap<Answer>({ clock, maxEntries: 1000 });
 * answers.set(key, answer, clock.now() + 5000);
 * ```
 * @public
 */
export function createExpiringMap<T>(options: {
  clock: ClockService;
  maxEntries: number;
  maxWeight?: number;
}): ExpiringMap<T> {
  const { clock, maxEntries, maxWeight = Infinity } = options;
  // A Map keeps the order of insertion; what is used is inserted again.
  const entries = new Map<string, { value: T; expiresAtMilliseconds: number; weight: number }>();
  let total = 0;

  function remove(key: string): void {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  }

  function makeRoom(): void {
    const now = clock.now();
    for (const [oldest, { expiresAtMilliseconds }] of entries) {
      const isFull = entries.size > maxEntries || total > maxWeight;
      if (!isFull && expiresAtMilliseconds > now) break;
      remove(oldest);
    }
  }

  return {
    get(key) {
      makeRoom();
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      if (entry.expiresAtMilliseconds > clock.now()) return entry.value;
      remove(key);
      return undefined;
    },
    set(key, value, expiresAtMilliseconds, weight = 0) {
      remove(key);
      // It would take everything else with it, and then go itself.
      if (weight > maxWeight) return;
      entries.set(key, { value, expiresAtMilliseconds, weight });
      total += weight;
      makeRoom();
    },
    delete: remove,
  };
}
