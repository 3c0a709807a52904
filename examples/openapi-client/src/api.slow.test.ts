/** The types are those of the document as it is committed. Slow: it needs the compiler. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

it('has the types that `npm run generate` makes', async () => {
  const { resolve } = createRequire(import.meta.url);
  const program = join(dirname(resolve('openapi-typescript/package.json')), 'bin/cli.js');
  const document = new URL('../../../docs/reference/openapi.json', import.meta.url).pathname;
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-openapi-'));
  try {
    const made = join(folder, 'api.ts');
    const args = [program, document, '--output', made, '--alphabetize'];
    await promisify(execFile)(process.execPath, args);
    expect(await readFile(new URL('api.ts', import.meta.url), 'utf8')).toBe(await readFile(made, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
});
