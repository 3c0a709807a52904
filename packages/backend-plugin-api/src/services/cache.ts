/** The service `core.cache`. */
import type { HumanDuration } from '../config/duration.ts';
import type { JsonValue } from '../config/config.ts';

/** Keeps JSON values for a while. What is kept may be gone at any time. @public */
export interface CacheService {
  /** `undefined` when there is none, or its time is over. The answer is a copy. */
  get<TValue extends JsonValue>(key: string): Promise<TValue | undefined>;
  /** Keeps a copy of a value. `ttl`: milliseconds, or a duration; without it, the default of the options counts. */
  set(key: string, value: JsonValue, options?: { ttl?: number | HumanDuration }): Promise<void>;
  delete(key: string): Promise<void>;
  /** The same cache with other defaults. `defaultTtl`: milliseconds, or a duration; without it, values have no end. */
  withOptions(options: { defaultTtl?: number | HumanDuration }): CacheService;
}
