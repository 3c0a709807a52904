// The TypeScript sources of the product, parsed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every workspace folder, for example `packages/cli`. */
export function workspaceFolders() {
  return ['packages', 'plugins', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(join(root, folder, 'package.json'))),
  );
}

/** Parses the files below the given folders' `src` whose path passes `wanted`. */
export function parseSources(folders, wanted) {
  return folders.flatMap((folder) => {
    let names;
    try {
      names = readdirSync(join(root, folder, 'src'), { recursive: true });
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
    return names
      .map((name) => relative(root, join(root, folder, 'src', name)))
      .filter((path) => path.endsWith('.ts') && wanted(path))
      .sort()
      .map((path) => ({
        path,
        folder,
        tree: ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ES2022, true),
      }));
  });
}

/** Calls `visit` for the node and everything below it. */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Whether a path is a test, or made for tests only. */
export function isTest(path) {
  return /\.(test|browser)\.ts$/.test(path) || path.includes('/testing/');
}
