// A plugin or module as a folder for Backstage's dynamic feature service: one file of CommonJS with everything in it.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { assetUrls } from './assetUrls.mjs';
import { requireOwnNames } from './bundlePromises.mjs';
import { licenses } from './licenses.mjs';
import { nameSources } from './nameSources.mjs';
import { oneLanguage } from './oneLanguage.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = 'dist/index.cjs.js';

/**
 * Makes the folder anew: `package.json`, `dist/index.cjs.js` with its source map, `dist/assets/` with what that reads, and
 * `LICENSES.txt`.
 *
 * @param one - Of `publishedPackages()`.
 * @param parent - The folder is made in it, and named as its tarball would be, without the version.
 * @returns its path.
 */
export async function makeDynamicPlugin({ folder, manifest }, parent) {
  // As Backstage's `-dynamic` packages are called, so that a host can tell that the one stands for the other.
  const name = `${manifest.name}-dynamic`;
  const destination = join(parent, name.replace('@', '').replace('/', '-'));
  await rm(destination, { recursive: true, force: true });
  const outfile = join(destination, main);
  const assets = assetUrls();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(folder, 'src/index.ts')],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    conditions: ['vestibule:source'],
    // CommonJS has no import.meta.
    banner: { js: `'use strict'; const $$url = require('node:url').pathToFileURL(__filename).href;` },
    define: { 'import.meta.url': '$$url' },
    legalComments: 'none',
    sourcemap: 'linked',
    // A stack wants names and lines.
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
    plugins: [oneLanguage, assets.plugin],
  });
  requireNothingElse(name, metafile);
  await requireOwnNames(name, metafile, { root, bundle: await readFile(outfile, 'utf8') });
  await assets.copyTo(join(destination, 'dist'));
  await nameSources(`${outfile}.map`);
  await mkdir(destination, { recursive: true });
  await writeFile(join(destination, 'LICENSES.txt'), await licenses(metafile));
  const shared = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const own = dynamicManifest(name, { folder, manifest, shared });
  await writeFile(join(destination, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  return destination;
}

/** No dependencies, as everything is in the file; and what the feature service and installers look at. */
function dynamicManifest(name, { folder, manifest, shared }) {
  const { version, description, license, engines, backstage } = manifest;
  const { role, pluginId } = backstage;
  return {
    name,
    version,
    description,
    license,
    repository: { ...shared.repository, directory: folder },
    engines,
    backstage: { role, pluginId },
    main: `./${main}`,
    files: ['dist', 'LICENSES.txt'],
  };
}

/** Where the folder will lie, nothing is beside it. */
function requireNothingElse(name, { outputs }) {
  const others = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path }) => !path.startsWith('node:') && !builtinModules.includes(path));
  if (others.length > 0)
    throw new Error(`${name}: not in one file: ${others.map(({ path }) => path).join(', ')}`);
}
