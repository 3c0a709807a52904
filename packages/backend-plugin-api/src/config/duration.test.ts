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
    // As variables give them.
    [{ hours: '1', minutes: ' 30 ' }, 90 * minute],
    [' 1h ', hour],
    ['.5h', 30 * minute],
    ['PT0,5S', 500],
    ['0s', 0],
  ])('may be written %j', (value, milliseconds) => {
    expect(durationToMilliseconds(value)).toBe(milliseconds);
  });

  it.each<[unknown, 'milliseconds' | 'seconds', number]>([
    [30, 'seconds', 30 * second],
    ['30', 'seconds', 30 * second],
    [1500, 'milliseconds', 1500],
    ['1500', 'milliseconds', 1500],
    [0, 'milliseconds', 0],
    ['30s', 'milliseconds', 30 * second],
    [{ hours: 1 }, 'seconds', hour],
  ])('of %j is, where a bare number is %s, %d ms', (value, bareNumber, milliseconds) => {
    expect(durationToMilliseconds(value, { bareNumber })).toBe(milliseconds);
  });

  it.each([-1, '-1', Infinity, NaN, '', ' ', 'x', true, [], [5]])('of a bare number is never %p', (value) => {
    expect(durationToMilliseconds(value, { bareNumber: 'seconds' })).toBeUndefined();
  });

  it.each([
    '',
    '5',
    '5 fortnights',
    '5m x',
    'm5',
    '-1h',
    'PT',
    {},
    { minute: 1 },
    { days: -1 },
    { days: '' },
    { days: 'x' },
    { days: null },
    5,
    null,
  ])('is never %j', (value) => {
    expect(durationToMilliseconds(value)).toBeUndefined();
  });
});
