import type { ClockService } from '../services/clock.ts';

/** How often something has come in the window of time under way. @public */
export interface WindowCount {
  count: number;
  /** On the scale of `now`. */
  readonly endsAt: number;
}

/**
 * Counts by name, each in windows of its own that begin with the first of them (a fixed window). Names are forgotten as
 * their windows end; when more than `maxNames` have one, the oldest is forgotten.
 *
 * @param options - `now`: milliseconds since any fixed point.
 * @returns gives the count of a name, to be raised by whoever counts.
 * @public
 */
export function createWindowCounter(options: {
  windowMilliseconds: number;
  maxNames: number;
  now: ClockService['now'];
}): (name: string) => WindowCount {
  const { windowMilliseconds, maxNames, now } = options;
  // In the order in which the windows end, since all are equally long: what is over is always at the front.
  const counts = new Map<string, WindowCount>();
  return (name) => {
    const time = now();
    for (const [oldest, { endsAt }] of counts) {
      // One that ends later than any could has seen a clock that was set back since.
      if (endsAt > time && endsAt <= time + windowMilliseconds) break;
      counts.delete(oldest);
    }
    let count = counts.get(name);
    if (!count) {
      const [oldest] = counts.keys();
      if (oldest !== undefined && counts.size >= maxNames) counts.delete(oldest);
      count = { count: 0, endsAt: time + windowMilliseconds };
      counts.set(name, count);
    }
    return count;
  };
}

/**
 * Lets at most `limit` pass in any span of time of that length, whenever it begins (a sliding window).
 *
 * @returns says whether one more may pass, and counts it if so.
 * @public
 */
export function createSlidingLimit(options: {
  limit: number;
  windowMilliseconds: number;
  now: ClockService['now'];
}): () => boolean {
  const { limit, windowMilliseconds, now } = options;
  let passedAt: number[] = [];
  return () => {
    const time = now();
    passedAt = passedAt.filter((at) => time - at < windowMilliseconds);
    if (passedAt.length >= limit) return false;
    passedAt.push(time);
    return true;
  };
}
