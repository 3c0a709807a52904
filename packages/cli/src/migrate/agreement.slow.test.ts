/** A thousand configs, and some of them really started, with their port and database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { differences, seed } from '../testing/agreement.ts';
import { generatedConfigs } from '../testing/generatedConfigs.ts';
import { keysOfDefaultBackend } from '../testing/keysOfDefaultBackend.ts';

const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-agreement-'));
  process.chdir(directory);
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});

it.each([
  [1000, 'up to the database', true],
  [33, 'to their end', false],
])(
  'of %i generated configs, started %s, migrate and start give the same judgement',
  async (numRuns, _, isShort) => {
    await fc.assert(
      fc.asyncProperty(generatedConfigs(keysOfDefaultBackend), async (config) => {
        expect(await differences(config, { isShort })).toEqual([]);
      }),
      { numRuns, seed, endOnFailure: true },
    );
  },
  1_800_000,
);
