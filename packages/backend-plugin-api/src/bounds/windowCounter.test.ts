import { describe, expect, it } from '@jest/globals';
import { createSlidingLimit, createWindowCounter } from './windowCounter.ts';

describe('createWindowCounter', () => {
  const time = { now: 0 };
  const count = (countOf: ReturnType<typeof createWindowCounter>, name: string) => (countOf(name).count += 1);

  it('counts each name in a window that begins with its first', () => {
    time.now = 0;
    const countOf = createWindowCounter({ windowMilliseconds: 10, maxNames: 5, now: () => time.now });
    expect([count(countOf, 'a'), count(countOf, 'a'), count(countOf, 'b')]).toEqual([1, 2, 1]);
    expect(countOf('a').endsAt).toBe(10);
    time.now = 9;
    expect([count(countOf, 'a'), count(countOf, 'c')]).toEqual([3, 1]);
    time.now = 10;
    expect([count(countOf, 'a'), count(countOf, 'c')]).toEqual([1, 2]);
    expect(countOf('a').endsAt).toBe(20);
  });

  it('begins anew where the clock was set back', () => {
    time.now = 1000;
    const countOf = createWindowCounter({ windowMilliseconds: 10, maxNames: 5, now: () => time.now });
    expect([count(countOf, 'a'), count(countOf, 'a')]).toEqual([1, 2]);
    time.now = 500;
    expect([count(countOf, 'a'), count(countOf, 'a')]).toEqual([1, 2]);
    time.now = 510;
    expect(count(countOf, 'a')).toBe(1);
  });

  it('forgets the oldest of too many', () => {
    const countOf = createWindowCounter({ windowMilliseconds: 10, maxNames: 2, now: () => 0 });
    for (const name of ['a', 'b', 'c']) count(countOf, name);
    expect([count(countOf, 'b'), count(countOf, 'c'), count(countOf, 'a')]).toEqual([2, 2, 1]);
  });
});

describe('createSlidingLimit', () => {
  it('lets so many pass in any span, and counts only those', () => {
    const time = { now: 0 };
    const mayPass = createSlidingLimit({ limit: 2, windowMilliseconds: 10, now: () => time.now });
    const at = (now: number) => {
      time.now = now;
      return mayPass();
    };
    expect([at(0), at(6), at(9)]).toEqual([true, true, false]);
    expect([at(10), at(11), at(16)]).toEqual([true, false, true]);
  });
});
