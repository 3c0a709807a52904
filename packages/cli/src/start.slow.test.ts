import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const fromSource = ['--conditions=vestibule:source', '--import', join(root, 'scripts/ts.mjs')];
const running = new Set<ReturnType<typeof spawn>>();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-cli-'));
});

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

/** A process of its own, what it prints, and its end. */
function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...fromSource, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    running.delete(child);
    return { code, ...output };
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => output.stdout.includes(text) && resolve());
      void ended.then(() =>
        reject(new Error(`ended without printing '${text}':\n${output.stdout}${output.stderr}`)),
      );
    });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  return { child, ended, printed, output };
}

async function vestibule(args: string[], config?: string, env?: Record<string, string>) {
  if (config !== undefined) await writeFile(join(directory, 'app-config.yaml'), config);
  return run([join(root, 'packages/cli/src/bin.ts'), ...args], env);
}

const guestOnly = `
backend:
  baseUrl: http://localhost:7007
  listen: 127.0.0.1:0
  database: { client: better-sqlite3, connection: ':memory:' }
auth:
  environment: development
  providers: { guest: {} }
`;

describe('vestibule start', () => {
  it('prints one line with the URL, serves there, and ends with 0 on SIGTERM', async () => {
    const { child, printed, ended, output } = await vestibule(['start'], guestOnly, {
      NODE_ENV: 'development',
    });
    await printed('Vestibule is ready: ');
    const [, address] = /Listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output.stdout) ?? [];
    const readiness = await fetch(`${address}/.backstage/health/v1/readiness`);
    expect(readiness.status).toBe(200);
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^Vestibule is ready: .*$/gm)).toEqual(['Vestibule is ready: http://localhost:7007']);
    await expect(fetch(`${address}/`)).rejects.toThrow();
  });

  it('works without backend.baseUrl: everything is at the port where it listens', async () => {
    const { child, printed, ended, output } = await vestibule(
      ['start'],
      guestOnly.replace(/ {2}baseUrl.*\n/, ''),
      { NODE_ENV: 'development' },
    );
    await printed('Vestibule is ready: ');
    const [, url] = /^Vestibule is ready: (http:\/\/localhost:\d+)$/m.exec(output.stdout) ?? [];
    const page = await fetch(`${url}/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('guest')]);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('reports two faults of one config file with line and column, and ends with 1', async () => {
    const { ended } = await vestibule(
      ['start', '--config', 'app-config.yaml'],
      'backend:\n  baseUrl: localhost 7007\nauth:\n  sesion:\n    secret: hunter-2-hunter-2\n',
    );
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain('Could not start: 2 problems');
    expect(stderr).toMatch(/backend\.baseUrl .*'localhost 7007' \(app-config\.yaml:2:12\)/);
    expect(stderr).toContain(
      "auth.sesion is not a known key (app-config.yaml:4:3)\n    Did you mean 'session'?",
    );
    expect(stderr).not.toContain('hunter-2');
  });

  it('reports what is wrong with clients in the config, each at its line, and no secret with it', async () => {
    const clients = [
      'auth:',
      '  staticClients:',
      '    - clientId: notes',
      '      clientSecret: changeme12345678',
      '      redirectUris: [https://notes.example/callback]',
      '    - clientId: notes',
      '      redirectUris: [javascript:alert(1)]',
      '    - clientId: https://notes.example/client.json',
      '      clientSecret: ${NOTES_SECRET}',
      '      redirectUris: [https://notes.example/callback]',
    ].join('\n');
    const { ended } = await vestibule(
      ['start'],
      `${guestOnly
        .replace(/auth:[\s\S]*/, '')
        .replace('http:', 'https:')
        .replace(':7007', '')}${clients}\n`,
      { NODE_ENV: 'production' },
    );
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    const line = guestOnly.split('\n').findIndex((text) => text.startsWith('auth:')) + 1;
    for (const [path, row] of [
      ['[0].clientSecret', 3],
      ['[1].clientId', 5],
      ['[1].redirectUris[0]', 6],
      ['[2].clientId', 7],
      ['[2].clientSecret has no value: the environment variable NOTES_SECRET is not set', 8],
    ] as const) {
      const problem = stderr.split('\n').find((text) => text.includes(`auth.staticClients${path}`));
      expect(problem).toContain(`(app-config.yaml:${line + row}:`);
    }
    expect(stderr).not.toContain('changeme');
  });

  it('refuses the development identity provider in production', async () => {
    const { ended } = await vestibule(['start'], `${guestOnly}devIdp: { enabled: true }\n`, {
      NODE_ENV: 'production',
    });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/devIdp\.enabled is true in production, where .* \(app-config\.yaml:9:20\)/);
  });

  it('refuses what it does not understand with 2, and tells its version and how it is used with 0', async () => {
    const [wrong, version, help] = await Promise.all(
      [['strat'], ['--version'], ['start', '--help']].map(async (args) => (await vestibule(args)).ended),
    );
    expect(wrong).toEqual({
      code: 2,
      stdout: '',
      stderr: "vestibule: unknown command 'strat'; did you mean 'start'?\nTry 'vestibule --help'.\n",
    });
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--config FILE') });
  });
});

describe('the supervision of the process', () => {
  /** A program that supervises itself; `body` may use `stopped`, which ends its stop. */
  const supervised = (body: string) => {
    const module = JSON.stringify(join(root, 'packages/cli/src/superviseProcess.ts'));
    return run([
      '--input-type=module',
      '--eval',
      `import { superviseProcess } from ${module};
       const logger = () => ({ error: (message, meta) => console.log('logged:', message, meta.message ?? meta.reason) });
       const keepAlive = setInterval(() => {}, 1000);
       ${body}
       console.log('up');`,
    ]);
  };

  it('ends the process at once on a second signal', async () => {
    const { child, printed, ended } = supervised(
      `superviseProcess({ logger, stop: () => { console.log('stopping'); return new Promise(() => {}); } });`,
    );
    await printed('up');
    child.kill('SIGTERM');
    await printed('stopping');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });

  it.each([
    ['an exception was not caught', `setImmediate(() => { throw new Error('boom'); });`],
    ['a rejection was not handled', `setImmediate(() => Promise.reject(new Error('boom')));`],
  ])('logs when %s, stops, and ends with 1', async (message, fault) => {
    const { ended } = supervised(
      `superviseProcess({ logger, stop: async () => console.log('stopped') }); ${fault}`,
    );
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toContain(`logged: ${message}; stopping boom\nstopped\n`);
  });

  it('ends with 1 when the stop itself fails', async () => {
    const { child, printed, ended } = supervised(
      `superviseProcess({ logger, stop: async () => { throw new Error('cannot stop'); } });`,
    );
    await printed('up');
    child.kill('SIGINT');
    expect((await ended).code).toBe(1);
  });
});
