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
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { assetUrls } from './build/assetUrls.mjs';
import { licenses } from './build/licenses.mjs';
import { nameSources } from './build/nameSources.mjs';
import { oneLanguage } from './build/oneLanguage.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist-standalone'));
const lib = join(folder, 'lib');
const { dependencies: ofBackend } = createRequire(import.meta.url)('../packages/backend/package.json');

const assets = assetUrls();

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
  plugins: [replaced, oneLanguage, assets.plugin],
});

// Maps are read with their piece, so they have to be wanted before the first.
await writeFile(
  join(folder, 'vestibule.mjs'),
  `#!/usr/bin/env node\nprocess.setSourceMapsEnabled(true);\nawait import('./lib/bin.mjs');\n`,
);
await chmod(join(folder, 'vestibule.mjs'), 0o755);
await assets.copyTo(lib);
await Promise.all(
  (await readdir(lib))
    .filter((name) => name.endsWith('.map'))
    .map(async (name) => nameSources(join(lib, name))),
);
await copySqlite();
const libsql = (await readFile(join(root, 'packages/libsql/LICENSE.libsql'), 'utf8')).trim();
await writeFile(join(folder, 'LICENSES.txt'), await licenses(metafile, { 'libsql (MIT)': libsql }));
console.log(`node ${join(folder, 'vestibule.mjs')} start`);

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
