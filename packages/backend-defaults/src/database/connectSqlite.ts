/**
 * The embedded engine: knex's dialect for better-sqlite3 on the libsql driver, which has the same interface and brings its
 * binary along. One connection for each plugin and process; a second would be a second database in memory, and a second
 * place to wait in a file.
 */
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { SqlitePlan } from './databasePlan.ts';
import { DatabaseUnavailableError } from './errors.ts';

const busyTimeoutMilliseconds = 2000;

/** Opens the file, creating it and its directory where they are missing. */
export async function connectSqlite(plan: SqlitePlan, log: Knex.Logger): Promise<Knex> {
  const { default: knexFactory } = await import('knex');
  try {
    if (plan.filename !== ':memory:') await mkdir(dirname(plan.filename), { recursive: true, mode: 0o700 });
    const knex = knexFactory({
      ...plan.knexConfig,
      client: await loadClient(),
      connection: { filename: plan.filename },
      useNullAsDefault: true,
      // Messages with the SQL would carry its values, and thereby secrets, into the log.
      compileSqlOnError: false,
      log,
      pool: { min: 1, max: 1, acquireTimeoutMillis: 10_000 },
    });
    try {
      await knex.raw('SELECT 1');
      return knex;
    } catch (error) {
      await knex.destroy();
      throw error;
    }
  } catch (error) {
    throw new DatabaseUnavailableError(`The database file '${plan.filename}' cannot be opened`, {
      hint: 'Check that the directory can be written, and that the file is an SQLite database and not locked.',
      cause: error,
    });
  }
}

interface Driver {
  new (filename: string): DriverConnection;
}

interface DriverConnection {
  exec(sql: string): void;
  close(): void;
}

interface SqliteDialect {
  new (config: Knex.Config): Knex.Client & { connectionSettings: { filename: string } };
}

async function loadClient(): Promise<typeof Knex.Client> {
  // CommonJS inside knex, without types of its own.
  const Dialect = createRequire(import.meta.url)('knex/lib/dialects/better-sqlite3') as SqliteDialect;
  const { default: LibsqlDatabase } = (await import('libsql')) as unknown as { default: Driver };

  class LibsqlClient extends Dialect {
    _driver(): Driver {
      return LibsqlDatabase;
    }

    override async acquireRawConnection(): Promise<DriverConnection> {
      const connection = new LibsqlDatabase(this.connectionSettings.filename);
      try {
        await prepare(connection);
        return connection;
      } catch (error) {
        connection.close();
        throw error;
      }
    }
  }
  return LibsqlClient as unknown as typeof Knex.Client;
}

async function prepare(connection: DriverConnection): Promise<void> {
  // First of all, or the next line fails with "database is locked" while another process does the same.
  connection.exec(`PRAGMA busy_timeout = ${busyTimeoutMilliseconds}`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      connection.exec('PRAGMA journal_mode = WAL');
      break;
    } catch (error) {
      // Changing the mode of a new file does not wait for other processes that change it (https://sqlite.org/wal.html).
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || attempt === 20) throw error;
      await delay(25);
    }
  }
  // Safe with a write-ahead log: a crash of the process loses nothing (https://sqlite.org/pragma.html#pragma_synchronous).
  connection.exec('PRAGMA synchronous = NORMAL');
  connection.exec('PRAGMA foreign_keys = ON');
}
