/** From `backend.database` to where one plugin's data lies. Pure: connects to nothing. */
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import type { DatabaseSettings } from './databaseConfigSchema.ts';
import { DatabaseConfigError } from './errors.ts';

const defaultPrefix = 'backstage_plugin_';
// PostgreSQL cuts longer names off, so that two plugins could end up in one place.
const maxNameBytes = 63;

/** Where one plugin's data lies. */
export type DatabasePlan = SqlitePlan | PostgresPlan;

export interface SqlitePlan {
  engine: 'sqlite';
  /** `:memory:`, or the path of a file. */
  filename: string;
  knexConfig: Record<string, unknown>;
  skipMigrations: boolean;
}

export interface PostgresPlan {
  engine: 'pg';
  connection: ClientConfig;
  /** For messages: `host:port/database`. */
  place: string;
  /** The plugin's schema, where plugins share a database. */
  schema?: string;
  role?: string;
  ensureDatabase: boolean;
  ensureSchema: boolean;
  knexConfig: Record<string, unknown>;
  skipMigrations: boolean;
}

/**
 * @throws DatabaseConfigError `ERR_DATABASE_CONFIG_INVALID`.
 */
export function planDatabase(settings: DatabaseSettings, pluginId: string): DatabasePlan {
  const own = settings.plugin?.[pluginId];
  const client = own?.client ?? settings.client;
  // What the base says about another engine is of no use to this plugin.
  const base = engineOf(client) === engineOf(settings.client) ? settings.connection : undefined;
  const shared = {
    knexConfig: { ...settings.knexConfig, ...own?.knexConfig },
    skipMigrations: own?.skipMigrations ?? settings.skipMigrations ?? false,
  };
  if (client === 'embedded-postgres') return { engine: 'sqlite', filename: ':memory:', ...shared };
  if (engineOf(client) === 'sqlite') {
    return { engine: 'sqlite', filename: sqliteFilename(base, own?.connection, pluginId), ...shared };
  }

  const isSchemaMode = settings.pluginDivisionMode === 'schema';
  const baseConnection = clientConfigOf(base);
  // One database for each plugin, unless they are kept apart by schema.
  if (!isSchemaMode) delete baseConnection.database;
  const connection: ClientConfig = {
    application_name: `backstage_plugin_${pluginId}`,
    ...baseConnection,
    ...clientConfigOf(own?.connection),
  };
  if (!isSchemaMode) connection.database ??= `${settings.prefix ?? defaultPrefix}${pluginId}`;
  const schema = isSchemaMode ? `${settings.schemaPrefix ?? ''}${pluginId}` : undefined;
  for (const name of [connection.database, schema]) checkLength(name);
  const role = own?.role ?? settings.role;
  const ensureDatabase = own?.ensureExists ?? settings.ensureExists ?? true;
  return {
    engine: 'pg',
    connection,
    place: `${connection.host ?? 'localhost'}:${connection.port ?? 5432}/${connection.database ?? ''}`,
    ...(schema !== undefined && { schema }),
    ...(role !== undefined && { role }),
    ensureDatabase: ensureDatabase && connection.database !== undefined,
    ensureSchema:
      isSchemaMode && (ensureDatabase || (own?.ensureSchemaExists ?? settings.ensureSchemaExists ?? false)),
    ...shared,
  };
}

/**
 * The database that the shared connection names without effect: each plugin has one of its own, as in Backstage. Not the
 * administrative one, which many connection strings name.
 */
export function unusedDatabase(settings: DatabaseSettings): string | undefined {
  if (engineOf(settings.client) !== 'pg' || settings.pluginDivisionMode === 'schema') return undefined;
  const { database } = clientConfigOf(settings.connection);
  return typeof database === 'string' && database !== 'postgres' ? database : undefined;
}

function engineOf(client: DatabaseSettings['client']): 'sqlite' | 'pg' | 'none' {
  if (client === 'embedded-postgres') return 'none';
  return client === 'pg' ? 'pg' : 'sqlite';
}

type Connection = DatabaseSettings['connection'];

function sqliteFilename(base: Connection, own: Connection, pluginId: string): string {
  const [shared, private_] = [base, own].map((one) =>
    typeof one === 'string' ? { filename: one } : (one ?? {}),
  );
  if (private_?.filename !== undefined) {
    return private_.filename === ':memory:' || private_.directory === undefined
      ? private_.filename
      : join(private_.directory, private_.filename);
  }
  const directory = private_?.directory ?? shared?.directory;
  if (directory !== undefined) return join(directory, `${pluginId}.sqlite`);
  if (shared?.filename === ':memory:') return ':memory:';
  if (shared?.filename !== undefined) {
    throw new DatabaseConfigError('backend.database.connection names one file, but each plugin has its own', {
      hint: `Set backend.database.connection.directory, or backend.database.plugin.${pluginId}.connection.filename.`,
    });
  }
  throw new DatabaseConfigError('backend.database.connection does not say where to keep the data', {
    hint: "Set it to ':memory:', or set backend.database.connection.directory.",
  });
}

function clientConfigOf(connection: Connection): ClientConfig {
  if (connection === undefined) return {};
  const given = typeof connection === 'string' ? { connectionString: connection } : connection;
  const { connectionString, ...rest } = given as ClientConfig;
  if (connectionString === undefined) return { ...rest };
  let parsed: ClientConfig;
  try {
    parsed = parseIntoClientConfig(connectionString);
  } catch {
    // The cause would quote the string, which may hold a password.
    throw new DatabaseConfigError('The connection string of backend.database cannot be understood', {
      hint: 'Write it as postgresql://user:password@host:5432, with special characters percent-encoded.',
    });
  }
  const known = Object.entries({ ...parsed, ...rest }).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return Object.fromEntries(known);
}

function checkLength(name: string | undefined): void {
  if (name === undefined || Buffer.byteLength(name) <= maxNameBytes) return;
  throw new DatabaseConfigError(
    `The database or schema name '${name}' is longer than ${maxNameBytes} bytes`,
    {
      hint: 'Shorten backend.database.prefix or backend.database.schemaPrefix.',
    },
  );
}
