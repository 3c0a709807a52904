// Peers come from npm, each by a lockfile of its own, once; and what an installation weighs.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installByLockfile } from '../scripts/installByLockfile.mjs';

/** Once for each lockfile, which is kept beside the packages. No package's scripts run but those of `better-sqlite3`. */
export function install(folder) {
  const { name } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  installByLockfile(folder, name, () => {
    if (existsSync(`${folder}/node_modules/better-sqlite3`)) npm(folder, 'rebuild', 'better-sqlite3');
  });
}

/** A binary is compiled where none can be fetched, against the headers of this Node where they are at hand. */
export function npm(folder, ...args) {
  const nodeFolder = dirname(dirname(process.execPath));
  const hasHeaders = existsSync(`${nodeFolder}/include/node/node.h`);
  const { status, error } = spawnSync('npm', args, {
    cwd: folder,
    // What a run prints is the page alone.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...(hasHeaders && { npm_config_nodedir: nodeFolder }) },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} in ${folder} ended with ${status}`);
}

/** Packages and bytes of an installation; where npm installed nothing, those of the folder. */
export function installedSize(folder) {
  const lockfile = `${folder}/node_modules/.package-lock.json`;
  if (!existsSync(lockfile)) return { packages: 0, bytes: sizeOf(folder) };
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8'));
  return { packages: Object.keys(packages).length, bytes: sizeOf(`${folder}/node_modules`) };
}

function sizeOf(path) {
  const stat = lstatSync(path);
  // What a disk gives up for it.
  const own = stat.blocks === undefined ? stat.size : stat.blocks * 512;
  if (!stat.isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), own);
}
