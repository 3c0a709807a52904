// docs/guides/why-was-i-refused.md: its prose stands in the page; what Kim sees, what `vestibule explain` prints, and the
// codes with what to do are put in here. The sign-ins are real ones; only what differs from run to run is made constant.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

const page = 'docs/guides/why-was-i-refused.md';
const kimsReference = '3f9a0c71be';
const references = ['61e8b3f02d', kimsReference, 'a07c52d914'];
const times = ['2026-11-22 10:14:41Z', '2026-11-22 10:12:03Z', '2026-11-22 10:09:20Z'];

/** The page with its blocks brought up to date, and the codes without a theme. */
export async function refusalGuidePage() {
  const text = readFileSync(join(root, page), 'utf8');
  const run = await refusedSignIns();
  const themes = readThemes();
  const blocks = {
    page: fenced(withConstants(run.page.join('\n\n'), run)),
    kim: fenced(`$ vestibule explain ${kimsReference}\n${withConstants(run.kim, run)}`),
    list: fenced(`$ vestibule explain\n${withConstants(run.list, run)}`),
    codes: codeTables(run.codes, themes),
  };
  const problems = Object.keys(run.codes)
    .filter((code) => ![...themes.values()].flat().includes(code))
    .map((code) => `${code} has no theme in signInCodes.ts`);
  for (const name of Object.keys(blocks))
    if (!text.includes(`<!-- begin ${name} -->`)) problems.push(`has no block '${name}'`);
  return {
    page: text.replace(
      /<!-- begin (\w+) -->[\s\S]*?<!-- end -->/g,
      (_, name) => `<!-- begin ${name} -->\n\n${blocks[name] ?? ''}\n\n<!-- end -->`,
    ),
    problems,
  };
}

async function refusedSignIns() {
  const program = [
    '--conditions=vestibule:source',
    '--import',
    './scripts/ts.mjs',
    'scripts/docs/refusedSignIns.mjs',
  ];
  const child = spawn(process.execPath, program, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (data) => (output += data));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error('the sign-ins of the guide failed');
  return JSON.parse(output);
}

/** The list has three decisions, Kim's in the middle. */
function withConstants(text, { reference, list }) {
  const found = [...list.matchAll(/ ([0-9a-f]{10}) /g)].map(([, one]) => one);
  if (found.length !== 3 || found[1] !== reference) throw new Error(`unexpected decisions:\n${list}`);
  let constant = text.replace(/\d+ ms/, '84 ms');
  found.forEach((one, index) => {
    constant = constant.replaceAll(one, references[index]);
  });
  return constant
    .split('\n')
    .map((line) => {
      const index = references.findIndex((one) => line.includes(one));
      return index < 0 ? line : line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/, times[index]);
    })
    .join('\n');
}

function fenced(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** theme -> its codes, as comments divide the closed list. */
function readThemes() {
  const source = readFileSync(join(root, 'plugins/auth-node/src/signInCodes.ts'), 'utf8');
  const themes = new Map();
  let theme;
  for (const [, comment, code] of source.matchAll(/^ {2}(?:\/\/ (.+)\.|(ERR_[A-Z_]+): \{)$/gm)) {
    if (comment !== undefined) themes.set((theme = comment), []);
    else themes.get(theme)?.push(code);
  }
  return themes;
}

function codeTables(codes, themes) {
  return [...themes]
    .map(([theme, names]) =>
      [
        `### ${theme}`,
        '',
        '| code | what to do |',
        '| --- | --- |',
        ...names.map((name) => `| \`${name}\` | ${codes[name].operator.replace(/[|*_<>]/g, '\\$&')} |`),
      ].join('\n'),
    )
    .join('\n\n');
}
