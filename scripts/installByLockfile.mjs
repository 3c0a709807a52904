// What is no workspace brings a lockfile of its own, and is installed by npm where it is wanted: once for each lockfile, of which
// a copy is kept beside the packages, since a checkout alters times. No package's scripts run.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Installs what the lockfile of a folder says.
 *
 * @param what - For the line that says what takes so long.
 * @param finish - What else belongs to it; where that fails, the next call begins anew.
 */
export function installByLockfile(folder, what, finish = () => {}) {
  const lockfile = readFileSync(`${folder}/package-lock.json`, 'utf8');
  const installed = `${folder}/node_modules/.installed-lockfile.json`;
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lockfile) return;
  console.error(`Installing ${what} …`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} in ${folder} ended with ${status}`);
  finish();
  writeFileSync(installed, lockfile);
}
