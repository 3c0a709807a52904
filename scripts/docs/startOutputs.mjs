// docs/guides/when-it-does-not-start.md: its prose stands in the page; the sources it shows and the outputs it quotes are
// put in here. Each file of the folder of the same name is run as a user would run it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

const page = 'docs/guides/when-it-does-not-start.md';
const folder = 'docs/guides/when-it-does-not-start';
const fromSource = ['--conditions=vestibule:source', '--import', join(root, 'scripts/ts.mjs')];

/** The page with its blocks brought up to date, and the files whose start did not fail as it should. */
export async function startOutputsPage() {
  const text = readFileSync(join(root, page), 'utf8');
  const problems = [];
  const outputs = new Map(
    await Promise.all(
      [...text.matchAll(/<!-- output (\S+) -->/g)].map(async ([, file]) => {
        const { output, code } = await failedStart(file);
        if (code !== 1) problems.push(`${file} ended with exit code ${code} instead of 1`);
        return [file, output];
      }),
    ),
  );
  const blocks = /<!-- (source|output) (\S+) -->\n\n```(\w*)\n[\s\S]*?```/g;
  return {
    page: text.replace(blocks, (_, kind, file, language) => {
      const content = kind === 'output' ? outputs.get(file) : readFileSync(join(root, folder, file), 'utf8');
      return `<!-- ${kind} ${file} -->\n\n\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
    }),
    problems,
  };
}

/** Runs a config with the command, or a program by itself; what it printed to the error stream. */
async function failedStart(file) {
  const args = file.endsWith('.yaml')
    ? [join(root, 'packages/cli/src/bin.ts'), 'start', '--config', file]
    : [join(root, folder, file)];
  const child = spawn(process.execPath, [...fromSource, ...args], {
    cwd: join(root, folder),
    env: {
      PATH: process.env.PATH,
      APP_CONFIG_backend_listen_port: '0',
      APP_CONFIG_backend_startup_timeout: '"1s"',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (data) => (output += data));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { output: output.replaceAll(root, ''), code };
}
