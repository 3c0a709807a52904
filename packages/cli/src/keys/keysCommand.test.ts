/** `vestibule keys` where no database has them. Beside backends: `keysCommand.slow.test.ts`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runMain } from '../testing/runMain.ts';

let directory: string;
let file: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-keys-'));
  file = join(directory, 'app-config.yaml');
});
afterAll(async () => rm(directory, { recursive: true }));

async function run(config: object, ...args: string[]) {
  await writeFile(file, JSON.stringify(config));
  return runMain('keys', ...args, '--config', file);
}

const keyOf = (keyId: string) => ({ keyId, publicKeyFile: `${keyId}.pub`, privateKeyFile: `${keyId}.key` });
const files = { auth: { keyStore: { provider: 'static', static: { keys: [keyOf('one'), keyOf('two')] } } } };

describe('vestibule keys', () => {
  it('lists keys of files, of which the first signs', async () => {
    const { code, stdout, stderr } = await run(files, 'list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'key  algorithm  private key  public key  state',
      'one  ES256      one.key      one.pub     signs',
      'two  ES256      two.key      two.pub     verifies',
    ]);
    const { stdout: json } = await run(files, 'list', '--format', 'json');
    expect(JSON.parse(json)).toEqual({
      version: 1,
      provider: 'static',
      keys: [
        {
          kid: 'one',
          algorithm: 'ES256',
          publicKeyFile: 'one.pub',
          privateKeyFile: 'one.key',
          state: 'signs',
        },
        {
          kid: 'two',
          algorithm: 'ES256',
          publicKeyFile: 'two.pub',
          privateKeyFile: 'two.key',
          state: 'verifies',
        },
      ],
    });
  });

  it('says how keys of files are rotated, and rotates none', async () => {
    const { code, stdout, stderr } = await run(files, 'rotate', '--wait');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('the keys are files, which no command changes');
    expect(stderr).toContain('Add it as the second of auth.keyStore.static.keys');
  });

  it.each(['list', 'rotate'])('says that a key in memory is nobody else’s: %s', async (act) => {
    const { code, stdout, stderr } = await run({ auth: { keyStore: { provider: 'memory' } } }, act);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('auth.keyStore.provider is memory: the key lives in the process alone');
  });

  it('says so where the database is in memory, is not there, or has no keys yet', async () => {
    const on = (connection: unknown) => ({ backend: { database: { client: 'better-sqlite3', connection } } });
    const inMemory = await run(on(':memory:'), 'list');
    expect([inMemory.code, inMemory.stderr]).toEqual([
      1,
      expect.stringContaining('keeps its keys in memory'),
    ]);
    const nowhere = await run(on({ directory: join(directory, 'nowhere') }), 'rotate');
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('Start the backend once')]);
    await writeFile(join(directory, 'auth.sqlite'), '');
    for (const act of ['list', 'rotate']) {
      const empty = await run(on({ directory }), act);
      expect(empty).toEqual({
        code: 1,
        stdout: '',
        stderr:
          'vestibule: this database has no keys that sign tokens\n' +
          '  Start the backend on it once: it makes the first one.\n',
      });
    }
  });

  it('reports a fault of the config with its place', async () => {
    const { code, stderr } = await run({ auth: { session: { secret: [] } } }, 'list');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/auth\.session\.secret must list a secret.*app-config\.yaml:1/),
    ]);
  });

  it('tells how it is used', async () => {
    const { code, stdout } = await runMain('keys', '--help');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: vestibule keys list')]);
    expect((await runMain('--help')).stdout).toContain('keys           List and rotate');
  });
});
