/** The default of `userInfoServiceRef`: a table, written at sign-in and refresh, and only where something changed. */
import { clockServiceRef, createServiceFactory } from '@vestibule/backend-plugin-api';
import { userInfoServiceRef, type StoredClaims } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { orUnavailable } from '../errors.ts';

/** @see userInfoServiceRef */
export const userInfoServiceFactory = createServiceFactory({
  service: userInfoServiceRef,
  deps: { database: authDatabaseServiceRef, clock: clockServiceRef },
  factory: ({ database, clock }) => ({
    write: async ({ sub, ent, additional }) =>
      orUnavailable(async () => {
        const claims = JSON.stringify(Object.assign({}, additional, { sub, ent }));
        const knex = await database.client();
        await knex(tables.userInfo)
          .insert({ user_entity_ref: sub, claims, updated_at: clock.now() })
          .onConflict('user_entity_ref')
          .merge()
          .whereNot(`${tables.userInfo}.claims`, claims);
      }),
    read: async (sub) =>
      orUnavailable(async () => {
        const knex = await database.client();
        const row = await knex<{ user_entity_ref: string; claims: string }>(tables.userInfo)
          .where({ user_entity_ref: sub })
          .first('claims');
        return row && (JSON.parse(row.claims) as StoredClaims);
      }),
  }),
});
