// Installs the real Backstage packages where that is due, then runs the tests in this folder.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: here, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function modifiedAt(name) {
  return statSync(`${here}/${name}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (modifiedAt('node_modules/.package-lock.json') < modifiedAt('package-lock.json')) {
  console.log('Installing real Backstage packages (about 1,300) …');
  run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
}
// Pages that the run makes are compared with what is there; with --write they are written.
if (process.argv.includes('--write')) process.env.CONFORMANCE_WRITE = '1';
const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs'));
run(process.execPath, '--test', '--test-reporter=spec', ...tests);
