/** The binary as a class. */
import { loadBinary, type Handle } from './loadBinary.ts';

/** By column. Bytes are an `ArrayBuffer`. */
export type Row = Record<string, unknown>;

/** What a statement did that gives no rows. */
export interface RunResult {
  changes: number | bigint;
  lastInsertRowid: number | bigint;
}

/**
 * A statement, to be run as often as wanted. Values are `null`, numbers, texts and bytes, as knex hands them to a dialect; at
 * anything else the binary ends the process.
 */
export interface Statement {
  /** Whether it gives rows. */
  readonly reader: boolean;
  all(values: readonly unknown[]): Row[];
  run(values: readonly unknown[]): RunResult;
}

/** A connection. What fails has a code such as `SQLITE_BUSY`. */
export interface Database {
  /** Runs statements that take no values and give no rows. */
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** `':memory:'` or the name of a file. */
export type DatabaseClass = new (filename: string) => Database;

const rowsAtOnce = 100;

/** @throws Error with the code `MODULE_NOT_FOUND` where the binary for this platform is not installed. */
export function loadSqlite(): DatabaseClass {
  const binary = loadBinary();

  class EmbeddedStatement implements Statement {
    readonly reader: boolean;
    private readonly statement: Handle<'statement'>;

    constructor(statement: Handle<'statement'>) {
      this.statement = statement;
      this.reader = binary.statementIsReader.call(statement);
    }

    all(values: readonly unknown[]): Row[] {
      const rows = binary.statementRowsSync.call(this.statement, values);
      const all: Row[] = [];
      for (;;) {
        const next = new Array<Row | undefined>(rowsAtOnce);
        binary.rowsNext.call(rows, next);
        for (const row of next) {
          if (row === undefined) return all;
          all.push(row);
        }
      }
    }

    run(values: readonly unknown[]): RunResult {
      return binary.statementRun.call(this.statement, values);
    }
  }

  return class EmbeddedDatabase implements Database {
    private readonly database: Handle<'database'>;

    constructor(filename: string) {
      this.database = binary.databaseOpen(filename, '', 'aes256cbc', '', 0, '');
    }

    exec(sql: string): void {
      binary.databaseExecSync.call(this.database, sql);
    }

    prepare(sql: string): Statement {
      return new EmbeddedStatement(binary.databasePrepareSync.call(this.database, sql));
    }

    close(): void {
      binary.databaseClose.call(this.database);
    }
  };
}
