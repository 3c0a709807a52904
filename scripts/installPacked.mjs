// The command and all that it needs, packed as for npm, and installed as by somebody who has nothing else.
//   node scripts/installPacked.mjs FOLDER
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url)).slice(0, -1);
if (process.argv[1] === fileURLToPath(import.meta.url)) installPacked(resolve(process.argv[2]));

/** @param folder - Where nothing is yet. */
export function installPacked(folder) {
  mkdirSync(folder, { recursive: true });
  const needed = neededWorkspaces('@vestibule/cli');
  npm(
    root,
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    folder,
    ...needed.map(({ path }) => path),
  );
  const tarballs = readdirSync(folder);
  const fileOf = (name) => {
    const start = `${name.replace('@', '').replace('/', '-')}-`;
    return `file:${tarballs.find((tarball) => tarball.startsWith(start) && /^\d+\./.test(tarball.slice(start.length)))}`;
  };
  const manifest = {
    name: 'portal',
    private: true,
    dependencies: { '@vestibule/cli': fileOf('@vestibule/cli') },
    // The registry has none of them.
    overrides: Object.fromEntries(
      needed.filter(({ name }) => name !== '@vestibule/cli').map(({ name }) => [name, fileOf(name)]),
    ),
  };
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest));
  npm(folder, 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
}

/** A workspace and those that it depends on, by way of others too. */
function neededWorkspaces(first) {
  const all = new Map(
    ['packages', 'plugins'].flatMap((parent) =>
      readdirSync(`${root}/${parent}`).map((folder) => {
        const path = `./${parent}/${folder}`;
        const { name, dependencies, optionalDependencies } = JSON.parse(
          readFileSync(`${root}/${path}/package.json`, 'utf8'),
        );
        return [name, { name, path, dependencies: { ...dependencies, ...optionalDependencies } }];
      }),
    ),
  );
  const needed = new Set([first]);
  for (const name of needed)
    for (const dependency of Object.keys(all.get(name).dependencies))
      if (all.has(dependency)) needed.add(dependency);
  return [...needed].map((name) => all.get(name));
}

/** What it prints stands in the way of nobody who reads the standard output. */
function npm(cwd, ...args) {
  const { status, error } = spawnSync('npm', args, { cwd, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} in ${cwd} ended with ${status}`);
}
