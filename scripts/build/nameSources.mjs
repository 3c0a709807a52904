// What a source map of a bundle says.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode } from '@jridgewell/sourcemap-codec';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Sources are named as in the repository, wherever the folder will lie. Places are of ours only: those in packages are three
 * quarters of the maps, and reading them would be a third of a start.
 */
export async function nameSources(file) {
  const map = JSON.parse(await readFile(file, 'utf8'));
  const sources = map.sources.map((source) =>
    relative(root, resolve(dirname(file), source))
      .split(sep)
      .join('/'),
  );
  const isOurs = ([, source]) => source !== undefined && !sources[source].startsWith('node_modules/');
  const mappings = decode(map.mappings).map((segments) =>
    segments
      .map((segment) => (isOurs(segment) ? segment : segment.slice(0, 1)))
      .filter((segment, index, all) => segment.length > 1 || all[index - 1]?.length !== 1),
  );
  await writeFile(file, JSON.stringify({ ...map, sources, mappings: encode(mappings) }));
}
