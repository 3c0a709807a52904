// Makes a fresh clone ready: installs with the pinned Yarn when the lockfile changed, and builds with --build.
// Needs Node and npm alone, so it imports nothing but node: modules.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Vestibule needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

function run(title, command, args) {
  console.log(title);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function modifiedAt(path) {
  return statSync(new URL(`../${path}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (modifiedAt('node_modules/.yarn-state.yml') < modifiedAt('yarn.lock')) {
  const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const version = packageManager.replace('yarn@', '');
  run('Installing dependencies …', 'npx', [
    '--yes',
    `@yarnpkg/cli-dist@${version}`,
    'install',
    '--immutable',
  ]);
}
if (process.argv.includes('--build')) run('Building …', process.execPath, ['scripts/build.mjs']);
