// The shell commands of the documentation: the shell reads them, and the npm scripts, files and commands of ours that they name are
// there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../docs/sources.mjs';

/** @returns what is wrong with the blocks, a line each. */
export function shellProblems(blocks) {
  const help = readFileSync(join(root, 'packages/cli/src/help.ts'), 'utf8');
  return blocks.flatMap(({ file, line, text }) => {
    const scripts = scriptsAt(dirname(file));
    const { status, stderr } = spawnSync('bash', ['-n'], {
      input: text.replaceAll('…', ''),
      encoding: 'utf8',
    });
    const named = [
      ...[...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)]
        .filter(([, name]) => !(name in scripts))
        .map(([, name]) => `there is no npm script ${name}`),
      ...[...text.matchAll(/\bnode (scripts\/[\w./-]+)/g)]
        .filter(([, path]) => !existsSync(join(root, path)))
        .map(([, path]) => `there is no ${path}`),
      ...[...text.matchAll(/\/vestibule(?:\.mjs)? ([a-z]+)/g)]
        .filter(([, command]) => !new RegExp(`\\b${command}\\b`).test(help))
        .map(([, command]) => `there is no command vestibule ${command}`),
    ];
    const problems = status === 0 ? named : [stderr.trim().replace(/\n/g, ' '), ...named];
    return problems.map((problem) => `${file}:${line}: ${problem}`);
  });
}

/** The scripts of the root, and of a package whose README it is. The templates of projects have theirs in pieces. */
function scriptsAt(folder) {
  const manifests = [
    'package.json',
    join(folder, 'package.json'),
    join(folder, '../standalone/package.json'),
  ];
  const read = manifests.filter((file) => existsSync(join(root, file)));
  return Object.assign({}, ...read.map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')).scripts));
}
