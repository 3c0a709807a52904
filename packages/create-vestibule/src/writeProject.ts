/** Writes a project into a folder in which nothing is, or takes back what it wrote. */
import { existsSync, mkdirSync, readdirSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What may be there before: a repository without files. */
const harmless = new Set(['.git', '.DS_Store']);

/** What is in the way, by name; nothing where the folder is empty or not there. */
export function obstaclesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  if (!statSync(directory).isDirectory()) return [directory];
  return readdirSync(directory)
    .filter((name) => !harmless.has(name))
    .sort();
}

/**
 * Never writes over a file. Whatever it made is gone again where one of the files cannot be written.
 *
 * @throws the error of the file system.
 */
export function writeProject(directory: string, files: ReadonlyMap<string, string | Buffer>): void {
  const undo: (() => void)[] = [];
  try {
    for (const [path, content] of files) {
      const file = join(directory, path);
      makeFolder(dirname(file), undo);
      writeFileSync(file, content, { flag: 'wx', mode: path === '.env' ? 0o600 : 0o666 });
      undo.push(() => rmSync(file));
    }
  } catch (error) {
    for (const act of undo.reverse()) attempt(act);
    throw error;
  }
}

function makeFolder(folder: string, undo: (() => void)[]): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), undo);
  mkdirSync(folder);
  undo.push(() => rmdirSync(folder));
}

/** What somebody else put there meanwhile stays, with its folder. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // The first error is the one to tell.
  }
}
