// Turns changesets into a version that all packages share and a release in CHANGELOG.md; then brings the root package, which
// Changesets leaves alone, and the lockfile up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readChangesets } from './changelog/changesets.mjs';
import { withRelease } from './changelog/releaseNotes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const changes = readChangesets(root);
if (changes.length === 0) {
  console.error('Nothing waits for a release: .changeset/ has no changes.');
  process.exit(1);
}
run('node_modules/.bin/changeset', 'version');

const { version } = JSON.parse(readFileSync(`${root}/packages/cli/package.json`, 'utf8'));
const manifestPath = `${root}/package.json`;
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
manifest.version = version;
manifest.dependencies['@vestibule/cli'] = `^${version}`;
writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);

const changelogPath = `${root}/CHANGELOG.md`;
const changelog = existsSync(changelogPath) ? readFileSync(changelogPath, 'utf8') : undefined;
const day = new Date().toISOString().slice(0, 10);
writeFileSync(changelogPath, withRelease(changelog, { version, day, changes }));

const yarn = manifest.packageManager.replace('yarn@', '@yarnpkg/cli-dist@');
run('npx', '--yes', yarn, 'install', '--mode=update-lockfile');
