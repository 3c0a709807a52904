// Packs packages as they are published. Each is laid out in a temporary folder first: the checkout stays as it is.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { publishedManifest } from './publishedManifest.mjs';
import { root } from './publishedPackages.mjs';

/**
 * @param packages - Of `publishedPackages()`, those to pack.
 * @param destination - The folder for the tarballs; made where it is missing.
 * @returns for each package `name`, `version`, `file` and the sizes in bytes, packed and unpacked.
 */
export function packPackages(packages, destination, base = root) {
  const shared = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  requireBuilt(packages, base);
  mkdirSync(destination, { recursive: true });
  const staging = mkdtempSync(join(tmpdir(), 'vestibule-pack-'));
  try {
    const folders = packages.map(({ folder, manifest }) => {
      layOut({ from: `${base}/${folder}`, to: `${staging}/${folder}`, manifest, folder, shared });
      return `./${folder}`;
    });
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination, ...folders];
    const { status, error, stdout } = spawnSync('npm', args, {
      cwd: staging,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`npm pack ended with ${status}`);
    return JSON.parse(stdout).map(({ name, version, filename, size, unpackedSize, integrity }) => ({
      name,
      version,
      file: filename,
      size,
      unpackedSize,
      integrity,
    }));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** What the manifest names has to be there: npm packs what is missing without a word. */
function requireBuilt(packages, base) {
  const missing = packages.flatMap(({ folder, manifest: { exports = {}, bin = {}, files = [] } }) =>
    [
      ...Object.values(exports).flatMap((target) =>
        typeof target === 'string' ? [target] : [target.types, target.default],
      ),
      ...(typeof bin === 'string' ? [bin] : Object.values(bin)),
      ...files,
    ]
      .map((file) => join(folder, file))
      .filter((file) => !existsSync(join(base, file))),
  );
  if (missing.length > 0)
    throw new Error(
      `${missing[0]} is not there${missing.length > 1 ? `, nor are ${missing.length - 1} others` : ''}. Build first: ` +
        '`node scripts/setup.mjs --build`, which `npm run pack` does of itself.',
    );
}

function layOut({ from, to, manifest, folder, shared }) {
  mkdirSync(to, { recursive: true });
  const beside = readdirSync(from).filter((name) => /^(?:LICENSE|README)/.test(name));
  for (const name of [...beside, ...manifest.files])
    cpSync(join(from, name), join(to, name), { recursive: true });
  const sources = mappedSources(from);
  for (const source of sources) {
    mkdirSync(dirname(join(to, source)), { recursive: true });
    cpSync(join(from, source), join(to, source));
  }
  const published = publishedManifest(manifest, { folder, shared, hasSources: sources.length > 0 });
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
}

/** The files that the source maps name, so that a stack or a debugger leads to what is there. */
function mappedSources(from) {
  const dist = join(from, 'dist');
  if (!existsSync(dist)) return [];
  const sources = readdirSync(dist)
    .filter((name) => name.endsWith('.js.map'))
    .flatMap((name) => JSON.parse(readFileSync(join(dist, name), 'utf8')).sources)
    .map((source) => relative(from, join(dist, source)));
  return [...new Set(sources)].sort();
}
