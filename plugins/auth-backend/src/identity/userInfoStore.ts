/** The default of `userInfoServiceRef`: a table, written at sign-in and refresh, and only where something changed. */
import { clockServiceRef, createServiceFactory, type ClockService } from '@vestibule/backend-plugin-api';
import {
  RefusalError,
  userInfoServiceRef,
  type AuthUserInfoService,
  type StoredClaims,
} from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef, type AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';

function createUserInfoStore(database: AuthDatabase, clock: ClockService): AuthUserInfoService {
  return {
    async write({ sub, ent, additional }) {
      const claims = JSON.stringify({ ...additional, sub, ent });
      await database
        .client()
        .then(async (knex) =>
          knex(tables.userInfo)
            .insert({ user_entity_ref: sub, claims, updated_at: clock.now() })
            .onConflict('user_entity_ref')
            .merge()
            .whereNot(`${tables.userInfo}.claims`, claims),
        )
        .catch(throwUnavailable);
    },
    async read(sub) {
      const row = await database
        .client()
        .then(async (knex) =>
          knex<{ user_entity_ref: string; claims: string }>(tables.userInfo)
            .where({ user_entity_ref: sub })
            .first('claims'),
        )
        .catch(throwUnavailable);
      return row && (JSON.parse(row.claims) as StoredClaims);
    },
  };
}

function throwUnavailable(cause: unknown): never {
  throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause, hint: 'The database did not answer.' });
}

/** @see userInfoServiceRef */
export const userInfoServiceFactory = createServiceFactory({
  service: userInfoServiceRef,
  deps: { database: authDatabaseServiceRef, clock: clockServiceRef },
  factory: ({ database, clock }) => createUserInfoStore(database, clock),
});
