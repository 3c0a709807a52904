import { describe, expect, it } from '@jest/globals';
import { keysOfDefaultBackend } from '../testing/keysOfDefaultBackend.ts';
import { decides, fittingValues } from './fittingValues.ts';

describe('the values that are tried for a variable', () => {
  const closed = keysOfDefaultBackend.filter(
    ({ types, options }) => options.length > 0 && !types.includes('boolean') && !types.includes('object'),
  );

  it.each(closed.map(({ path, options }) => [path.join('.'), options] as const))(
    'have one that %s takes, which takes certain words only',
    (_, options) => {
      expect(options.some((one) => fittingValues('NAME').includes(String(one)))).toBe(true);
    },
  );

  it('differ by the name, where texts must differ', () => {
    const [one, other] = [fittingValues('ONE'), fittingValues('OTHER')];
    expect([one[0] === other[0], one[1] === other[1]]).toEqual([false, false]);
  });

  it('are tried further at a key that decides about others', () => {
    expect(decides(['auth', 'providers', 'acme', 'type'])).toBe(true);
    expect(decides(['auth', 'providers', 'acme', 'title'])).toBe(false);
  });
});
