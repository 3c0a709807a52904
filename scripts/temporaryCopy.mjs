// Copies in the system's temporary folder: of the working tree, to do harm in, and of the tree of a commit. Dependencies
// are linked, not copied; the workspaces among them lead to their copies.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = realpathSync(fileURLToPath(new URL('..', import.meta.url)));

/**
 * Makes the copy. It is removed when the process ends, however it ends short of SIGKILL.
 *
 * @returns its folder.
 */
export function makeTemporaryCopy() {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'vestibule-copy-')));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0')) {
    if (file !== '' && existsSync(join(root, file))) cpSync(join(root, file), join(copy, file));
  }
  linkAllDependencies(copy);
  return copy;
}

/**
 * Copies the tree of a commit, which runs with the dependencies of the working tree. Whoever makes the copy removes it.
 *
 * @returns its folder, or nothing where the clone lacks the commit, as a shallow one does.
 */
export function copyCommit(commit) {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 30 });
  try {
    git('cat-file', '-e', `${commit}^{commit}`);
  } catch {
    return undefined;
  }
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'vestibule-commit-')));
  execFileSync('tar', ['-x', '-C', copy], { input: git('archive', commit) });
  linkAllDependencies(copy);
  return copy;
}

function linkAllDependencies(copy) {
  linkDependencies(join(root, 'node_modules'), join(copy, 'node_modules'), copy);
  for (const parent of ['packages', 'plugins', 'examples']) {
    for (const name of readdirSync(join(copy, parent))) {
      const own = join(parent, name, 'node_modules');
      if (existsSync(join(root, own))) linkDependencies(join(root, own), join(copy, own), copy);
    }
  }
}

function linkDependencies(from, to, copy) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === '.cache') continue;
    if (name.startsWith('@')) linkDependencies(join(from, name), join(to, name), copy);
    else symlinkSync(inCopy(realpathSync(join(from, name)), copy), join(to, name));
  }
}

/** Where a dependency is in the copy, if it is a workspace; else where it is. */
function inCopy(path, copy) {
  const inside = relative(root, path);
  const isWorkspace = !inside.startsWith('..') && !inside.split('/').includes('node_modules');
  return isWorkspace && dirname(inside) !== '.' ? join(copy, inside) : path;
}
