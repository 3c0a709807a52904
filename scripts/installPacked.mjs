// The command and all that it needs, packed as for npm, and installed as by somebody who has nothing else.
//   node scripts/installPacked.mjs FOLDER
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePackedFolder } from './pack/packedFolder.mjs';
import { useTarballs } from './pack/use.mjs';

if (process.argv[1] === fileURLToPath(import.meta.url)) installPacked(resolve(process.argv[2]));

/** @param folder - Where nothing is yet. */
export function installPacked(folder) {
  const packed = join(folder, 'packed');
  mkdirSync(packed, { recursive: true });
  makePackedFolder(packed, ['@vestibule/cli']);
  useTarballs({ folder, names: ['command'], manager: 'npm', packed });
  // What it prints stands in the way of nobody who reads the standard output.
  const args = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm install in ${folder} ended with ${status}`);
}
