// What a bundle could break without a word, so that the build says it.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { transform } from 'esbuild';

const classNames = /\bclass ([\w$]+)/g;

/**
 * An error is known by the name of its class, also to clients. Where two of a workspace have one name, esbuild gives the second
 * another; and to one that names itself, where it stands in a variable.
 */
export function requireKeptNames(folder, sources, outputs) {
  const known = new Set(
    sources.flatMap(({ text }) => [...text.matchAll(classNames)].map(([, name]) => name)),
  );
  const renamed = outputs
    .filter(({ path }) => path.endsWith('.js'))
    .flatMap(({ text }) => [...text.matchAll(/(?:([\w$]+) = )?\bclass(?: (?!extends\b)([\w$]+))?/g)])
    .map(([, variable, own]) => own ?? variable)
    .filter((name) => name !== undefined && !known.has(name));
  if (renamed.length > 0) throw new Error(`${folder}: bundled, a class would be named ${renamed.join(', ')}`);
}

/** The same of a bundle that has third parties in it, whose names may go: none of our classes gets a number. */
export async function requireOwnNames(name, metafile, { root, bundle }) {
  const own = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
  const texts = await Promise.all(own.map(async (path) => readFile(join(root, path), 'utf8')));
  const known = new Set(texts.flatMap((text) => [...text.matchAll(classNames)].map(([, one]) => one)));
  const renamed = [...bundle.matchAll(/\bclass ([\w$]+?)\d+\b|\b([\w$]+?)\d+ = class\b/g)]
    .map(([, declared, assigned]) => declared ?? assigned)
    .filter((one) => known.has(one));
  if (renamed.length > 0)
    throw new Error(`${name}: bundled, another class is named ${renamed.join(', ')}, too`);
}

/** `src/x.ts` and `dist/index.js` are as deep; from a deeper module, a file beside it would lie elsewhere than from `dist`. */
export function requireFoundFiles(folder, sources) {
  for (const { path, text } of sources) {
    // Where somebody asks for `require` itself, it is the same from everywhere.
    if (/^src\/.+\//.test(path) && /(?<!createRequire\()import\.meta/.test(text))
      throw new Error(`${folder}/${path}: what is read beside a module is named in src/ itself`);
  }
}

/** Node loads an ES module by `require()` where neither it nor what it imports awaits at the top level. A program is not required. */
export async function requireNoTopLevelAwait(folder, outputs) {
  const modules = outputs.filter(({ path }) => path.endsWith('.js') && basename(path) !== 'bin.js');
  await Promise.all(
    modules.map(async ({ path, text }) => {
      try {
        await transform(text, { format: 'esm', supported: { 'top-level-await': false }, logLevel: 'silent' });
      } catch (cause) {
        throw new Error(
          `${folder}: ${basename(path)} could not be loaded by require(): ${cause.errors.map(({ text: what, location }) => `${what}: ${location?.lineText}`).join('; ')}`,
          { cause },
        );
      }
    }),
  );
}
