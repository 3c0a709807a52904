/** `vestibule sessions` where there is nothing to look at, without a backend. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runMain } from '../testing/runMain.ts';

let directory: string;
let config: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-sessions-'));
  config = join(directory, 'app-config.yaml');
});
afterAll(async () => rm(directory, { recursive: true }));

const run = async (database: object, ...args: string[]) => {
  await writeFile(config, `backend: ${JSON.stringify({ database })}`);
  return runMain('sessions', ...args, '--config', config);
};
const memory = { client: 'better-sqlite3', connection: ':memory:' };

describe('vestibule sessions', () => {
  it('says what to set where sessions are kept in memory', async () => {
    const { code, stderr } = await run(memory, 'list');
    expect(code).toBe(1);
    expect(stderr).toContain('keeps its sessions in memory, where only its own process can read them');
  });

  it('says so where no backend of this release has been started on the database', async () => {
    await writeFile(join(directory, 'auth.sqlite'), '');
    const database = { client: 'better-sqlite3', connection: { directory } };
    // An id may begin as an option does.
    for (const args of [
      ['list'],
      ['show', '-4_XyZ-q7Rt2'],
      ['revoke', '--4_XyZq7Rt2'],
      ['revoke', '--all'],
    ]) {
      const { code, stdout, stderr } = await run(database, ...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('this database has no table of sessions');
    }
  });

  it.each([
    [[], "sessions needs 'list', 'show' or 'revoke'"],
    [['lst'], "unknown word 'lst'; did you mean 'list'?"],
    [['list', 'x'], "'x' is not expected after sessions list"],
    [['list', '--all'], "unknown option '--all'"],
    [['list', '--user', 'group:default/team-a'], "'group:default/team-a' is no user"],
    [['list', '--older-than', '3w'], "'3w' is no age; write 30d, 12h or 90m"],
    [['list', '--older-than'], '--older-than needs an AGE'],
    [['list', '--format', 'yaml'], "unknown format 'yaml'"],
    [['show'], 'sessions show needs an ID'],
    [['revoke', '--older-then', '1d'], "unknown option '--older-then'"],
    [['show', 'abc'], "'abc' is no id of a session"],
    [['show', 'abcdefgh', '--user', 'jane'], "unknown option '--user'"],
    [['revoke'], 'which sessions? Give an ID, --user, --provider or --older-than; or --all for every one'],
    [['revoke', '--user', 'jane', '--all'], '--all and a filter exclude each other'],
    [['revoke', 'abcdefgh', 'ijklmnop'], "'ijklmnop' is not expected after sessions revoke abcdefgh"],
  ])('refuses %j with 2', async (args, reason) => {
    const { code, stdout, stderr } = await runMain('sessions', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).toContain("Try 'vestibule sessions --help'.");
  });

  it('tells how it is used', async () => {
    const { code, stdout } = await runMain('sessions', '--help');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: vestibule sessions list')]);
    expect((await runMain('--help')).stdout).toContain('sessions       List the sessions of people');
  });
});
