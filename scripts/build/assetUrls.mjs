// Files that are read beside their module: `new URL('…', import.meta.url)` names such a file. It is copied, and the address in
// the bundle corrected.
import { cp, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** For one bundle of sources: the plugin of esbuild, and what copies the files when it is built. */
export function assetUrls() {
  /** By path from the root. */
  const assets = new Set();
  return {
    plugin: {
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
    },
    /** @param folder - Where the bundle is. */
    async copyTo(folder) {
      for (const asset of assets)
        await cp(join(root, asset), join(folder, assetPath(asset)), { recursive: true });
    },
  };
}

const assetPath = (asset) => `assets/${asset.split(sep).join('/')}`;
