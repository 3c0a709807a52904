/** `migrate` and `start` judge alike, whatever the config. The slow test compares a thousand, and some that really start. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, coreServices, createBackendModule } from '@vestibule/backend-plugin-api';
import { differences, seed, type StartOptions } from '../testing/agreement.ts';
import { generatedConfigs, type GeneratedConfig } from '../testing/generatedConfigs.ts';
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

/** Compares one after the other until two differ, and tells what differed. */
async function firstDifference(
  configs: readonly GeneratedConfig[],
  addedToStart: StartOptions['addedToStart'] = [],
) {
  for (const config of configs) {
    const found = await differences(config, { isShort: true, addedToStart });
    if (found.length > 0) return { found, config };
  }
  return undefined;
}

/** Few: the slow test compares a thousand. */
const compared = 12;
const generated = (numRuns: number) => fc.sample(generatedConfigs(keysOfDefaultBackend), { numRuns, seed });

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

describe('migrate and start', () => {
  it('judge generated configs alike', async () => {
    expect(await firstDifference(generated(compared))).toBeUndefined();
  }, 120_000);

  it('would be caught at a check that only one of them makes', async () => {
    const withCors = generated(300).filter(({ texts }) => /"?cors"?:/.test(Object.values(texts).join('\n')));
    const difference = await firstDifference(withCors, [forgetful]);
    expect(difference?.found.join()).toContain('only the start knows');
  }, 120_000);
});
