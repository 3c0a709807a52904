/**
 * PostgreSQL: creates the plugin's database and schema where they are missing, and connects. Connections that broke are
 * left out of the pool, and no connection is kept that nobody uses, so that a server that went away and came back needs
 * no restart here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Client } from 'pg';
import type { PostgresPlan } from './databasePlan.ts';
import { DatabaseUnavailableError } from './errors.ts';

const connectTimeoutMilliseconds = 10_000;
// SQLSTATE codes, PostgreSQL appendix A.
const missingDatabase = '3D000';
const alreadyThere = new Set(['42P04', '42P06', '23505']);
const templateInUse = '55006';
const readOnly = '25006';

/** What `pg` takes for a password: a function is asked for each new connection. */
type Password = PostgresPlan['connection']['password'];

/**
 * Connects, and makes sure that a query succeeds.
 *
 * @param currentPassword - That of a plan that has one, by the time of each new connection.
 */
export async function connectPostgres(
  plan: PostgresPlan,
  log: Knex.Logger,
  currentPassword: () => Password,
): Promise<Knex> {
  try {
    if (plan.ensureDatabase) await ensureDatabase(plan);
    if (plan.ensureSchema) await ensureSchema(plan);
    return await connect(plan, log, currentPassword);
  } catch (error) {
    throw unavailable(plan, error);
  }
}

async function connect(plan: PostgresPlan, log: Knex.Logger, currentPassword: () => Password): Promise<Knex> {
  const { default: knexFactory } = await import('knex');
  const { role } = plan;
  const knex = knexFactory({
    ...plan.knexConfig,
    client: 'pg',
    connection: {
      connectionTimeoutMillis: connectTimeoutMilliseconds,
      keepAlive: true,
      ...plan.connection,
      ...(typeof plan.connection.password === 'string' && { password: currentPassword }),
    } as Knex.PgConnectionConfig,
    ...(plan.schema !== undefined && { searchPath: [plan.schema] }),
    // Messages with the SQL would carry its values, and thereby secrets, into the log.
    compileSqlOnError: false,
    log,
    pool: {
      min: 0,
      max: 10,
      acquireTimeoutMillis: connectTimeoutMilliseconds,
      createTimeoutMillis: connectTimeoutMilliseconds,
      ...(plan.knexConfig['pool'] as object | undefined),
      afterCreate: (client: Client, done: (error: Error | undefined, client: Client) => void) => {
        leaveWhenReadOnly(client);
        if (role === undefined) return done(undefined, client);
        client.query(`SET ROLE ${client.escapeIdentifier(role)}`).then(
          () => done(undefined, client),
          (error: Error) => done(error, client),
        );
      },
    },
  });
  try {
    await knex.raw('SELECT 1');
    return knex;
  } catch (error) {
    await knex.destroy();
    throw error;
  }
}

/**
 * After a fail-over the server that a connection leads to may be one that only reads. The pool drops such a connection, as it does
 * one that broke, so that the next one leads to where the address leads by then.
 */
function leaveWhenReadOnly(client: Client): void {
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.on('errorMessage', ({ code }: { code?: string }) => {
    // How knex marks it.
    if (code === readOnly) Object.assign(client, { __knex__disposed: 'it only reads' });
  });
}

/** Asks for the database itself first: the administrative one may be closed to us. */
async function ensureDatabase(plan: PostgresPlan): Promise<void> {
  const name = plan.connection.database ?? '';
  try {
    await withClient(plan.connection, async () => undefined);
    return;
  } catch (error) {
    if (codeOf(error) !== missingDatabase) throw error;
  }
  await withClient({ ...plan.connection, database: 'postgres' }, async (client) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
        return;
      } catch (error) {
        // Another replica was first.
        if (alreadyThere.has(codeOf(error))) return;
        // Another replica creates a database at this moment.
        if (codeOf(error) !== templateInUse || attempt === 50) throw error;
        await delay(100);
      }
    }
  });
}

async function ensureSchema(plan: PostgresPlan): Promise<void> {
  await withClient(plan.connection, async (client) => {
    const owner = plan.role === undefined ? '' : ` AUTHORIZATION ${client.escapeIdentifier(plan.role)}`;
    try {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(plan.schema ?? '')}${owner}`);
    } catch (error) {
      if (!alreadyThere.has(codeOf(error))) throw error;
    }
  });
}

async function withClient(
  connection: PostgresPlan['connection'],
  act: (client: Client) => Promise<void>,
): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionTimeoutMillis: connectTimeoutMilliseconds, ...connection });
  // A connection that breaks while it is being closed is of no interest.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await act(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const hints: Record<string, string> = {
  ECONNREFUSED: 'Start the server, or correct host and port in backend.database.connection.',
  ENOTFOUND: 'Correct the host in backend.database.connection.',
  '28P01': 'Correct user and password in backend.database.connection.',
  '28000':
    'Let the server accept this user from this address (pg_hba.conf), or correct backend.database.connection.',
  [missingDatabase]: 'Create the database, or leave backend.database.ensureExists at true.',
  '42501': 'Create the database or schema beforehand, or give the user the right to create it.',
};

function unavailable(plan: PostgresPlan, error: unknown): DatabaseUnavailableError {
  const code = codeOf(error);
  const detail = /^[A-Z0-9]+$/.test(code) ? ` (${code})` : '';
  return new DatabaseUnavailableError(`The PostgreSQL database ${plan.place} cannot be reached${detail}`, {
    hint: hints[code] ?? 'Check that the server runs and that backend.database.connection is right.',
    cause: error,
  });
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // A host with several addresses fails with one error for each.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return first === undefined ? '' : codeOf(first);
}
