// docs/guides/coming-from-backstage.md: its prose stands in the page; the configs it shows, and what `vestibule migrate`
// prints for each, are put in here.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

const page = 'docs/guides/coming-from-backstage.md';
const folder = 'docs/guides/coming-from-backstage';
const command = ['--conditions=vestibule:source', '--import', join(root, 'scripts/ts.mjs')];

/** The page with its blocks brought up to date, and the configs that would not start unchanged. */
export async function migrationOutputsPage() {
  const text = readFileSync(join(root, page), 'utf8');
  const problems = [];
  const outputs = new Map();
  for (const [, file] of text.matchAll(/<!-- output (\S+) -->/g)) {
    const { output, code } = await migrate(file);
    if (code !== 0) problems.push(`${file} would not start unchanged: exit code ${code}`);
    outputs.set(file, `$ vestibule migrate ${file}\n${output}`);
  }
  const blocks = /<!-- (source|output) (\S+) -->\n\n```(\w*)\n[\s\S]*?```/g;
  return {
    page: text.replace(blocks, (_, kind, file, language) => {
      const content = kind === 'output' ? outputs.get(file) : readFileSync(join(root, folder, file), 'utf8');
      return `<!-- ${kind} ${file} -->\n\n\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
    }),
    problems,
  };
}

/** What the command prints, with nothing in its environment. */
async function migrate(file) {
  const args = [...command, join(root, 'packages/cli/src/bin.ts'), 'migrate', file];
  const child = spawn(process.execPath, args, {
    cwd: join(root, folder),
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (data) => (output += data));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { output, code };
}
