// The JavaScript of a workspace: one file for each of its entries, what they share or load on demand beside them, and source
// maps. Everything with a name of a package stays an import. See docs/decisions/44-one-file-per-entry.md
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { build } from 'esbuild';
import { requireFoundFiles, requireKeptNames, requireNoTopLevelAwait } from './bundlePromises.mjs';

/** Writes what has changed. A `dist` has no other JavaScript afterwards. */
export async function bundleWorkspace(folder) {
  const dist = join(folder, 'dist');
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    entryPoints: await entryPoints(folder),
    outdir: dist,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    // A stack wants names and lines.
    sourcesContent: false,
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const sources = await Promise.all(
    Object.keys(metafile.inputs).map(async (path) => ({
      path,
      text: await readFile(join(folder, path), 'utf8'),
    })),
  );
  requireKeptNames(folder, sources, outputFiles);
  requireFoundFiles(folder, sources);
  await requireNoTopLevelAwait(folder, outputFiles);

  await mkdir(dist, { recursive: true });
  await Promise.all(outputFiles.map(writeChanged));
  const written = new Set(outputFiles.map(({ path }) => relative(dist, path)));
  await removeOthers(dist, written);
  // The scripts of pages are for browsers: they stay files of their own.
  const client = join(folder, 'src/client');
  if (existsSync(client)) {
    await rm(join(dist, 'client'), { recursive: true, force: true });
    await cp(client, join(dist, 'client'), { recursive: true });
  }
}

/** What `exports` names, and the program behind `bin`. */
async function entryPoints(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const entries = Object.values(manifest.exports)
    .map((conditions) => conditions['vestibule:source'])
    .filter((source) => source !== undefined);
  if (manifest.bin !== undefined) entries.push('./src/bin.ts');
  return Object.fromEntries(entries.map((source) => [basename(source, '.ts'), source]));
}

async function writeChanged({ path, contents }) {
  if (existsSync(path) && (await readFile(path)).equals(contents)) return;
  await writeFile(path, contents);
}

/** Pieces of earlier builds, whose names have a hash. */
async function removeOthers(dist, written) {
  const files = await readdir(dist, { recursive: true });
  const others = files.filter((name) => /\.(?:js|map)$/.test(name) && !written.has(name));
  await Promise.all(others.map(async (name) => rm(join(dist, name))));
}
