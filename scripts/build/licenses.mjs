// The licences of everything that is in a bundle.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param metafile - Of esbuild, with paths from the root.
 * @param more - What lies beside the bundle: its licence, by name.
 */
export async function licenses(metafile, more = {}) {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
    ),
  );
  const texts = new Map(Object.entries(more));
  for (const path of packages) {
    const { name, version, license } = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, path))).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : await readFile(join(root, path, file), 'utf8');
    texts.set(`${name} ${version} (${license})`, text.trim());
  }
  const own = await readFile(join(root, 'LICENSE'), 'utf8');
  const others = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  return [['Vestibule', own.trim()], ...others]
    .map(([head, text]) => `${head}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}
