import { migrationChecksums } from '@vestibule/database-migrations';
import { testDatabases } from '@vestibule/backend-test-utils';
import { afterAll, expect, it } from '@jest/globals';
import { migrations } from './migrations.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

// What was released is somebody's database. A change is a migration of its own.
const released: Record<string, Record<string, string>> = {
  '20261122-first-tables': {
    SQLite: 'b0YbUHceLJJLcjKp6wFxkbCJWXjUyOvM5gwm0KGgfHU',
    PostgreSQL: 'Seq9DCD2uQWX1s6o1Vms0RsM30gakXcoDtXco5dPOOg',
  },
  '20261122-decisions': {
    SQLite: 'afqkU0vItJrGlAgM1xsUTz26gShUnWfjSgNZk0p-nno',
    PostgreSQL: 'H84SEOL3lLreLwHIGnioCBR19hYciLT63DuUX1jo17E',
  },
  '20261201-people-of-sessions': {
    SQLite: 'Xvhd5WskJUOjG91WJcN1Z7T3f4H0GtskEWbrQpdji5Y',
    PostgreSQL: 'gCiFIlxlVsiCFR9vFD43ZZ4vlB-foxG2FW3oxv2NmG8',
  },
  '20261201-provider-sessions': {
    SQLite: 'YsORHTHnQrkfotlysFgpQykzy_K5MLgtJj3jh-koJTo',
    PostgreSQL: 'kaYIPvCZ07WzNATy15tSzOKa3mDzVG6Vgu_xO2vClB8',
  },
};

it.each(databases)('no migration that was released is edited, on $name', async ({ name, connect }) => {
  expect(await migrationChecksums(await connect('released'), migrations)).toEqual(
    Object.fromEntries(Object.entries(released).map(([id, checksums]) => [id, checksums[name]])),
  );
});
