import { describe, expect, it } from '@jest/globals';
import { checkConfig, type Config } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { durationSchema } from './durationSchema.ts';

describe('a duration of a provider', () => {
  it.each([
    [30, ': 30'],
    ['soon', ": 'soon'"],
    [['1h'], ''],
    [true, ': true'],
  ])('%j is refused with an example of one', (grace, quoted) => {
    const config = { getOptional: () => ({ grace }) } as unknown as Config;
    const schema = z.object({ grace: durationSchema });
    const { problems } = checkConfig({ config, schemas: [{ schema, owner: 'x' }] });
    expect(problems.map(({ message }) => message)).toEqual([
      `grace must be a duration, for example '1h' or { hours: 1 }${quoted}`,
    ]);
  });
});
