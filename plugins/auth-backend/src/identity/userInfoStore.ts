/**
 * The default of `userInfoServiceRef`: a table, read at sign-in and refresh, and written only where something changed, so that a
 * refresh which changes nothing goes on while the database only reads.
 */
import { clockServiceRef, createServiceFactory } from '@vestibule/backend-plugin-api';
import { userInfoServiceRef, type StoredClaims } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { statement } from '../database/statement.ts';
import { orUnavailable } from '../errors.ts';

interface UserInfoRow {
  user_entity_ref: string;
  claims: string;
  updated_at: number | string;
}

const writeClaims = statement((knex, { sub, claims, now }: { sub: string; claims: string; now: number }) =>
  knex<UserInfoRow>(tables.userInfo)
    .insert({ user_entity_ref: sub, claims, updated_at: now })
    .onConflict('user_entity_ref')
    .merge(),
);

const readClaims = statement((knex, { sub }: { sub: string }) =>
  knex<UserInfoRow>(tables.userInfo).where({ user_entity_ref: sub }).first('claims'),
);

/** @see userInfoServiceRef */
export const userInfoServiceFactory = createServiceFactory({
  service: userInfoServiceRef,
  deps: { database: authDatabaseServiceRef, clock: clockServiceRef },
  factory: ({ database, clock }) => ({
    write: async ({ sub, ent, additional }) =>
      orUnavailable(async () => {
        const claims = JSON.stringify(Object.assign({}, additional, { sub, ent }));
        const knex = await database.client();
        if ((await readClaims(knex, { sub }))?.claims === claims) return;
        await writeClaims(knex, { sub, claims, now: clock.now() });
      }),
    read: async (sub) =>
      orUnavailable(async () => {
        const row = await readClaims(await database.client(), { sub });
        return row && (JSON.parse(row.claims) as StoredClaims);
      }),
  }),
});
