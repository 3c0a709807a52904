/** What the command says of a start where the log is JSON, and what a closed pipe does to it: as processes of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endProcesses, runVestibule } from './testing/vestibuleProcess.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-reports-'));
});
afterAll(async () => {
  await endProcesses();
  await rm(directory, { recursive: true });
});

async function start(name: string, text: string) {
  await writeFile(join(directory, name), text);
  return runVestibule(['start', '--config', name], { directory, environment: {} });
}

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the command', () => {
  it('writes nothing but JSON where the config asks for it: of a start that is refused each problem, with its place', async () => {
    const secret = 'hunter-2-hunter-2';
    const refused = await start(
      'refused.yaml',
      `backend: { baseUrl: nowhere, logger: { format: json }, lissten: 1 }\nauth: { session: { secret: { of: ${secret} } } }\n`,
    );
    const { code, stdout, stderr } = await refused.ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(linesOf(stdout)).toEqual([
      expect.objectContaining({
        level: 'error',
        message: 'Could not start: 3 problems',
        code: 'ERR_BACKEND_STARTUP',
      }),
      expect.objectContaining({ key: 'backend.baseUrl', place: 'refused.yaml:1:21' }),
      expect.objectContaining({
        key: 'auth.session.secret',
        place: expect.stringContaining('refused.yaml:2'),
      }),
      expect.objectContaining({ key: 'backend.lissten', hint: "Did you mean 'listen'?" }),
    ]);
    expect(stdout).not.toContain(secret);
  });

  it('says there that it is ready, too, as a line of the log', async () => {
    const running = await start(
      'ready.yaml',
      `backend:
  baseUrl: http://localhost:7007
  listen: 127.0.0.1:0
  logger: { format: json }
  database: { client: better-sqlite3, connection: ':memory:' }
auth: { providers: { guest: { dangerouslyAllowOutsideDevelopment: true } } }
`,
    );
    await running.printed('Vestibule is ready');
    const { code, stdout, stderr } = await running.end('SIGTERM');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(linesOf(stdout)).toContainEqual(
      expect.objectContaining({ level: 'info', message: 'Vestibule is ready: http://localhost:7007' }),
    );
  });

  it('ends well where nobody reads on, as with head', async () => {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const child = spawn(
      process.execPath,
      [
        '--conditions=vestibule:source',
        '--import',
        join(root, 'scripts/ts.mjs'),
        join(root, 'packages/cli/src/bin.ts'),
        'start',
        '--help',
      ],
      { cwd: directory, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code]: unknown[] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });
});
