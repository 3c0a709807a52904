import { testDatabases } from '@vestibule/backend-test-utils';
import { afterAll, describe, expect, it } from '@jest/globals';
import { limitQueries } from './authDatabase.ts';
import { statement } from './statement.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

for (const database of databases.filter(({ name }) => name === 'PostgreSQL')) {
  describe('a query that PostgreSQL does not answer', () => {
    it('fails at its deadline, and its connection is not used again', async () => {
      const knex = await database.connect();
      limitQueries(knex, 2000);
      const processId = async () => {
        const { rows } = await knex.raw<{ rows: { pid: number }[] }>('SELECT pg_backend_pid() AS pid');
        return rows[0]?.pid;
      };
      const first = await processId();
      // As long as nothing went wrong, there is one connection, and it is kept.
      expect(await processId()).toBe(first);
      await expect(knex.raw('SELECT pg_sleep(60)')).rejects.toThrow('timeout of 2000ms exceeded');
      await expect(knex('pg_class').select(knex.raw('pg_sleep(60)')).limit(1)).rejects.toThrow(
        'timeout of 2000ms exceeded',
      );
      expect(await processId()).not.toBe(first);
    });

    it('so does a statement that was made before, at its deadline each time', async () => {
      const knex = await database.connect();
      limitQueries(knex, 500);
      const sleep = statement((on, { seconds }: { seconds: number }) =>
        on('pg_class')
          .first(on.raw('pg_backend_pid() AS pid'))
          .whereRaw('pg_sleep(?) IS NOT NULL', [seconds])
          .limit(1),
      );
      const first = await sleep(knex, { seconds: 0 });
      expect(await sleep(knex, { seconds: 0 })).toEqual(first);
      await expect(sleep(knex, { seconds: 60 })).rejects.toMatchObject({
        name: 'KnexTimeoutError',
        message: expect.stringContaining('timeout of 500ms exceeded'),
      });
      expect(await sleep(knex, { seconds: 0 })).not.toEqual(first);
      await expect(sleep(knex, { seconds: 60 })).rejects.toThrow('timeout of 500ms exceeded');
    });
  });
}

it('does not touch an embedded database', async () => {
  const sqlite = await databases[0]?.connect();
  if (!sqlite) throw new Error('there is no SQLite');
  limitQueries(sqlite, 1);
  expect(sqlite.listenerCount('start')).toBe(0);
});
