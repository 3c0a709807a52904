/** What userinfo answers for each user: written at sign-in and refresh, and only when it changed. */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { RefusalError } from '@vestibule/plugin-auth-node';
import { tables } from '../database/migrations.ts';
import type { UserTokenClaims } from './userTokens.ts';

/** The member `claims` of a userinfo answer. */
export interface StoredClaims {
  sub: string;
  ent: readonly string[];
  [claim: string]: unknown;
}

/** The store. Both throw `ERR_AUTH_UNAVAILABLE` while the database is away. */
export interface UserInfoStore {
  write(claims: UserTokenClaims): Promise<void>;
  read(sub: string): Promise<StoredClaims | undefined>;
}

export function createUserInfoStore(database: Knex, clock: ClockService): UserInfoStore {
  return {
    async write({ sub, ent, additional }) {
      const claims = JSON.stringify({ ...additional, sub, ent });
      await database(tables.userInfo)
        .insert({ user_entity_ref: sub, claims, updated_at: clock.now() })
        .onConflict('user_entity_ref')
        .merge()
        .whereNot(`${tables.userInfo}.claims`, claims)
        .catch(throwUnavailable);
    },
    async read(sub) {
      const row = await database<{ user_entity_ref: string; claims: string }>(tables.userInfo)
        .where({ user_entity_ref: sub })
        .first('claims')
        .catch(throwUnavailable);
      return row && (JSON.parse(row.claims) as StoredClaims);
    },
  };
}

function throwUnavailable(cause: unknown): never {
  throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause, hint: 'The database did not answer.' });
}
