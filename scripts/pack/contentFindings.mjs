// What a tarball must not have, and what its declarations must not name.
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';
import { root } from './publishedPackages.mjs';

/** @param pack - A package as attw reads it from a tarball. */
export function contentFindings(pack) {
  const base = `/node_modules/${pack.packageName}/`;
  const files = pack.listFiles().map((file) => file.slice(base.length));
  const manifest = JSON.parse(pack.readFile(`${base}package.json`));
  const read = (file) => pack.readFile(base + file);
  return [
    ...files
      // Templates are of other projects, which have tests of their own.
      .filter(
        (file) =>
          !file.startsWith('templates/') &&
          /\.test\.|\.browser\.|(?:^|\/)testing\/|\.tsbuildinfo$/.test(file),
      )
      .map((file) => `${file} is for tests or builds only`),
    ...['README.md', 'LICENSE'].filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...(JSON.stringify(manifest).includes('vestibule:source') ? ['its manifest names sources'] : []),
    ...files.filter((file) => file.endsWith('.js.map')).flatMap((file) => lostSources(file, files, read)),
    ...undeclaredTypes(manifest, files, read),
  ];
}

function lostSources(file, files, read) {
  return JSON.parse(read(file))
    .sources.map((source) => posix.join(posix.dirname(file), source))
    .filter((source) => !files.includes(source))
    .map((source) => `${file} leads to ${source}, which is not packed`);
}

/** Of the declarations that a consumer's compiler reads: those that the entries lead to. */
function undeclaredTypes(manifest, files, read) {
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  const reached = new Set(
    Object.values(manifest.exports ?? {}).flatMap(({ types }) => (types ? [posix.normalize(types)] : [])),
  );
  const lost = new Set();
  for (const file of reached) {
    const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(read(file), true, true);
    if (typeReferenceDirectives.length > 0) lost.add(`${file} refers to types by a directive`);
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.'))
        reached.add(posix.join(posix.dirname(file), fileName.replace(/\.[jt]s$/, '.d.ts')));
      else if (!fileName.startsWith('node:') && !builtinModules.includes(fileName)) {
        const name = fileName
          .split('/')
          .slice(0, fileName.startsWith('@') ? 2 : 1)
          .join('/');
        const types = `@types/${name.replace('@', '').replace('/', '__')}`;
        if (!(name in declared)) lost.add(`${file} names types of ${name}, which the manifest does not`);
        else if (existsSync(`${root}/node_modules/${types}`) && !(types in declared))
          lost.add(`${file} names types of ${name}, and the manifest not ${types}`);
      }
    }
  }
  return [...lost];
}
