/** Opens one plugin's database beside a backend, for tools. Creates nothing. */
import { access } from 'node:fs/promises';
import { readConfig, type Config, type LoggerService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { connectDatabase } from './connectDatabase.ts';
import { databaseConfigSchema } from './databaseConfigSchema.ts';
import { planDatabase } from './databasePlan.ts';
import { DatabaseInMemoryError, DatabaseUnavailableError } from './errors.ts';

/**
 * Opens the database that `core.database` gives to a plugin, whether its backend runs or not. Neither database nor schema
 * nor file is created, and no migration runs. The caller ends it with `destroy()`.
 *
 * @param config - The whole config.
 * @throws `ERR_CONFIG_INVALID`, `ERR_DATABASE_CONFIG_INVALID`; `ERR_DATABASE_IN_MEMORY` where there is nothing that another
 *   process could open; `ERR_DATABASE_UNAVAILABLE`.
 * @public
 */
export async function openDatabase(config: Config, pluginId: string, logger: LoggerService): Promise<Knex> {
  const settings = readConfig({ config, schema: databaseConfigSchema }).backend?.database;
  const plan = settings && planDatabase(settings, pluginId);
  if (!plan || (plan.engine === 'sqlite' && plan.filename === ':memory:')) {
    throw new DatabaseInMemoryError(`The data of plugin '${pluginId}' is kept in memory`, {
      hint: "Set backend.database to { client: better-sqlite3, connection: { directory: './data' } }, or to a PostgreSQL server.",
    });
  }
  if (plan.engine === 'sqlite') {
    await access(plan.filename).catch((cause: NodeJS.ErrnoException) => {
      throw isMissingFile(cause)
        ? new DatabaseUnavailableError(`The database file '${plan.filename}' is not there`, {
            hint: 'Start the backend once; run this where it runs, since relative paths begin there.',
            cause,
          })
        : new DatabaseUnavailableError(
            `The database file '${plan.filename}' cannot be reached (${cause.code ?? 'unknown'})`,
            { hint: 'Run this as the user that the backend runs as.', cause },
          );
    });
  }
  const own = { ...settings.plugin?.[pluginId], ...existing };
  try {
    return await connectDatabase(
      { ...settings, plugin: { ...settings.plugin, [pluginId]: own } },
      pluginId,
      logger,
    );
  } catch (error) {
    if (plan.engine !== 'pg' || !isMissingDatabase(error)) throw error;
    throw new DatabaseUnavailableError(`The PostgreSQL database ${plan.place} is not there`, {
      hint: 'Start the backend once, or correct backend.database.',
      cause: error,
    });
  }
}

const existing = { ensureExists: false, ensureSchemaExists: false };

function isMissingFile({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** SQLSTATE invalid_catalog_name, PostgreSQL appendix A. */
function isMissingDatabase(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code === '3D000';
}
