import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bootErrorCodes } from './errors.ts';

/** Codes of the contracts and of the config, which problems may carry too. */
const foreignCodes = ['ERR_CONFIG_INVALID'];

function codesIn(isTest: boolean): Set<string> {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      file !== 'errors.ts' &&
      file !== 'errors.test.ts' &&
      file.endsWith('.test.ts') === isTest,
  );
  const texts = files.map((file) => readFileSync(new URL(file, folder), 'utf8'));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/'(ERR_[A-Z_]*[A-Z])'/g)].map(([, code]) => code ?? '')),
  );
}

describe('the error codes', () => {
  it('are the ones in use, no more and no fewer', () => {
    const used = [...codesIn(false)].filter((code) => !foreignCodes.includes(code));
    expect([...used, 'ERR_BACKEND_STARTUP'].toSorted()).toEqual(Object.keys(bootErrorCodes).toSorted());
  });

  it('each have a test', () => {
    const tested = codesIn(true);
    expect(Object.keys(bootErrorCodes).filter((code) => !tested.has(code))).toEqual([]);
  });

  it('each have a sentence', () => {
    for (const sentence of Object.values(bootErrorCodes)) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});
