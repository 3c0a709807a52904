/** The keys of `backend.database`, as Backstage names them. */
import { z } from 'zod';

const secret = { visibility: 'secret' };
// Of Backstage's, `embedded-postgres` ends with the process, and so does the memory that takes its place.
const client = z.enum(['better-sqlite3', 'sqlite3', 'pg', 'embedded-postgres']);
const connection = z.union([
  // A connection string may hold a password.
  z.string().meta(secret),
  z.looseObject({
    // Backstage has other kinds for databases in a cloud, of which this one would take the local host.
    type: z
      .literal('default', {
        error:
          "must be 'default', as no other kind of connection is offered: set host, port, user and password of the server or of a proxy to it, or a connectionString",
      })
      .optional(),
    filename: z.string().optional(),
    directory: z.string().optional(),
    host: z.string().optional(),
    port: z.union([z.number(), z.string()]).optional(),
    user: z.string().optional(),
    password: z.string().meta(secret).optional(),
    database: z.string().optional(),
    connectionString: z.string().meta(secret).optional(),
    // Certificates and keys, as node-postgres takes them.
    ssl: z.union([z.boolean(), z.record(z.string(), z.unknown()).meta(secret)]).optional(),
  }),
]);
const knexConfig = z.record(z.string(), z.unknown());

/** The value at `backend.database`. */
export const databaseSchema = z.object({
  client,
  connection: connection.optional(),
  prefix: z.string().optional(),
  schemaPrefix: z.string().optional(),
  pluginDivisionMode: z.enum(['database', 'schema']).optional(),
  ensureExists: z.boolean().optional(),
  ensureSchemaExists: z.boolean().optional(),
  role: z.string().optional(),
  knexConfig: knexConfig.optional(),
  skipMigrations: z.boolean().optional(),
  /** Whether connections of each plugin are asked something every minute, so that nothing between takes them for dead. */
  keepalive: z.boolean().optional(),
  plugin: z
    .record(
      z.string(),
      z.object({
        client: client.optional(),
        connection: connection.optional(),
        ensureExists: z.boolean().optional(),
        ensureSchemaExists: z.boolean().optional(),
        role: z.string().optional(),
        knexConfig: knexConfig.optional(),
        skipMigrations: z.boolean().optional(),
      }),
    )
    .optional(),
});

/** What this service reads of the whole config, for backends with a database service of their own. @public */
export const databaseConfigSchema = z.object({
  backend: z.object({ database: databaseSchema.optional() }).optional(),
});

/** The value of `backend.database`. @public */
export type DatabaseSettings = z.infer<typeof databaseSchema>;
