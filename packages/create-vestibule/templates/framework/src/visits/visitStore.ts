/** Counts visits, and keeps the number in the database of the plugin. */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type DatabaseService,
} from '@vestibule/backend-plugin-api';
import { migrate } from '@vestibule/database-migrations';

export interface VisitStore {
  /** @returns how many there are, this one included. */
  add(): Promise<number>;
}

/** Replace it with one factory, to count elsewhere. */
export const visitStoreServiceRef = createServiceRef<VisitStore>({
  id: 'visits.store',
  scope: 'plugin',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: { database: coreServices.database },
      factory: ({ database }) => createDatabaseStore(database),
    }),
});

async function createDatabaseStore(database: DatabaseService): Promise<VisitStore> {
  const knex = await database.getClient();
  await migrate(knex, {
    table: 'vestibule_visits_migrations',
    migrations: [
      {
        id: '001-visits',
        up: async (transaction) => {
          await transaction.schema.createTable('visits', (table) => table.integer('number').notNullable());
          await transaction('visits').insert({ number: 0 });
        },
      },
    ],
  });
  return {
    async add() {
      const [row] = await knex('visits').increment('number').returning<{ number: number }[]>('number');
      return row?.number ?? 0;
    },
  };
}
