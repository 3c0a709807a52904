import { describe, expect, it } from '@jest/globals';
import { durationToMilliseconds } from './duration.ts';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

describe('a duration', () => {
  it.each<[unknown, number]>([
    ['90s', 90 * second],
    ['2 seconds', 2 * second],
    ['5 min', 5 * minute],
    ['24 Hours', 24 * hour],
    ['1 day', day],
    ['500 days', 500 * day],
    ['2w', 14 * day],
    ['1yr', 365 * day],
    ['250 msecs', 250],
    ['1.5h', 90 * minute],
    ['1h30m', 90 * minute],
    ['PT1H30M', 90 * minute],
    [{ days: 1, minutes: 1 }, day + minute],
  ])('may be written %j', (value, milliseconds) => {
    expect(durationToMilliseconds(value)).toBe(milliseconds);
  });

  it.each(['', '5', '5 fortnights', '5m x', 'm5', '-1h', 'PT', {}, { minute: 1 }, { days: -1 }, 5, null])(
    'is never %j',
    (value) => {
      expect(durationToMilliseconds(value)).toBeUndefined();
    },
  );
});
