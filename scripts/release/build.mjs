// `npm run release:build -- FOLDER`: builds from nothing and packs every package that is published, as npm will get it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('Where to? npm run release:build -- FOLDER');
  process.exit(2);
}
const folder = resolve(given);
mkdirSync(folder, { recursive: true });

run(process.execPath, 'scripts/setup.mjs');
run(process.execPath, 'scripts/build.mjs', '--force');
const published = ['packages', 'plugins'].flatMap((parent) =>
  readdirSync(join(root, parent))
    .map((name) => `./${parent}/${name}`)
    .filter((path) => !JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).private),
);
run('npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...published);

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
