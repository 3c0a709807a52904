// Every snippet of the documentation holds where it stands: TypeScript and JavaScript compile against the packages, configs are judged
// by the code of a start, JSON and shell commands are read. Those that a comment says to stand elsewhere, too (`<!-- file … -->`,
// `<!-- quoted from … -->`, `<!-- source … -->`), are held there: run by a test, or compared by scripts/docs.mjs.
//   node scripts/snippets.mjs [page.md …]
//   node scripts/snippets.mjs --unbuilt page.md    without what has to be compiled against a build
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './docs/sources.mjs';
import { blocksIn } from './snippets/blocks.mjs';
import { configProblems } from './snippets/configProblems.mjs';
import { shellProblems } from './snippets/shellProblems.mjs';
import { typeProblems } from './snippets/typeProblems.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { unbuilt: { type: 'boolean', default: false } },
});
const files = positionals.length > 0 ? positionals : documentation();
const all = files.flatMap((file) => blocksIn(file, readFileSync(resolve(root, file), 'utf8')));
const open = all.filter(({ isHeld }) => !isHeld);
const of = (...languages) => open.filter(({ language }) => languages.includes(language));

if (!values.unbuilt) build();

const judged = {
  ...(!values.unbuilt && { 'TypeScript and JavaScript': [of('ts', 'js'), typeProblems] }),
  YAML: [of('yaml'), configProblems],
  JSON: [of('json'), jsonProblems],
  shell: [of('sh'), shellProblems],
};
let failures = 0;
for (const [what, [blocks, problemsOf]] of Object.entries(judged)) {
  const problems = problemsOf(blocks);
  for (const problem of problems) console.error(problem);
  console.log(`${what}: ${blocks.length} snippets, ${problems.length} problems`);
  failures += problems.length;
}
console.log(`${all.length - open.length} more stand elsewhere, too, and are held there`);
process.exitCode = failures === 0 ? 0 : 1;

/** Snippets are compiled against declarations, which an earlier build may have left. */
function build() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function jsonProblems(blocks) {
  return blocks.flatMap(({ file, line, text }) => {
    try {
      JSON.parse(text.replaceAll('…', ''));
      return [];
    } catch (error) {
      return [`${file}:${line}: ${error.message}`];
    }
  });
}

/** README, CONTRIBUTING, docs/, and the READMEs of packages; what a tool writes is held by it. */
function documentation() {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const isWritten =
    /^(README|CONTRIBUTING)\.md$|^(docs|packages|plugins|examples|site)\/.*(?<!report\.api)\.md$/;
  return listed.split('\0').filter((file) => isWritten.test(file) && existsSync(join(root, file)));
}
