/** `vestibule keys` beside a running replica, on each database, as processes of their own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabases } from '@vestibule/backend-test-utils';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endProcesses, freePort, runVestibule, type RunningProcess } from '../testing/vestibuleProcess.ts';

const databases = await testDatabases();
const longest = 120_000;
const secret = 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5';
const environment = { NODE_ENV: 'development' };
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-keys-'));
});
afterAll(async () => {
  await endProcesses();
  await Promise.all(databases.map(async (database) => database.cleanup()));
  await rm(directory, { recursive: true });
});

interface Key {
  kid: string;
  state: string;
  publishedAt: string;
  signsFrom: string;
  signsUntil: string;
  verifiesUntil: string;
}

describe.each(databases)('vestibule keys on $name', ({ name, config: database, connect }) => {
  let port: number;
  let backend: RunningProcess;
  const configFile = `${name}.yaml`;

  beforeAll(async () => {
    port = await freePort();
    await write({ secret });
    backend = runVestibule(['start', '--config', configFile], { directory, environment });
    await backend.printed('Vestibule is ready: ');
  }, longest);

  async function write(session: { secret: string | string[] }, file = configFile): Promise<void> {
    const config = {
      app: { baseUrl: 'http://localhost:3000' },
      backend: { baseUrl: `http://localhost:${port}`, listen: `127.0.0.1:${port}`, database },
      auth: { session, providers: { guest: {} } },
    };
    await writeFile(join(directory, file), JSON.stringify(config));
  }

  const run = (args: readonly string[], file = configFile) =>
    runVestibule(['keys', ...args, '--config', file], { directory, environment });

  async function list(): Promise<Key[]> {
    const { code, stdout } = await run(['list', '--format', 'json']).ended;
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { keys: Key[] }).keys;
  }

  /** The key of a token that the running replica signs now. */
  async function signingKid(): Promise<unknown> {
    const response = await fetch(`http://localhost:${port}/api/auth/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    const { backstageIdentity } = (await response.json()) as { backstageIdentity: { token: string } };
    const [header = ''] = backstageIdentity.token.split('.');
    return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: unknown }).kid;
  }

  async function publishedKids(): Promise<unknown[]> {
    const response = await fetch(`http://localhost:${port}/api/auth/.well-known/jwks.json`);
    return ((await response.json()) as { keys: { kid: unknown }[] }).keys.map(({ kid }) => kid);
  }

  it(
    'shows the one key there is, which signs',
    async () => {
      const [key, ...others] = await list();
      expect(others).toEqual([]);
      expect(key).toMatchObject({ kid: await signingKid(), state: 'signs' });
      const { stdout } = await run(['list']).ended;
      const [head, line] = stdout.split('\n');
      expect(head).toMatch(
        /^key +algorithm +made +published +signs from +signs until +verifies until +state$/,
      );
      expect(line).toMatch(
        new RegExp(`^${key!.kid} +ES256( +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ){5} +signs$`),
      );
    },
    longest,
  );

  it(
    'publishes a new key, which the running replica signs with 15 minutes later, and waits for that',
    async () => {
      const former = await signingKid();
      const waiting = run(['rotate', '--wait', '--format', 'json']);
      await until(async () => Promise.resolve(waiting.output.stderr.includes('15 minutes to go')));
      const [made, old] = await list();
      expect(made).toMatchObject({ state: 'published' });
      expect(old).toMatchObject({ kid: former, state: 'signs', signsUntil: made!.signsFrom });
      expect(Date.parse(made!.signsFrom) - Date.parse(made!.publishedAt)).toBe(15 * 60_000);
      await until(async () => (await publishedKids()).includes(made!.kid));
      expect(await signingKid()).toBe(former);

      // Nobody makes a third one while it waits.
      const again = await run(['rotate']).ended;
      expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('so no other was made')]);
      expect(await list()).toHaveLength(2);

      // The time passes: in the database, which the command asks, and in the replica, which reads a key once.
      const knex = await connect('auth');
      await knex('vestibule_signing_keys').decrement('created_at', 15 * 60_000);
      const { code, stdout, stderr } = await waiting.ended;
      expect([code, stderr]).toEqual([0, expect.stringMatching(new RegExp(`${made!.kid} signs\\.\n$`))]);
      const { keys } = JSON.parse(stdout) as { keys: Key[] };
      expect(keys.map(({ kid, state }) => [kid, state])).toEqual([
        [made!.kid, 'signs'],
        [former, 'verifies'],
      ]);
      await backend.end('SIGTERM');
      backend = runVestibule(['start', '--config', configFile], { directory, environment });
      await backend.printed('Vestibule is ready: ');
      expect(await signingKid()).toBe(made!.kid);
      expect(await publishedKids()).toEqual([made!.kid, former]);
    },
    longest,
  );

  it(
    'makes no key that the replicas could not open',
    async () => {
      const before = await list();
      await write({ secret: 'another-secret-than-that-of-the-replicas' }, 'other.yaml');
      const { code, stdout, stderr } = await run(['rotate'], 'other.yaml').ended;
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('auth.session.secret has to be the same');
      const { stdout: shown } = await run(['list'], 'other.yaml').ended;
      expect(shown.match(/verifies only: sealed under another secret/g)).toHaveLength(before.length);
      expect((await list()).map(({ kid }) => kid)).toEqual(before.map(({ kid }) => kid));
      await backend.end('SIGTERM');
    },
    longest,
  );
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(200);
}
