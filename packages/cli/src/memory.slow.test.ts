/** What a backend that runs as a process makes of its memory, in a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const urlOf = (path: string) => JSON.stringify(pathToFileURL(join(root, path)).href);

/** Makes three million objects, of which the last 200,000 live. */
const program = (act: string) => `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { createBackend } from ${urlOf('packages/backend-defaults/src/index.ts')};
  import { runBackend } from ${urlOf('packages/cli/src/index.ts')};
  const sizeOfNewSpace = () =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
  const backend = createBackend();
  ${act}
  const before = sizeOfNewSpace();
  const living = [];
  for (let count = 0; count < 3_000_000; count += 1) living[count % 200_000] = { text: 'of ' + count };
  console.log('grew by ' + (sizeOfNewSpace() - before));
  process.exit(0);
`;

async function growthAfter(act: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-memory-'));
  try {
    const file = join(folder, 'program.mjs');
    await writeFile(file, program(act));
    await writeFile(join(folder, 'app-config.yaml'), "backend: { listen: '127.0.0.1:0' }\n");
    const loader = pathToFileURL(join(root, 'scripts/ts.mjs')).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      // With room to grow that no start needs.
      ['--max-semi-space-size=64', '--conditions=vestibule:source', '--import', loader, file],
      { cwd: folder, env: { PATH: process.env['PATH'] } },
    );
    return Number(/^grew by (-?\d+)$/m.exec(stdout)?.[1]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('does not grow the space for new objects past what its start needed, which Node by itself does', async () => {
  expect(await growthAfter('await backend.start();')).toBeGreaterThan(0);
  expect(await growthAfter('await runBackend(backend);')).toBeLessThanOrEqual(0);
}, 120_000);
