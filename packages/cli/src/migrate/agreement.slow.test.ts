/** `migrate` and `start` judge alike, whatever the config: a thousand, and some of them really started, with their port and database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ConfigError, coreServices, createBackendModule } from '@vestibule/backend-plugin-api';
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

/** A check that is made in one place only, as it was before there was one judgement. */
const forgetful = createBackendModule({
  pluginId: 'auth',
  moduleId: 'forgetful',
  register({ registerInit }) {
    registerInit({
      deps: { config: coreServices.rootConfig },
      async init({ config }) {
        if (config.getOptional('backend.cors') === undefined) return;
        throw new ConfigError([
          {
            code: 'ERR_TEST',
            path: 'backend.cors',
            message: 'backend.cors is wrong, and only the start knows',
          },
        ]);
      },
    });
  },
});

it('would be caught at a check that only one of them makes', async () => {
  const generated = fc.sample(generatedConfigs(keysOfDefaultBackend), { numRuns: 300, seed });
  const withCors = generated.filter(({ texts }) => /"?cors"?:/.test(Object.values(texts).join('\n')));
  // One that is refused for something else as well does not tell.
  let found: string[] = [];
  for (const config of withCors) {
    found = await differences(config, { isShort: true, addedToStart: [forgetful] });
    if (found.length > 0) break;
  }
  expect(found.join()).toContain('only the start knows');
}, 120_000);
