// Turns changesets into versions and changelogs, then brings the ranges of the root and the lockfile up to date.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('node_modules/.bin/changeset', 'version');

// Changesets leaves the root package alone.
const path = `${root}/package.json`;
const manifest = JSON.parse(readFileSync(path, 'utf8'));
const { version } = JSON.parse(readFileSync(`${root}/packages/cli/package.json`, 'utf8'));
manifest.dependencies['@vestibule/cli'] = `^${version}`;
writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);

const yarn = manifest.packageManager.replace('yarn@', '@yarnpkg/cli-dist@');
run('npx', '--yes', yarn, 'install', '--mode=update-lockfile');
