/**
 * The modules of the scripts and the stylesheet, under a path that holds the hash of their content: a browser may keep them
 * for ever, and a new version is a new path.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { icon } from './drawings.ts';

/** A file that the page loads. */
export interface Asset {
  type: 'js' | 'css' | 'svg';
  text: string;
}

/** All of them. */
export interface Assets {
  /** For example `/auth-web/3f9c…`. */
  basePath: string;
  /** By file name. */
  files: ReadonlyMap<string, Asset>;
}

/**
 * Reads them once. The stylesheet of all pages stands before that of these.
 * The modules are plain JavaScript, so that they are the same in the sources and when built; the stylesheet
 * is at the same place from both. A bundle needs `client/` beside its file, and `assets/` beside its folder.
 */
export async function loadAssets(frameStyle: string): Promise<Assets> {
  const directory = new URL('./client/', import.meta.url);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.js')).sort();
  const style = await readFile(new URL('../assets/style.css', import.meta.url), 'utf8');
  const scripts = await Promise.all(
    names.map(async (name): Promise<[string, Asset]> => {
      return [name, { type: 'js', text: await readFile(new URL(name, directory), 'utf8') }];
    }),
  );
  const files = new Map<string, Asset>([
    ...scripts,
    ['style.css', { type: 'css', text: `${frameStyle}\n${style}` }],
    ['icon.svg', { type: 'svg', text: icon }],
  ]);
  const hash = createHash('sha256')
    .update(JSON.stringify([...files]))
    .digest('hex')
    .slice(0, 16);
  return { basePath: `/auth-web/${hash}`, files };
}

/** The script and all modules that it needs, by their file names. */
export function modulesOf({ files }: Assets, script: string): string[] {
  const found = new Set([script]);
  // What is added meanwhile is visited, too.
  for (const name of found) {
    for (const [, imported = ''] of files.get(name)?.text.matchAll(/^(?:import .*|\}) from '\.\/(.+)';$/gm) ??
      []) {
      found.add(imported);
    }
  }
  return [...found];
}
