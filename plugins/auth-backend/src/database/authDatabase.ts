/** The service `vestibule.auth.database`: the database of sign-in, opened when somebody first asks it. */
import { coreServices, once, type DatabaseService } from '@vestibule/backend-plugin-api';
import { migrate } from '@vestibule/database-migrations';
import type { Knex } from 'knex';
import { internalService } from '../internalService.ts';
import { migrations, tables } from './migrations.ts';

const deadlineMilliseconds = 10_000;

/** The database of sign-in. */
export interface AuthDatabase {
  /** The client, with our tables up to date. Opens it at the first call; one that failed is tried again at the next. */
  client(): Promise<Knex>;
}

export function createAuthDatabase(database: DatabaseService): AuthDatabase {
  return {
    client: once(async () => {
      const client = await database.getClient();
      if (!database.migrations?.skip) await migrate(client, { table: tables.migrations, migrations });
      // A migration may take its time.
      limitQueries(client);
      return client;
    }),
  };
}

/** Within sign-in; a module with tables of its own depends on `coreServices.database`. */
export const authDatabaseServiceRef = internalService({
  id: 'vestibule.auth.database',
  deps: { database: coreServices.database },
  factory: ({ database }) => createAuthDatabase(database),
});

/**
 * A deadline for every query. A server that fails over without a word, or a network that swallows packets, leaves
 * connections that look alive: what waits on them would wait until the operating system gives up, a quarter of an hour
 * later, and so would whoever gets the same connection from the pool next.
 *
 * Lets each query fail that was not answered in time, and knex replace its connection. On PostgreSQL: an embedded database
 * answers or fails by itself, and one in memory would be lost with its connection.
 *
 * @param milliseconds - Default 10 s.
 */
export function limitQueries(database: Knex, milliseconds: number = deadlineMilliseconds): void {
  const { driverName } = database.client as { driverName?: unknown };
  if (driverName !== 'pg') return;
  // Before a query is made into SQL. What is no single query, such as a change of the schema, knows no deadline.
  database.on('start', (builder: { timeout?: (milliseconds: number) => unknown }) => {
    builder.timeout?.(milliseconds);
  });
}
