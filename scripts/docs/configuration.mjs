// docs/reference/configuration.md is written by hand, and so are the READMEs of provider modules, each of which tells of the keys
// of its own type; both are compared with the keys that the code reads.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

/** The page as it is, and the keys that stand on one side only. `a.*` stands for everything below `a`. */
export function configurationPage() {
  const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
  const program = [
    '--conditions=vestibule:source',
    '--import',
    './scripts/ts.mjs',
    'scripts/docs/configKeys.mjs',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: root, encoding: 'utf8' });
  if (status !== 0) return { page, problems: [`the keys could not be read:\n${stderr}`] };
  const read = JSON.parse(stdout);
  return {
    page,
    problems: [
      ...differences(keysIn(page), read.page),
      ...Object.entries(read.modules).flatMap(([readme, keys]) =>
        differences(keysOfModule(readFileSync(join(root, readme), 'utf8')), keys).map(
          (problem) => `(${readme}) ${problem}`,
        ),
      ),
    ],
  };
}

function differences(told, read) {
  const covers = (line, key) => (line.endsWith('.*') ? key.startsWith(line.slice(0, -1)) : line === key);
  return [
    ...read.filter((key) => !told.some((line) => covers(line, key))).map((key) => `does not tell of ${key}`),
    ...told
      .filter((line) => !read.some((key) => covers(line, key)))
      .map((line) => `tells of ${line}, which nobody reads`),
  ];
}

/** The keys that begin a row of a table. */
function keysIn(text) {
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, key]) => key);
}

/** Those of the tables whose first column is `Key`. */
function keysOfModule(readme) {
  return readme
    .split(/\n(?!\|)/)
    .map((block) => block.slice(block.indexOf('| ')))
    .flatMap((table) => (/^\| Key\s/.test(table) ? keysIn(table) : []));
}
