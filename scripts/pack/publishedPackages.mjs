// What is published: every workspace in packages/ and plugins/ that is not private.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).slice(0, -1);

/** By name: the folder from the root, and the manifest as it is in the checkout. */
export function publishedPackages(base = root) {
  return new Map(
    ['packages', 'plugins']
      .flatMap((parent) => readdirSync(`${base}/${parent}`).map((name) => `${parent}/${name}`))
      .filter((folder) => existsSync(`${base}/${folder}/package.json`))
      .map((folder) => ({
        folder,
        manifest: JSON.parse(readFileSync(`${base}/${folder}/package.json`, 'utf8')),
      }))
      .filter(({ manifest }) => manifest.private !== true)
      .map((one) => [one.manifest.name, one]),
  );
}

/** The names, and those of ours that they depend on, by way of others too. */
export function neededBy(names, packages = publishedPackages()) {
  const needed = new Set(names);
  for (const name of needed) {
    const { dependencies, optionalDependencies } = packages.get(name).manifest;
    for (const other of Object.keys({ ...dependencies, ...optionalDependencies }))
      if (packages.has(other)) needed.add(other);
  }
  return [...needed];
}
