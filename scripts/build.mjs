// Builds every workspace that tsconfig.json names: tsc checks the types and writes the declarations, esbuild the JavaScript.
//   node scripts/build.mjs [--force]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkspace } from './build/bundleWorkspace.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { references } = JSON.parse(readFileSync(`${root}/tsconfig.json`, 'utf8'));
const folders = references.map(({ path }) => `${root}/${path}`);

// tsc looks at its build info alone, which lies below node_modules: it would not notice that a dist is gone.
const isAllThere = folders.every((folder) => existsSync(`${folder}/dist/index.d.ts`));
const isForced = process.argv.includes('--force') || !isAllThere;

await timed('Types', () => {
  const args = ['node_modules/typescript/bin/tsc', '--build', ...(isForced ? ['--force'] : [])];
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
});
await timed('JavaScript', async () => Promise.all(folders.map(bundleWorkspace)));

async function timed(title, act) {
  const beganAt = performance.now();
  await act();
  console.log(`  ${title}: ${((performance.now() - beganAt) / 1000).toFixed(1)} s`);
}
