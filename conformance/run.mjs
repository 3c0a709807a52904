// Installs a set of real Backstage packages where that is due, leads `node_modules` here to it, and runs the tests in this folder.
// Usage: node run.mjs [--backstage newest|previous] [--write] [first letters of a test file's name …]
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installByLockfile } from '../scripts/installByLockfile.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const setNames = readdirSync(`${here}/backstage`);
const testFiles = readdirSync(here).filter((name) => name.endsWith('.test.mjs'));

const { set, isWriting, tests } = readArguments();
installByLockfile(`${here}backstage/${set}`, `real Backstage packages (about 1,300) in backstage/${set}`);
lead(`backstage/${set}/node_modules`);
// Pages that the run makes are compared with what is there; with --write they are written.
if (isWriting) process.env.CONFORMANCE_WRITE = '1';
console.log(`Backstage: ${set}`);
run('.', process.execPath, '--test', '--test-reporter=spec', ...tests);

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        backstage: { type: 'string', default: 'newest' },
        write: { type: 'boolean', default: false },
      },
    });
    if (!setNames.includes(values.backstage))
      throw new Error(`--backstage is one of ${setNames.join(', ')}; got '${values.backstage}'`);
    return { set: values.backstage, isWriting: values.write, tests: testsOf(positionals) };
  } catch (error) {
    console.error(error.message);
    return process.exit(2);
  }
}

/** All, or those whose names begin as was asked. */
function testsOf(beginnings) {
  const unknown = beginnings.filter((one) => !testFiles.some((name) => name.startsWith(one)));
  if (unknown.length > 0)
    throw new Error(`no test begins with '${unknown.join("', '")}'; there are ${testFiles.join(', ')}`);
  return beginnings.length === 0
    ? testFiles
    : testFiles.filter((name) => beginnings.some((one) => name.startsWith(one)));
}

/** Node and bundlers go on from where a link leads to: each set sees its own packages only. */
function lead(folder) {
  const link = `${here}/node_modules`;
  // A folder is that of a time when there was one set.
  rmSync(link, { recursive: true, force: true });
  symlinkSync(process.platform === 'win32' ? `${here}/${folder}` : folder, link, 'junction');
}

function run(folder, command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: `${here}/${folder}`, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
