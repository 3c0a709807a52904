// `npm run build:standalone`: the `vestibule` command as a folder that needs nothing installed, from the sources.
//   node scripts/standalone.mjs [folder]
//
//   vestibule.mjs           the command
//   lib/                    what it loads, in pieces: what only PostgreSQL or `migrate` needs stands apart; and source maps
//   lib/assets/             stylesheets and the scripts of pages, which are read when it starts
//   node_modules/@libsql/   SQLite for Node before 24, for the platform of this build
//   LICENSES.txt            of everything in it
import { existsSync } from 'node:fs';
import { chmod, cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist-standalone'));
const lib = join(folder, 'lib');
const { dependencies: ofBackend } = createRequire(import.meta.url)('../packages/backend/package.json');

/** Files that are read beside their module, by path from the root. */
const assets = new Set();
const assetPath = (asset) => `assets/${asset.split(sep).join('/')}`;

/** `new URL('…', import.meta.url)` names such a file: it is copied, and the address corrected. */
const assetUrls = {
  name: 'asset URLs',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](?:packages|plugins)[\\/][^\\/]+[\\/]src[\\/].+\.ts$/ }, async ({ path }) => {
      const contents = (await readFile(path, 'utf8')).replace(
        /new URL\('(\.[^']*?)(\/?)', import\.meta\.url\)/g,
        (_, written, slash) => {
          const asset = relative(root, fileURLToPath(new URL(written, pathToFileURL(path))));
          // The folder of all packages is how the framework knows code of its own, which here is all in one folder.
          if (asset === 'packages') return `new URL('./', import.meta.url)`;
          assets.add(asset);
          return `new URL('./${assetPath(asset)}${slash}', import.meta.url)`;
        },
      );
      return { contents, loader: 'ts' };
    });
  },
};

const otherDialects =
  /[\\/]knex[\\/]lib[\\/]dialects[\\/](?:cockroachdb|mariadb|mssql|mysql2?|oracle(?:db)?|pgnative|redshift)[\\/]index\.js$/;

/** Modules that say something else here, or nothing. */
const replaced = {
  name: 'replaced modules',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/]backend[\\/]src[\\/]providerPackages\.ts$/ }, () => ({
      contents: `export const importProviderPackages = async () => Promise.all([${Object.keys(ofBackend)
        .filter((name) => /\/plugin-auth-backend-module-.+-provider$/.test(name))
        .map((name) => `import('${name}')`)
        .join(', ')}]);`,
      resolveDir: join(root, 'packages/backend/src'),
    }));
    // Messages in some sixty languages, of which nobody chooses one.
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
    onLoad({ filter: otherDialects }, () => ({
      contents: `throw new Error('knex has PostgreSQL and SQLite here');`,
    }));
  },
};

await rm(folder, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [{ in: 'packages/cli/src/bin.ts', out: 'bin' }],
  outdir: lib,
  outExtension: { '.js': '.mjs' },
  chunkNames: '[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['vestibule:source'],
  // What is looked for when it is wanted: the demo's identity provider, SQLite's binary, and what knex and pg can do without.
  external: ['@vestibule/dev-idp', '@libsql/*', 'better-sqlite3', 'sqlite3', 'pg-native'],
  // Names stay: stacks, and whatever tells a class by its name, are as they are elsewhere.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  // For what is CommonJS in it.
  banner: {
    js: `import { createRequire as $$require } from 'node:module'; const require = $$require(import.meta.url);`,
  },
  plugins: [replaced, assetUrls],
});

// Maps are read with their piece, so they have to be wanted before the first.
await writeFile(
  join(folder, 'vestibule.mjs'),
  `#!/usr/bin/env node\nprocess.setSourceMapsEnabled(true);\nawait import('./lib/bin.mjs');\n`,
);
await chmod(join(folder, 'vestibule.mjs'), 0o755);
for (const asset of assets) await cp(join(root, asset), join(lib, assetPath(asset)), { recursive: true });
await Promise.all((await readdir(lib)).filter((name) => name.endsWith('.map')).map(nameSources));
await copySqlite();
await writeFile(join(folder, 'LICENSES.txt'), await licenses());
console.log(`node ${join(folder, 'vestibule.mjs')} start`);

/**
 * Sources are named as in the repository, wherever the folder will lie. Places are of ours only: those in packages are three
 * quarters of the maps, and reading them would be a third of a start.
 */
async function nameSources(name) {
  const map = JSON.parse(await readFile(join(lib, name), 'utf8'));
  const sources = map.sources.map((source) => relative(root, resolve(lib, source)).split(sep).join('/'));
  const isOurs = ([, source]) => source !== undefined && !sources[source].startsWith('node_modules/');
  const mappings = decode(map.mappings).map((segments) =>
    segments
      .map((segment) => (isOurs(segment) ? segment : segment.slice(0, 1)))
      .filter((segment, index, all) => segment.length > 1 || all[index - 1]?.length !== 1),
  );
  await writeFile(join(lib, name), JSON.stringify({ ...map, sources, mappings: encode(mappings) }));
}

/** The one binary that loads on this machine. */
async function copySqlite() {
  const installed = join(root, 'node_modules/@libsql');
  const names = existsSync(installed) ? await readdir(installed) : [];
  const name = names.find((each) => {
    try {
      return createRequire(import.meta.url)(join(installed, each));
    } catch {
      return false; // For another C library.
    }
  });
  if (name === undefined) {
    console.warn(
      'Without SQLite for Nodes whose own does not serve: no binary for this machine is installed',
    );
    return;
  }
  await cp(join(installed, name), join(folder, 'node_modules/@libsql', name), {
    recursive: true,
    dereference: true,
  });
}

/** The licences of everything that is in the bundle. */
async function licenses() {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
    ),
  );
  const texts = new Map();
  for (const path of packages) {
    const { name, version, license } = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, path))).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : await readFile(join(root, path, file), 'utf8');
    texts.set(`${name} ${version} (${license})`, text.trim());
  }
  texts.set('libsql (MIT)', (await readFile(join(root, 'packages/libsql/LICENSE.libsql'), 'utf8')).trim());
  const own = await readFile(join(root, 'LICENSE'), 'utf8');
  const others = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  return [['Vestibule', own.trim()], ...others]
    .map(([head, text]) => `${head}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
