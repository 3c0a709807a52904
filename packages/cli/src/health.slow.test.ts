/** `vestibule health` beside a backend that starts, runs and stops, as probes of a container call it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { endProcesses, freePort, runVestibule } from './testing/vestibuleProcess.ts';

let directory: string;
let port: number;
const environment = { NODE_ENV: 'production' };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-health-'));
  port = await freePort();
  const config = {
    backend: {
      baseUrl: `http://localhost:${port}`,
      listen: `:${port}`,
      lifecycle: { serverShutdownDelay: '1h' },
      database: { client: 'better-sqlite3', connection: ':memory:' },
    },
    auth: {
      session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' },
      providers: { guest: { dangerouslyAllowOutsideDevelopment: true } },
    },
  };
  await writeFile(join(directory, 'app-config.yaml'), JSON.stringify(config));
});

afterAll(async () => {
  await endProcesses();
  await rm(directory, { recursive: true });
});

const askHealth = async (...args: string[]) => {
  const { code, stdout, stderr } = await runVestibule(['health', ...args], { directory, environment }).ended;
  return { code, stdout, stderr };
};

it('ends with 0 while the backend is ready, and with 1 before and after', async () => {
  const url = `http://localhost:${port}`;
  const away = { code: 1, stdout: '', stderr: `vestibule: not ready: nothing listens at ${url}\n` };
  expect(await askHealth()).toEqual(away);

  const backend = runVestibule(['start'], { directory, environment });
  await backend.printed('Vestibule is ready: ');
  expect(await askHealth()).toEqual({ code: 0, stdout: `Ready: ${url}\n`, stderr: '' });
  expect(await askHealth('--url', `http://127.0.0.1:${port}`)).toEqual({
    code: 0,
    stdout: `Ready: http://127.0.0.1:${port}\n`,
    stderr: '',
  });
  expect(await askHealth('--config', 'nowhere.yaml')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^vestibule: not ready: the file nowhere\.yaml does not exist\. .+\n$/),
  });

  // It goes on answering for an hour, and says so.
  const stopping = backend.end('SIGTERM');
  await expect(until(askHealth, ({ code }) => code === 1)).resolves.toEqual({
    code: 1,
    stdout: '',
    stderr: `vestibule: not ready: ${url} answers 503: Backend is shutting down\n`,
  });
  // The second signal ends it at once.
  await backend.end('SIGTERM');
  expect((await stopping).code).toBe(143);
  expect(await askHealth()).toEqual(away);
}, 120_000);

/** Asks again until the answer fits: a signal takes a moment to arrive. */
async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
  }
}
