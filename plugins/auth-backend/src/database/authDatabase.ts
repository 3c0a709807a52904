/** The service `vestibule.auth.database`: the database of sign-in, opened when somebody first asks it. */
import { coreServices, once, type DatabaseService } from '@vestibule/backend-plugin-api';
import { migrate } from '@vestibule/database-migrations';
import type { Knex } from 'knex';
import { internalService } from '../internalService.ts';
import { limitQueries } from './limitQueries.ts';
import { migrations, tables } from './migrations.ts';

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
