/**
 * knex's dialect for better-sqlite3 on the libsql driver, which has the same interface and brings its binary along.
 *
 * Two things differ from the dialect. A transaction takes the write lock when it begins, so that it waits there or fails
 * there, and never half-way because another process wrote in between (https://sqlite.org/isolation.html). And after a
 * statement that failed as "busy" the connection is replaced: the driver does not reset such a statement, which then keeps
 * every later transaction of the connection from being committed.
 */
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';

const busyTimeoutMilliseconds = 2000;

interface Driver {
  new (filename: string): DriverConnection;
}

interface DriverConnection {
  exec(sql: string): void;
  close(): void;
  /** How knex's pool knows a connection that it must replace. */
  __knex__disposed?: unknown;
}

interface Query {
  sql: string;
  response?: unknown;
}

interface SqliteDialect {
  new (config: Knex.Config): SqliteDialectInstance;
}

interface SqliteDialectInstance extends Knex.Client {
  connectionSettings: { filename: string };
  _query(connection: DriverConnection, query: Query): Promise<Query>;
}

/** The class to give to knex as its `client`. Loaded on demand, for the sake of backends without SQLite. */
export async function loadSqliteClient(): Promise<typeof Knex.Client> {
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

    override async _query(connection: DriverConnection, query: Query): Promise<Query> {
      const control = /^(BEGIN|COMMIT|ROLLBACK);?$/.exec(query.sql)?.[1];
      try {
        if (!control) return await super._query(connection, query);
        connection.exec(control === 'BEGIN' ? 'BEGIN IMMEDIATE' : control);
        query.response = { changes: 0, lastInsertRowid: 0 };
        return query;
      } catch (error) {
        if (control === 'COMMIT') connection.exec('ROLLBACK');
        if (control !== 'BEGIN' && isBusy(error)) connection.__knex__disposed = error;
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
      if (!isBusy(error) || attempt === 20) throw error;
      await delay(25);
    }
  }
  // Safe with a write-ahead log: a crash of the process loses nothing (https://sqlite.org/pragma.html#pragma_synchronous).
  connection.exec('PRAGMA synchronous = NORMAL');
  connection.exec('PRAGMA foreign_keys = ON');
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
}
