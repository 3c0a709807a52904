import { access, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import { readRootConfig } from '../config/rootConfig.ts';
import { createRootLogger } from '../logger/createRootLogger.ts';
import { openDatabase } from './openDatabase.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const logger = createRootLogger({ write: () => undefined });
const open = async (database: TestDatabase['config'] | undefined) =>
  openDatabase(await readRootConfig({ data: database ? { backend: { database } } : {} }), 'acme', logger);

describe.each(databases)('openDatabase on $name', ({ config, connect }) => {
  it('refuses a database that is not there, and does not make it', async () => {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await expect(open(config)).rejects.toMatchObject({
        code: 'ERR_DATABASE_UNAVAILABLE',
        message: expect.stringContaining('is not there'),
      });
    }
    const { directory } = config.connection as { directory?: string };
    if (directory !== undefined) await expect(access(`${directory}/acme.sqlite`)).rejects.toThrow('ENOENT');
  });

  it('opens what a backend has written, while the backend still has it open', async () => {
    const backend = await connect('acme');
    await backend.schema.createTable('vestibule_acme', (table) => table.text('name'));
    await backend('vestibule_acme').insert({ name: 'jane' });
    const beside = await open(config);
    expect(await beside('vestibule_acme').select()).toEqual([{ name: 'jane' }]);
    await backend('vestibule_acme').insert({ name: 'omar' });
    expect(await beside('vestibule_acme').select()).toHaveLength(2);
    await beside.destroy();
  });
});

describe('openDatabase', () => {
  it.each([undefined, { client: 'better-sqlite3' as const, connection: ':memory:' }])(
    'refuses a database in memory: %j',
    async (config) => {
      await expect(open(config)).rejects.toMatchObject({
        code: 'ERR_DATABASE_IN_MEMORY',
        hint: expect.stringContaining('Set backend.database to'),
      });
    },
  );

  it('does not say that a file is not there which only cannot be reached', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vestibule-open-'));
    // Not even an administrator gets past it, as they would past a directory of another user.
    const loop = join(directory, 'loop');
    await symlink(loop, loop);
    const refusal = open({ client: 'better-sqlite3', connection: { directory: loop } });
    await expect(refusal).rejects.toMatchObject({
      code: 'ERR_DATABASE_UNAVAILABLE',
      message: `The database file '${loop}/acme.sqlite' cannot be reached (ELOOP)`,
      hint: expect.stringContaining('as the user that the backend runs as'),
    });
    await rm(directory, { recursive: true });
  });
});
