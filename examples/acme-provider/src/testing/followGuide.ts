/** Does what a guide says: writes its files into a folder of their own, checks their types, and runs their tests. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface FollowedGuide {
  /** By path, as the guide has them. */
  readonly files: ReadonlyMap<string, string>;
  /** What the guide says that a file prints. */
  readonly outputs: ReadonlyMap<string, string>;
  /** Adds a file, or replaces one. */
  write(path: string, content: string): Promise<void>;
  /** Fails with the compiler's words. */
  checkTypes(): Promise<void>;
  /** Runs one file, in a process of its own; gives what it printed. */
  run(file: string): Promise<{ code: number; output: string }>;
  remove(): Promise<void>;
}

/** @param guide - Path from the root. The folder lies inside the repository, so that imports lead to its packages. */
export async function followGuide(guide: string): Promise<FollowedGuide> {
  const text = await readFile(join(root, guide), 'utf8');
  const [files, outputs] = [blocksAfter(text, 'file'), blocksAfter(text, 'output of')];
  const parent = join(root, 'node_modules/.cache/guides');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'guide-'));
  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  for (const [path, content] of files) await write(path, content);
  return {
    files,
    outputs,
    write,
    async checkTypes() {
      // The packages of this repository are read from their sources, which lie outside of the folder.
      const adaptation = ['--noEmit', '--rootDir', root, '--customConditions', 'vestibule:source'];
      const compiler = join(root, 'node_modules/typescript/bin/tsc');
      await run(process.execPath, [compiler, '-p', folder, ...adaptation], { cwd: folder }).catch(
        ({ stdout }: { stdout: string }) => {
          throw new Error(stdout);
        },
      );
    },
    async run(file) {
      const fromSource = ['--conditions=vestibule:source', '--import', join(root, 'scripts/ts.mjs')];
      const options = { cwd: folder, env: { PATH: process.env['PATH'] }, timeout: 60_000 };
      return run(process.execPath, [...fromSource, join(folder, file)], options).then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        ({ code, stdout, stderr }: { code?: number; stdout: string; stderr: string }) => ({
          code: code ?? 1,
          output: stdout + stderr,
        }),
      );
    },
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}

/** The code blocks behind a comment such as `<!-- file src/index.ts -->`, by what the comment names. */
function blocksAfter(text: string, word: string): Map<string, string> {
  const blocks = new RegExp(
    `^<!-- ${word} (\\S+) -->\n(?:<!-- .* -->\n)?\n(\`{3,})\\w+\n([\\s\\S]*?\n)\\2$`,
    'gm',
  );
  return new Map([...text.matchAll(blocks)].map(([, name = '', , content = '']) => [name, content] as const));
}
