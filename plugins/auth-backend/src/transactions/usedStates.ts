/**
 * Remembers which auth transactions were spent until they would have expired, for all replicas, so that a callback works once
 * even if somebody kept the cookie.
 */
import {
  clockServiceRef,
  createServiceFactory,
  createServiceRef,
  type ClockService,
} from '@vestibule/backend-plugin-api';
import { fingerprint } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef, type AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { transactionLifetimeMilliseconds, type AuthTransaction } from './transaction.ts';

const cleanupEveryMilliseconds = 60_000;

/** The record of spent transactions. */
export interface UsedStates {
  /** Marks a transaction as spent; `false` where it was already. */
  markUsed(transaction: AuthTransaction): Promise<boolean>;
}

function createUsedStates(database: AuthDatabase, clock: ClockService): UsedStates {
  let cleanedAt = 0;

  return {
    async markUsed({ state, startedAt }) {
      const now = clock.now();
      const knex = await database.client();
      if (now - cleanedAt > cleanupEveryMilliseconds) {
        cleanedAt = now;
        await knex(tables.consumedAttempts).where('expires_at', '<', now).delete();
      }
      const inserted = await knex(tables.consumedAttempts)
        .insert({ handle_hash: fingerprint(state), expires_at: startedAt + transactionLifetimeMilliseconds })
        .onConflict('handle_hash')
        .ignore()
        .returning('handle_hash');
      return inserted.length > 0;
    },
  };
}

/** Within sign-in. */
export const usedStatesServiceRef = createServiceRef<UsedStates>({
  id: 'vestibule.auth.usedStates',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: { database: authDatabaseServiceRef, clock: clockServiceRef },
      factory: ({ database, clock }) => createUsedStates(database, clock),
    }),
});
