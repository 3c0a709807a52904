// The command and all that it needs, packed as for npm, and installed as by somebody who has nothing else.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { npm } from '../../install.mjs';
import { here } from '../../server.mjs';

const root = `${here}/..`;

/** @returns The folder of the installation. */
export function installPacked(temporaryFolder) {
  const folder = `${temporaryFolder}/installed`;
  mkdirSync(folder);
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
  const dependencies = Object.fromEntries(
    needed.map(({ name }) => {
      const start = `${name.replace('@', '').replace('/', '-')}-`;
      return [
        name,
        `file:${tarballs.find((tarball) => tarball.startsWith(start) && /\d/.test(tarball[start.length]))}`,
      ];
    }),
  );
  writeFileSync(`${folder}/package.json`, JSON.stringify({ name: 'portal', private: true, dependencies }));
  npm(folder, 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  return folder;
}

/** A workspace and those that it depends on, by way of others too. */
function neededWorkspaces(first) {
  const all = new Map(
    ['packages', 'plugins'].flatMap((parent) =>
      readdirSync(`${root}/${parent}`).map((name) => {
        const path = `./${parent}/${name}`;
        const manifest = JSON.parse(readFileSync(`${root}/${path}/package.json`, 'utf8'));
        return [manifest.name, { name: manifest.name, path, dependencies: manifest.dependencies ?? {} }];
      }),
    ),
  );
  const needed = new Set([first]);
  for (const name of needed)
    for (const dependency of Object.keys(all.get(name).dependencies))
      if (all.has(dependency)) needed.add(dependency);
  return [...needed].map((name) => all.get(name));
}
