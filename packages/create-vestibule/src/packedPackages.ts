/** A folder of tarballs, as `npm pack` makes them, in place of a registry. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A package in the folder. */
export interface PackedPackage {
  readonly file: string;
  /** Names of the packages that it installs along. */
  readonly dependencies: readonly string[];
}

/** By name. @throws Error where the folder cannot be read, or has none. */
export function readPackedPackages(folder: string): Map<string, PackedPackage> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const packages = new Map<string, PackedPackage>();
  for (const file of files) {
    const { name, dependencies, optionalDependencies } = readManifest(join(folder, file));
    packages.set(name, { file, dependencies: Object.keys({ ...dependencies, ...optionalDependencies }) });
  }
  if (packages.size === 0) throw new Error(`no package (*.tgz) is in ${folder}`);
  return packages;
}

/** Those named and those that they need, as far as the folder has them. */
export function withDependencies(
  names: readonly string[],
  packages: ReadonlyMap<string, PackedPackage>,
): ReadonlyMap<string, PackedPackage> {
  const needed = new Map<string, PackedPackage>();
  const wanted = [...names];
  for (const name of wanted) {
    const found = packages.get(name);
    if (found === undefined || needed.has(name)) continue;
    needed.set(name, found);
    wanted.push(...found.dependencies);
  }
  return needed;
}

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** Of the form ustar (POSIX.1-1988): blocks of 512 bytes, the name at 0, the size in octal at 124. */
function readManifest(path: string): Manifest {
  const archive = gunzipSync(readFileSync(path));
  const textAt = (start: number, length: number) =>
    archive
      .toString('latin1', start, start + length)
      .replace(/\0.*$/s, '')
      .trim();
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const size = Number.parseInt(textAt(at + 124, 12), 8);
    if (textAt(at, 100) === 'package/package.json') {
      return JSON.parse(archive.toString('utf8', at + 512, at + 512 + size)) as Manifest;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`${path} is no package: it has no package/package.json`);
}
