/** The files of this repository that a builder of images gets: what Git has or would take, without what .dockerignore names. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Paths from the root of the repository. */
async function contextFiles(root: string): Promise<string[]> {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const isIgnored = readIgnore(await readFile(join(root, '.dockerignore'), 'utf8'));
  return stdout.split('\0').filter((path) => path !== '' && !isIgnored(path));
}

/** Copies them, as `COPY . .` does. */
export async function copyContext(root: string, folder: string): Promise<void> {
  for (const path of await contextFiles(root)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await cp(join(root, path), join(folder, path), { preserveTimestamps: true, verbatimSymlinks: true });
  }
}

/** The last pattern that matches a path, or a folder that it lies in, decides (https://docs.docker.com/build/concepts/context/). */
function readIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ ignores: !line.startsWith('!'), pattern: expressionOf(line.replace(/^!/, '')) }));
  return (path) => {
    const steps = path.split('/');
    const levels = steps.map((_, index) => steps.slice(0, index + 1).join('/'));
    const last = rules.findLast(({ pattern }) => levels.some((level) => pattern.test(level)));
    return last?.ignores ?? false;
  };
}

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}$`);
}
