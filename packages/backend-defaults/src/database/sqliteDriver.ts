/**
 * The embedded engine itself: `node:sqlite` where that of Node serves, and otherwise libsql, which comes as an npm package. Both are
 * SQLite, on the same files; what differs in their programming interfaces ends here.
 */
import type { Database, DatabaseClass, Row } from '@vestibule/libsql';
import { DatabaseUnavailableError } from './errors.ts';

/** A driver. */
export interface SqliteDriver {
  /** As it is told at start. */
  readonly name: 'node:sqlite' | 'libsql';
  open(filename: string): SqliteConnection;
}

/** A connection, of which one statement runs to its end before another begins. What fails has a code such as `SQLITE_BUSY`. */
export interface SqliteConnection {
  /** Runs statements that take no values and give no rows. */
  exec(sql: string): void;
  /** A statement, to be run as often as wanted, also after the schema has changed. */
  prepare(sql: string): SqliteStatement;
  close(): void;
  /** How knex's pool knows a connection that it must replace. */
  __knex__disposed?: unknown;
}

/** See {@link SqliteConnection.prepare}. */
export interface SqliteStatement {
  /** Whether it gives rows. */
  readonly reader: boolean;
  all(values: readonly unknown[]): unknown[];
  run(values: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}

/**
 * The driver for this process.
 *
 * @throws `ERR_DATABASE_UNAVAILABLE` where this Node brings none that serves, and libsql or its binary is not installed.
 */
export async function loadSqliteDriver(): Promise<SqliteDriver> {
  const ofNode = nodeSqlite();
  if (ofNode) return { name: 'node:sqlite', open: (filename) => new NodeConnection(ofNode, filename) };
  const Libsql = await loadLibsql();
  return { name: 'libsql', open: (filename) => new LibsqlConnection(Libsql, filename) };
}

async function loadLibsql(): Promise<DatabaseClass> {
  try {
    const { loadSqlite } = await import('@vestibule/libsql');
    return loadSqlite();
  } catch (cause) {
    const [, missing] =
      /^Cannot find (?:module|package) '(@[\w-]+\/[\w-]+)'/.exec(String((cause as Error).message)) ?? [];
    if (missing === undefined) throw cause;
    throw new DatabaseUnavailableError(
      `There is no driver for SQLite: Node ${process.versions.node} brings none that serves, and the package ${missing} is not installed`,
      {
        hint: `Use Node 24.20, 26.6 or later, install ${missing} in the version that @vestibule/libsql names, or let backend.database be PostgreSQL.`,
        cause,
      },
    );
  }
}

class LibsqlConnection implements SqliteConnection {
  private readonly database: Database;
  __knex__disposed?: unknown;

  constructor(Libsql: DatabaseClass, filename: string) {
    this.database = new Libsql(filename);
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.database.prepare(sql);
    return {
      reader: statement.reader,
      all: (values) => statement.all(values).map(withBuffers),
      run: (values) => statement.run(values),
    };
  }

  close(): void {
    this.database.close();
  }
}

/** Bytes, which libsql gives as an ArrayBuffer and Node as a Uint8Array. */
function withBuffers(row: Row): Row {
  for (const name in row) {
    const value = row[name];
    if (typeof value !== 'object' || value === null) continue;
    row[name] = ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(value as ArrayBuffer);
  }
  return row;
}

/** As much of `node:sqlite` as is used; the types of Node 20 have none of it. */
interface NodeSqlite {
  DatabaseSync: new (filename: string) => {
    exec(sql: string): void;
    prepare(sql: string): NodeStatement;
    close(): void;
  };
}

interface NodeStatement {
  columns(): unknown[];
  /** Rows without a prototype. */
  all(...values: readonly unknown[]): Row[];
  run(...values: readonly unknown[]): ReturnType<SqliteStatement['run']>;
}

/** From Node 24 on: 22 warns at every start that it is experimental. */
function nodeSqlite(): NodeSqlite | undefined {
  if (Number.parseInt(process.versions.node, 10) < 24) return undefined;
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => NodeSqlite | undefined };
  const sqlite = getBuiltinModule?.('node:sqlite');
  return sqlite && followsTheSchema(sqlite) ? sqlite : undefined;
}

/**
 * Those before 24.20, of 25, and before 26.6 give the columns of before from a statement that was prepared before another
 * process added one.
 */
function followsTheSchema({ DatabaseSync }: NodeSqlite): boolean {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec('create table t (a); insert into t values (1)');
    const kept = database.prepare('select * from t');
    kept.all();
    database.exec('alter table t add b');
    return kept.all().every((row) => 'b' in row);
  } finally {
    database.close();
  }
}

class NodeConnection implements SqliteConnection {
  private readonly database: InstanceType<NodeSqlite['DatabaseSync']>;
  __knex__disposed?: unknown;

  constructor({ DatabaseSync }: NodeSqlite, filename: string) {
    this.database = withCode(() => new DatabaseSync(filename));
  }

  exec(sql: string): void {
    withCode(() => this.database.exec(sql));
  }

  prepare(sql: string): SqliteStatement {
    const statement = withCode(() => this.database.prepare(sql));
    return {
      reader: statement.columns().length > 0,
      all: (values) =>
        withCode(() => statement.all(...values.map(bindable)).map((row) => withBuffers({ ...row }))),
      run: (values) => withCode(() => statement.run(...values.map(bindable))),
    };
  }

  close(): void {
    this.database.close();
  }
}

function bindable(value: unknown): unknown {
  return value === undefined ? null : value;
}

/** Names of result codes (https://sqlite.org/rescode.html), as libsql gives them; of the others, the number. */
const codes: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
  261: 'SQLITE_BUSY_RECOVERY',
  275: 'SQLITE_CONSTRAINT_CHECK',
  517: 'SQLITE_BUSY_SNAPSHOT',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
};

function withCode<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { errcode } = error as { errcode?: unknown };
    if (typeof errcode !== 'number') throw error;
    const code = codes[errcode] ?? codes[errcode & 0xff] ?? `SQLITE_${errcode}`;
    throw Object.assign(error as Error, { code });
  }
}
