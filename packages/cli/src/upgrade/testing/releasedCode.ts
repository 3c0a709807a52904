/**
 * The code of an earlier release, from the history of this clone, so that it runs beside today's. It runs with today's
 * dependencies, which have to be those of the release as far as semantic versions tell.
 */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runScript, type RunningProcess } from '../../testing/vestibuleProcess.ts';

/** The last commit before sign-in was laid out anew: what people run who upgrade. */
export const releasedCommit = '6081915b5704b29edb978aa71a20c23f964c868f';

const root = new URL('../../../../../', import.meta.url);
const programs = 'packages/cli/src/upgrade/testing';

/** A copy of the released code. */
export interface ReleasedCode extends AsyncDisposable {
  readonly tree: string;
  /** The portal, run by the released code. */
  runPortal(configFile: string): RunningProcess;
  /** The `vestibule` command of the release. */
  runCommand(args: readonly string[]): RunningProcess;
}

/** The portal, run by today's code. */
export function runPortalOfToday(configFile: string): RunningProcess {
  return runScript(new URL('portalProgram.ts', import.meta.url), [configFile]);
}

/** The `vestibule` command of today. */
export function runCommandOfToday(args: readonly string[]): RunningProcess {
  return runScript(new URL('../../bin.ts', import.meta.url), args);
}

/** {@link releasedCommit}, with the portal of these tests. @see copyCode */
export async function copyReleasedCode(): Promise<ReleasedCode | undefined> {
  const code = await copyCode(releasedCommit);
  // The portal of these tests is younger than the release.
  if (code) await cp(fileURLToPath(new URL(programs, root)), join(code.tree, programs), { recursive: true });
  return code;
}

/**
 * @param commit - All 40 digits.
 * @returns nothing where the clone lacks the commit, as a shallow one does.
 * @throws Error where the release depends on other major versions than those installed.
 */
export async function copyCode(commit: string): Promise<ReleasedCode | undefined> {
  const { copyCommit } = (await import(new URL('scripts/temporaryCopy.mjs', root).href)) as {
    copyCommit(commit: string): string | undefined;
  };
  const tree = copyCommit(commit);
  if (tree === undefined) return undefined;
  const dispose = async () => rm(tree, { recursive: true, force: true });
  try {
    await checkDependencies(tree);
  } catch (error) {
    await dispose();
    throw error;
  }
  const run = (file: string, args: readonly string[]) =>
    runScript(pathToFileURL(join(tree, file)), args, tree);
  return {
    tree,
    runPortal: (configFile) => run(`${programs}/portalProgram.ts`, [configFile]),
    runCommand: (args) => run('packages/cli/src/bin.ts', args),
    [Symbol.asyncDispose]: dispose,
  };
}

async function checkDependencies(tree: string): Promise<void> {
  const others: string[] = [];
  for (const parent of ['packages', 'plugins']) {
    for (const name of await readdir(join(tree, parent))) {
      const { dependencies = {}, libc } = await readManifest(join(tree, parent, name));
      // For another machine than this.
      if (libc) continue;
      for (const [dependency, wanted] of Object.entries(dependencies)) {
        if (dependency.startsWith('@vestibule/')) continue;
        const installed = await readManifest(fileURLToPath(new URL(`node_modules/${dependency}`, root))).then(
          ({ version }) => version,
          () => 'none',
        );
        if (majorOf(installed) !== majorOf(wanted))
          others.push(`${dependency} ${wanted}, and ${installed} is installed`);
      }
    }
  }
  if (others.length > 0) {
    throw new Error(
      `the released code needs ${[...new Set(others)].join('; ')}. Take a later commit as releasedCommit, and make the ` +
        'fixture anew: see packages/cli/src/upgrade/fixture/README.md',
    );
  }
}

async function readManifest(
  folder: string,
): Promise<{ version: string; dependencies?: Record<string, string>; libc?: readonly string[] }> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as never;
}

/** Of `^1.2.3` and `1.2.3`; below 1 the second number counts (Semantic Versioning 2.0.0, item 4). */
function majorOf(version: string): string {
  const [major = '', minor = ''] = version.replace(/^[\^~]/, '').split('.');
  return major === '0' ? `0.${minor}` : major;
}
