/**
 * Brings a plugin's tables up to date: every migration that the plugin's own migration table does not list runs, in
 * order, in one transaction. Replicas and processes that start at once wait for each other, so each migration runs once.
 * knex's own migrator, its table and Backstage's tables are neither used nor touched.
 *
 * The lock is an advisory lock on PostgreSQL, and the write lock of the file on SQLite.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, type ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { DatabaseMigrationError } from './errors.ts';

const defaultLockTimeoutMilliseconds = 30_000;
const retryMilliseconds = 25;

/** One step. Never change or remove one that was released; add another. @public */
export interface Migration {
  /** Unique among the table's migrations and never changed, for example `001-sessions`. */
  readonly id: string;
  /**
   * Changes tables, on SQLite and PostgreSQL alike. Must use the transaction it is given and no other connection, and do
   * nothing but database work: it runs again if its transaction could not be kept.
   */
  up(transaction: Knex.Transaction): Promise<unknown>;
}

/** @public */
export interface MigrateOptions {
  /** The table that lists what has run: `vestibule_`, then lower-case letters, digits and underscores. One per owner. */
  table: `vestibule_${string}`;
  migrations: readonly Migration[];
  /** How long to wait for another process. Default 30 s. */
  lockTimeoutMilliseconds?: number;
  /** For the time that is noted of each. Default: the system's clock. */
  clock?: ClockService;
}

/**
 * Runs the migrations that have not run yet. Ids in the table that are not in the list belong to a newer version and are
 * left alone.
 *
 * @returns The ids that ran now, in order.
 * @throws DatabaseMigrationError `ERR_DATABASE_MIGRATION_FAILED`; the tables are then as before.
 * @example
 * ```ts
 * const knex = await database.getClient();
 * if (!database.migrations?.skip) {
 *   await migrate(knex, {
 *     table: 'vestibule_acme_migrations',
 *     migrations: [{ id: '001-visits', up: (knex) => knex.schema.createTable('vestibule_acme_visits', (t) => t.text('who')) }],
 *   });
 * }
 * ```
 * @public
 */
export async function migrate(knex: Knex, options: MigrateOptions): Promise<string[]> {
  const {
    table,
    migrations,
    lockTimeoutMilliseconds = defaultLockTimeoutMilliseconds,
    clock = systemClock,
  } = options;
  checkNames(table, migrations);
  const { lock, release } = await lockOf(knex, table, lockTimeoutMilliseconds);
  const givesUpAt = performance.now() + lockTimeoutMilliseconds;
  try {
    for (;;) {
      try {
        return await knex.transaction(async (transaction) => {
          await lock(transaction);
          return runMissing(transaction, table, migrations, clock);
        });
      } catch (error) {
        if (!isBusy(error)) throw failure(error, table);
        if (performance.now() >= givesUpAt) {
          throw new DatabaseMigrationError(`The migrations of ${table} waited too long for another process`, {
            hint: 'Another process holds the database. Look for one that hangs, or start them one after the other.',
            cause: error,
          });
        }
        await delay(retryMilliseconds);
      }
    }
  } finally {
    await release();
  }
}

function checkNames(table: string, migrations: readonly Migration[]): void {
  if (!/^vestibule_[a-z0-9_]+$/.test(table)) {
    throw new DatabaseMigrationError(
      `'${table}' cannot be a migration table: its name must begin with vestibule_`,
    );
  }
  const seen = new Set<string>();
  for (const { id } of migrations) {
    if (seen.has(id) || id === '' || id.length > 200) {
      throw new DatabaseMigrationError(`'${id}' is not usable as the id of one migration of ${table}`);
    }
    seen.add(id);
  }
}

interface Lock {
  /** Keeps others out until the transaction ends, and makes sure that the table exists. */
  lock(transaction: Knex.Transaction): Promise<void>;
  release(): Promise<void>;
}

async function lockOf(knex: Knex, table: string, timeoutMilliseconds: number): Promise<Lock> {
  const { dialect } = knex.client as { dialect: string };
  if (dialect === 'postgresql') {
    return {
      async lock(transaction) {
        await transaction.raw(`SET LOCAL lock_timeout = ${Math.max(1, Math.floor(timeoutMilliseconds))}`);
        await transaction.raw('SELECT pg_advisory_xact_lock(?)', [lockNumber(table)]);
        await createTable(transaction, table);
      },
      release: async () => undefined,
    };
  }
  if (dialect === 'sqlite3') {
    // The driver waits by blocking the whole process, which may be the one that holds the lock: not while we wait.
    const [before] = await knex.raw<{ timeout: number }[]>('PRAGMA busy_timeout');
    await knex.raw('PRAGMA busy_timeout = 0');
    return {
      async lock(transaction) {
        await createTable(transaction, table);
        // Changes nothing, and makes this the one transaction that may write (https://sqlite.org/lang_transaction.html).
        await transaction(table).where({ id: '' }).update({ id: '' });
      },
      release: async () => knex.raw(`PRAGMA busy_timeout = ${before?.timeout ?? 0}`),
    };
  }
  throw new DatabaseMigrationError(`Migrations need SQLite or PostgreSQL, not '${dialect}'`);
}

async function createTable(transaction: Knex.Transaction, table: string): Promise<void> {
  await transaction.raw(
    'CREATE TABLE IF NOT EXISTS ?? (id varchar(200) PRIMARY KEY, applied_at varchar(40) NOT NULL)',
    [table],
  );
}

/** A number of its own for each table: the locks are shared by all who use the database. */
function lockNumber(table: string): string {
  return createHash('sha256').update(`vestibule migrations ${table}`).digest().readBigInt64BE().toString();
}

async function runMissing(
  transaction: Knex.Transaction,
  table: string,
  migrations: readonly Migration[],
  clock: ClockService,
): Promise<string[]> {
  const rows = await transaction<{ id: string }>(table).select('id');
  const done = new Set(rows.map((row) => row.id));
  const missing = migrations.filter(({ id }) => !done.has(id));
  for (const { id, up } of missing) {
    try {
      await up(transaction);
    } catch (error) {
      if (isBusy(error)) throw error;
      throw new DatabaseMigrationError(`Migration '${id}' of ${table} failed; nothing was changed`, {
        cause: error,
      });
    }
    await transaction(table).insert({ id, applied_at: new Date(clock.now()).toISOString() });
  }
  return missing.map(({ id }) => id);
}

function isBusy(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  // 55P03 is PostgreSQL's lock_not_available, after lock_timeout.
  return typeof code === 'string' && (/^SQLITE_(BUSY|LOCKED)/.test(code) || code === '55P03');
}

function failure(error: unknown, table: string): DatabaseMigrationError {
  if (error instanceof DatabaseMigrationError) return error;
  return new DatabaseMigrationError(`The migrations of ${table} failed; nothing was changed`, {
    cause: error,
  });
}
