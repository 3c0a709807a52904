/** The default of `userInfoServiceRef`: a table, written at sign-in and refresh, and only where something changed. */
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

const writeChanged = statement((knex, { sub, claims, now }: { sub: string; claims: string; now: number }) =>
  knex<UserInfoRow>(tables.userInfo)
    .insert({ user_entity_ref: sub, claims, updated_at: now })
    .onConflict('user_entity_ref')
    .merge()
    .whereNot(`${tables.userInfo}.claims`, claims),
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
        await writeChanged(await database.client(), { sub, claims, now: clock.now() });
      }),
    read: async (sub) =>
      orUnavailable(async () => {
        const row = await readClaims(await database.client(), { sub });
        return row && (JSON.parse(row.claims) as StoredClaims);
      }),
  }),
});
