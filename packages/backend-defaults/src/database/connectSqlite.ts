/**
 * The embedded engine. One connection for each plugin and process: a second would be a second database in memory, and a
 * second place to wait in a file.
 */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Knex } from 'knex';
import type { SqlitePlan } from './databasePlan.ts';
import { DatabaseUnavailableError } from './errors.ts';
import { loadSqliteClient } from './sqliteClient.ts';
import { loadSqliteDriver } from './sqliteDriver.ts';

/**
 * Creates the file, where it is not there, for nobody else to read, whatever its directory allows; SQLite gives its other
 * files the same mode. One that is there is not touched: to close it would drop the locks that this process has on it
 * (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
async function createPrivately(filename: string): Promise<void> {
  try {
    await (await open(filename, 'wx', 0o600)).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Opens the file, creating it and its directory where they are missing. */
export async function connectSqlite(plan: SqlitePlan, log: Knex.Logger): Promise<Knex> {
  const { default: knexFactory } = await import('knex');
  const driver = await loadSqliteDriver();
  try {
    if (plan.filename !== ':memory:') {
      await mkdir(dirname(plan.filename), { recursive: true, mode: 0o700 });
      await createPrivately(plan.filename);
    }
    const knex = knexFactory({
      ...plan.knexConfig,
      client: await loadSqliteClient(driver),
      connection: { filename: plan.filename },
      useNullAsDefault: true,
      // Messages with the SQL would carry its values, and thereby secrets, into the log.
      compileSqlOnError: false,
      log,
      pool: { min: 1, max: 1, acquireTimeoutMillis: 10_000 },
    });
    // Plugins, the catalog of Backstage among them, tell engines apart by this name, which a class would not have.
    (knex.client as Knex.Client).config.client = 'better-sqlite3';
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
