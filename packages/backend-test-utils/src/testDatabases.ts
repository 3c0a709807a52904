/**
 * Databases for tests that must hold on every engine: SQLite always, PostgreSQL where a server is reached at
 * `VESTIBULE_TEST_POSTGRES_URL` (default `postgres://postgres@127.0.0.1:5432`). Without a server one line says so; in CI
 * (the variable `CI` is set) that is a failure instead.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type DatabaseSettings } from '@vestibule/backend-defaults';
import type { JsonObject, LoggerService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import pg from 'pg';

/** An engine with nothing in it yet. @public */
export interface TestDatabase {
  /** For titles: `SQLite` or `PostgreSQL`. */
  name: string;
  /** The value for `backend.database`. Plugins that use it in turn find each other's data, as after a restart. */
  config: DatabaseSettings & JsonObject;
  /** A connection of its own to a plugin's database, as another process would have. Closed by `cleanup`. */
  connect(pluginId?: string): Promise<Knex>;
  /** Removes all that was stored. Stop the backends that use it first. */
  cleanup(): Promise<void>;
}

/**
 * One fresh database for each engine.
 *
 * @example
 * ```ts
 * const databases = await testDatabases();
 * afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));
 *
 * describe.each(databases)('sessions on $name', ({ config }) => { … });
 * ```
 * @public
 */
export async function testDatabases(): Promise<TestDatabase[]> {
  const postgres = await postgresDatabase();
  return [await sqliteDatabase(), ...(postgres ? [postgres] : [])];
}

async function sqliteDatabase(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-test-'));
  return testDatabase('SQLite', { client: 'better-sqlite3', connection: { directory } }, async () =>
    rm(directory, { recursive: true, force: true }),
  );
}

async function postgresDatabase(): Promise<TestDatabase | undefined> {
  const url = process.env.VESTIBULE_TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432';
  // A prefix of its own makes every plugin's database a fresh one; the backend creates them when they are needed.
  const prefix = `vestibule_test_${randomBytes(6).toString('hex')}_`;
  try {
    await onServer(url, async (client) => client.query('SELECT 1'));
  } catch (error) {
    if (process.env.CI) throw new Error('No PostgreSQL for the tests, which CI needs', { cause: error });
    process.stderr.write(
      'Skipped on PostgreSQL: no server at VESTIBULE_TEST_POSTGRES_URL or 127.0.0.1:5432\n',
    );
    return undefined;
  }
  return testDatabase('PostgreSQL', { client: 'pg', connection: url, prefix }, async () =>
    onServer(url, async (client) => {
      const { rows } = await client.query<{ datname: string }>(
        'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
        [prefix],
      );
      for (const { datname } of rows) {
        await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(datname)} WITH (FORCE)`);
      }
    }),
  );
}

function testDatabase(
  name: string,
  config: DatabaseSettings & JsonObject,
  remove: () => Promise<void>,
): TestDatabase {
  const open: Knex[] = [];
  return {
    name,
    config,
    async connect(pluginId = 'test') {
      const knex = await connectDatabase(config, pluginId, silentLogger);
      open.push(knex);
      return knex;
    },
    async cleanup() {
      await Promise.all(open.splice(0).map(async (knex) => knex.destroy()));
      await remove();
    },
  };
}

const silentLogger: LoggerService = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};

async function onServer(url: string, act: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await act(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
