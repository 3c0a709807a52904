// docs/reference/configuration.md is written by hand; its keys are compared with those that the code reads.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

/** The page as it is, and the keys that stand on one side only. `a.*` stands for everything below `a`. */
export function configurationPage() {
  const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
  const told = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, key]) => key);
  const program = [
    '--conditions=vestibule:source',
    '--import',
    './scripts/ts.mjs',
    'scripts/docs/configKeys.mjs',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: root, encoding: 'utf8' });
  if (status !== 0) return { page, problems: [`the keys could not be read:\n${stderr}`] };
  const read = JSON.parse(stdout);

  const covers = (line, key) => (line.endsWith('.*') ? key.startsWith(line.slice(0, -1)) : line === key);
  return {
    page,
    problems: [
      ...read
        .filter((key) => !told.some((line) => covers(line, key)))
        .map((key) => `does not tell of ${key}`),
      ...told
        .filter((line) => !read.some((key) => covers(line, key)))
        .map((line) => `tells of ${line}, which nobody reads`),
    ],
  };
}
