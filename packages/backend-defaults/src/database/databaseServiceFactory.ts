/** `core.database`: one knex for each plugin, connected when it is first asked for and closed at shutdown. */
import {
  coreServices,
  createServiceFactory,
  configProblemAt,
  once,
  readConfig,
  readinessServiceRef,
  withConfigJudge,
  withProductionCheck,
  type Config,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
  type ConfigProblem,
  type DatabaseService,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { connectLive } from './connectDatabase.ts';
import { databaseConfigSchema, type DatabaseSettings } from './databaseConfigSchema.ts';
import { planDatabase, unusedDatabase } from './databasePlan.ts';
import { followDatabase } from './followDatabase.ts';
import { createKeepAlive } from './keepAlive.ts';
import { DatabaseConfigError } from './errors.ts';
import type { SqliteDriver } from './sqliteDriver.ts';

/**
 * Provides `core.database` from `backend.database`. Without that key data is kept in memory, with a warning; in
 * production it is required.
 *
 * @throws `ERR_CONFIG_DATABASE_MISSING` and `ERR_DATABASE_CONFIG_INVALID` at start-up; `getClient` throws `ERR_DATABASE_UNAVAILABLE` and can be tried again.
 * @public
 */
export const databaseServiceFactory = createServiceFactory({
  service: coreServices.database,
  deps: {
    config: coreServices.rootConfig,
    rootLogger: coreServices.rootLogger,
    rootLifecycle: coreServices.rootLifecycle,
    logger: coreServices.logger,
    plugin: coreServices.pluginMetadata,
    readiness: readinessServiceRef,
  },
  configSchema: withConfigJudge(withProductionCheck(databaseConfigSchema, problemsInProduction), judgePlans),
  createRootContext({ config, rootLogger, rootLifecycle }) {
    const settings = readConfig({ config, schema: databaseConfigSchema }).backend?.database;
    if (settings)
      for (const { message } of unusedDatabaseWarnings(config, settings)) rootLogger.warn(message);
    const open = new Set<Knex>();
    const keepAlive = settings?.keepalive === true ? createKeepAlive() : undefined;
    // Root hooks run after those of the plugins, which may still write.
    rootLifecycle.addShutdownHook(async function closeDatabases() {
      keepAlive?.stop();
      await Promise.all([...open].map(async (knex) => knex.destroy()));
    });
    if (settings && clientsOf(settings).includes(embeddedPostgres)) warnOfMemory(rootLogger, notOffered);
    const told = new Set<string>();
    const onOpen = (knex: Knex): void => {
      open.add(knex);
      const driver = driverOf(knex);
      if (driver !== undefined && !told.has(driver))
        rootLogger.info(`Embedded database: SQLite by ${driver}`);
      if (driver !== undefined) told.add(driver);
    };
    const given = settings ?? inMemory(rootLogger);
    return { settings: given, current: followDatabase(config, given, rootLogger), onOpen, keepAlive };
  },
  factory({ logger, plugin, readiness }, { settings, current, onOpen, keepAlive }) {
    const pluginId = plugin.getId();
    return createDatabaseService(current, pluginId, logger, (knex) => {
      onOpen(knex);
      readiness.watch({
        reason: `the database of plugin '${pluginId}' cannot be reached`,
        ask: async () => {
          await knex.raw('SELECT 1').timeout(questionMilliseconds);
        },
      });
      if (planDatabase(settings, pluginId).engine === 'pg') keepAlive?.add(knex, logger);
    });
  },
});

/** After this a connection that looks alive and is not is replaced. Readiness asks no second question meanwhile. */
const questionMilliseconds = 2000;

/** Of the embedded engine. */
function driverOf(knex: Knex): string | undefined {
  const { driverName, driver } = knex.client as { driverName: string; driver: SqliteDriver };
  return driverName === 'better-sqlite3' ? driver.name : undefined;
}

const suggestion =
  "Set it to { client: better-sqlite3, connection: { directory: './data' } }, or to a PostgreSQL server.";

const embeddedPostgres = 'embedded-postgres';
const notOffered = "backend.database: 'client: embedded-postgres' is not offered";

/** What is kept in memory would be lost at each restart: sessions, and the keys that verify tokens. */
function problemsInProduction(config: Config): ConfigProblem[] {
  const message = reasonForMemory(config);
  if (message === undefined) return [];
  return [
    configProblemAt(config, 'backend.database', {
      code: 'ERR_CONFIG_DATABASE_MISSING',
      message: `${message}; in production it must say where data is kept`,
      suggestion,
    }),
  ];
}

/** Whether every plugin has a place for its data. */
function judgePlans({ config, pluginIds }: ConfigJudgeContext): ConfigJudgeFindings {
  const settings = settingsOf(config);
  const problems = pluginIds.flatMap((pluginId): ConfigProblem[] => {
    try {
      if (settings) planDatabase(settings, pluginId);
      return [];
    } catch (error) {
      if (!(error instanceof DatabaseConfigError)) throw error;
      const { code, message, hint } = error;
      return [configProblemAt(config, 'backend.database', { code, message, suggestion: hint })];
    }
  });
  const messages = problems.map(({ message }) => message);
  return {
    problems: problems.filter(({ message }, index) => messages.indexOf(message) === index),
    // Of a connection that cannot be understood nothing is known.
    warnings: settings && problems.length === 0 ? unusedDatabaseWarnings(config, settings) : [],
  };
}

/** None or one. */
function unusedDatabaseWarnings(config: Config, settings: DatabaseSettings): ConfigProblem[] {
  const name = unusedDatabase(settings);
  if (name === undefined) return [];
  const { prefix = 'backstage_plugin_' } = settings;
  return [
    configProblemAt(config, 'backend.database.connection', {
      code: 'ERR_DATABASE_NAME_UNUSED',
      message: `backend.database.connection names the database '${name}', which is not used: each plugin has its own, as '${prefix}auth' for the plugin auth`,
      suggestion:
        "To keep all plugins in it, each in a schema, set backend.database.pluginDivisionMode to 'schema'.",
    }),
  ];
}

/** `undefined` where there are none, or the schema refuses them. */
function settingsOf(config: Config): DatabaseSettings | undefined {
  try {
    return readConfig({ config, schema: databaseConfigSchema }).backend?.database;
  } catch {
    return undefined;
  }
}

/** The config may be wrong in any way, which the schema tells. */
function reasonForMemory(config: Config): string | undefined {
  const backend = config.getOptional<unknown>('backend');
  if (typeof backend !== 'object' || backend === null || !('database' in backend)) {
    return 'backend.database is missing';
  }
  const settings = settingsOf(config);
  return settings && clientsOf(settings).includes(embeddedPostgres) ? notOffered : undefined;
}

function clientsOf({ client, plugin = {} }: DatabaseSettings): unknown[] {
  return [client, ...Object.values(plugin).map((own) => own.client)];
}

function inMemory(logger: LoggerService): DatabaseSettings {
  warnOfMemory(logger, 'backend.database is not set');
  return { client: 'better-sqlite3', connection: ':memory:' };
}

function warnOfMemory(logger: LoggerService, reason: string): void {
  logger.warn(`${reason}: everything is kept in memory and lost at the end. ${suggestion}`);
}

function createDatabaseService(
  settings: () => DatabaseSettings,
  pluginId: string,
  logger: LoggerService,
  onOpen: (knex: Knex) => void,
): DatabaseService {
  const { skipMigrations } = planDatabase(settings(), pluginId);
  return {
    getClient: once(async () => {
      const knex = await connectLive(settings, pluginId, logger);
      onOpen(knex);
      return knex;
    }),
    migrations: { skip: skipMigrations },
  };
}
