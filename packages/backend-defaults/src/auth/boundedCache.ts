/** A memory of values that end: at most so many, the longest unused goes first. */
import type { ClockService } from '@vestibule/backend-plugin-api';

export interface BoundedCache<T> {
  /** `undefined` when there is none, or its time is over. */
  get(key: string): T | undefined;
  set(key: string, value: T, expiresAtMilliseconds: number): void;
  delete(key: string): void;
}

export function createBoundedCache<T>(maxEntries: number, clock: ClockService): BoundedCache<T> {
  // A Map keeps the order of insertion; what is used is inserted again.
  const entries = new Map<string, { value: T; expiresAtMilliseconds: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      if (entry.expiresAtMilliseconds <= clock.now()) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, expiresAtMilliseconds) {
      entries.delete(key);
      entries.set(key, { value, expiresAtMilliseconds });
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
    },
    delete: (key) => void entries.delete(key),
  };
}
