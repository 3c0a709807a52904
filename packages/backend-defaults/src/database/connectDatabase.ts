/** Connects to one plugin's database. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { connectPostgres } from './connectPostgres.ts';
import { connectSqlite } from './connectSqlite.ts';
import type { DatabaseSettings } from './databaseConfigSchema.ts';
import { planDatabase } from './databasePlan.ts';

/**
 * Connects as `core.database` does, for tools and tests that run no backend. The caller ends it with `destroy()`.
 *
 * @param settings - The value of `backend.database`.
 * @throws `ERR_DATABASE_CONFIG_INVALID`, `ERR_DATABASE_UNAVAILABLE`.
 * @public
 */
export async function connectDatabase(
  settings: DatabaseSettings,
  pluginId: string,
  logger: LoggerService,
): Promise<Knex> {
  return connectLive(() => settings, pluginId, logger);
}

/** The same, with settings whose password may be another for each new connection. */
export async function connectLive(
  settings: () => DatabaseSettings,
  pluginId: string,
  logger: LoggerService,
): Promise<Knex> {
  const plan = planDatabase(settings(), pluginId);
  const log = knexLog(logger);
  if (plan.engine !== 'pg') return connectSqlite(plan, log);
  return connectPostgres(plan, log, () => {
    const current = planDatabase(settings(), pluginId);
    return current.engine === 'pg' ? current.connection.password : undefined;
  });
}

/** knex prints to the console otherwise. It passes text, or objects that may hold settings: those are left out. */
function knexLog(logger: LoggerService): Knex.Logger {
  const text = (message: unknown): string =>
    typeof message === 'string' ? `knex: ${message}` : 'knex: a problem';
  return {
    debug: (message) => logger.debug(text(message)),
    warn: (message) => logger.warn(text(message)),
    error: (message) => logger.warn(text(message)),
    deprecate: (method) => logger.debug(`knex: ${method} is deprecated`),
  };
}
