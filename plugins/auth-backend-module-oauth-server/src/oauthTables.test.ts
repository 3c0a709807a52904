import { migrationChecksums } from '@vestibule/database-migrations';
import { testDatabases } from '@vestibule/backend-test-utils';
import { afterAll, expect, it } from '@jest/globals';
import { migrations } from './oauthTables.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

// What was released is somebody's database. A change is a migration of its own.
const released: Record<string, Record<string, string>> = {
  '20261122-oauth-server': {
    SQLite: 'C4hLA5rIW4ZcLMvVdOab10jW0kL_-nQkCUHr0X8rnZE',
    PostgreSQL: 'bsk0U0PFsGduUUsn6UmHnSzjR5YWsLR1qLNG-b3B7ZI',
  },
  '20261201-age-of-grants': {
    SQLite: 'MpbbswTEvaXAs0r6iAIP1SQtTp4fuGhVOUYZMsTQOlM',
    PostgreSQL: '8psLWyENCXQc5_qUoZ9yv4RB76WoBAkuT-kx6LfmLKI',
  },
};

it.each(databases)('no migration that was released is edited, on $name', async ({ name, connect }) => {
  expect(await migrationChecksums(await connect('released'), migrations)).toEqual(
    Object.fromEntries(Object.entries(released).map(([id, checksums]) => [id, checksums[name]])),
  );
});
