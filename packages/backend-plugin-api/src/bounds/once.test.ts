import { expect, it } from '@jest/globals';
import { once } from './once.ts';

it('runs an act once for all who ask, and again where it failed', async () => {
  let runs = 0;
  const ask = once(async () => {
    runs += 1;
    if (runs === 1) throw new Error('failed');
    return Promise.resolve(runs);
  });
  const first = await Promise.allSettled([ask(), ask()]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await Promise.all([ask(), ask()])).toEqual([2, 2]);
  expect(await ask()).toBe(2);
});
