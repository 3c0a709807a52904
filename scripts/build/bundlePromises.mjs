// What a bundle could break without a word, so that the build says it.
import { basename } from 'node:path';
import { transform } from 'esbuild';

/**
 * An error is known by the name of its class, also to clients. Where two of a workspace have one name, esbuild gives the second
 * another; and to one that names itself, where it stands in a variable.
 */
export function requireKeptNames(folder, sources, outputs) {
  const known = new Set(
    sources.flatMap(({ text }) => [...text.matchAll(/\bclass ([\w$]+)/g)].map(([, name]) => name)),
  );
  const renamed = outputs
    .filter(({ path }) => path.endsWith('.js'))
    .flatMap(({ text }) => [...text.matchAll(/(?:([\w$]+) = )?\bclass(?: (?!extends\b)([\w$]+))?/g)])
    .map(([, variable, own]) => own ?? variable)
    .filter((name) => name !== undefined && !known.has(name));
  if (renamed.length > 0) throw new Error(`${folder}: bundled, a class would be named ${renamed.join(', ')}`);
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
