import { describe, expect, it } from '@jest/globals';
import { createWindowCounter } from './windowCounter.ts';

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

  it('forgets the oldest of too many', () => {
    const countOf = createWindowCounter({ windowMilliseconds: 10, maxNames: 2, now: () => 0 });
    for (const name of ['a', 'b', 'c']) count(countOf, name);
    expect([count(countOf, 'b'), count(countOf, 'c'), count(countOf, 'a')]).toEqual([2, 2, 1]);
  });
});
