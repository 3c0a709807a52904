/**
 * knex's dialect for SQLite on the embedded driver.
 *
 * It differs from the dialect in four things. A transaction takes the write lock when it begins, so that it waits there or
 * fails there, and never half-way because another process wrote in between (https://sqlite.org/isolation.html). Statements are
 * prepared once for each connection. After a statement that failed as "busy" the connection is replaced: libsql does not reset
 * such a statement, which then keeps every later transaction of the connection from being committed. And whoever closes a
 * file last leaves one file.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { SqliteConnection, SqliteDriver, SqliteStatement } from './sqliteDriver.ts';

const busyTimeoutMilliseconds = 2000;

/** Of one connection. Each is some kilobytes, and what is asked all day is far fewer. */
const mostStatements = 100;

interface Query {
  sql: string;
  bindings?: readonly unknown[];
  response?: unknown;
  context?: unknown;
}

interface SqliteDialect {
  new (config: Knex.Config): Knex.Client & {
    connectionSettings: { filename: string };
    _formatBindings(bindings: readonly unknown[] | undefined): readonly unknown[];
  };
}

/** The class to give to knex as its `client`. Loaded on demand, for the sake of backends without SQLite. */
export async function loadSqliteClient(driver: SqliteDriver): Promise<typeof Knex.Client> {
  // @ts-expect-error -- CommonJS inside knex, without types of its own.
  const { default: Dialect } = (await import('knex/lib/dialects/better-sqlite3/index.js')) as {
    default: SqliteDialect;
  };
  // Not of the class: knex gives each transaction a client that never was constructed.
  const statements = new WeakMap<SqliteConnection, Map<string, SqliteStatement>>();

  class EmbeddedClient extends Dialect {
    _driver(): SqliteDriver {
      return driver;
    }

    override async acquireRawConnection(): Promise<SqliteConnection> {
      const connection = driver.open(this.connectionSettings.filename);
      try {
        await prepare(connection);
        statements.set(connection, new Map());
        return connection;
      } catch (error) {
        connection.close();
        throw error;
      }
    }

    override async destroyRawConnection(connection: SqliteConnection): Promise<void> {
      statements.delete(connection);
      leaveOneFile(connection);
      connection.close();
      return Promise.resolve();
    }

    // knex awaits it, and takes a rejection only.
    async _query(connection: SqliteConnection, query: Query): Promise<Query> {
      if (!query.sql) throw new Error('The query is empty');
      const control = /^(BEGIN|COMMIT|ROLLBACK);?$/.exec(query.sql)?.[1];
      try {
        if (control) {
          connection.exec(control === 'BEGIN' ? 'BEGIN IMMEDIATE' : control);
          query.response = { changes: 0, lastInsertRowid: 0 };
        } else {
          const statement = statementOf(connection, query.sql);
          const values = this._formatBindings(query.bindings);
          if (statement.reader) {
            query.response = statement.all(values);
          } else {
            const response = statement.run(values);
            query.response = response;
            query.context = { lastID: response.lastInsertRowid, changes: response.changes };
          }
        }
        return await Promise.resolve(query);
      } catch (error) {
        if (control === 'COMMIT') connection.exec('ROLLBACK');
        if (control !== 'BEGIN' && isBusy(error)) connection.__knex__disposed = error;
        throw error;
      }
    }
  }

  function statementOf(connection: SqliteConnection, sql: string): SqliteStatement {
    const kept = statements.get(connection);
    const known = kept?.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    if (!kept || !/^\s*(?:select|insert|update|delete)\b/i.test(sql)) return statement;
    const [oldest] = kept.keys();
    if (kept.size >= mostStatements && oldest !== undefined) kept.delete(oldest);
    kept.set(sql, statement);
    return statement;
  }

  return EmbeddedClient as unknown as typeof Knex.Client;
}

async function prepare(connection: SqliteConnection): Promise<void> {
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

/**
 * Moves the log into the file, so that a copy of that file is all of the database. While another process has it open, that
 * one will.
 */
function leaveOneFile(connection: SqliteConnection): void {
  try {
    connection.exec('PRAGMA busy_timeout = 0');
    connection.exec('PRAGMA journal_mode = DELETE');
  } catch {
    // What is in the log stays there, and is read at the next start.
  }
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/.test(String((error as { code?: unknown }).code));
}
