/**
 * Remembers which auth transactions were spent until they would have expired, for all replicas, so that a callback works once
 * even if somebody kept the cookie.
 */
import { clockServiceRef, type ClockService } from '@vestibule/backend-plugin-api';
import { fingerprint, type LogoutToken } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef, type AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { statement } from '../database/statement.ts';
import { createTidying } from '../database/tidying.ts';
import { internalService } from '../internalService.ts';
import { transactionLifetimeMilliseconds, type AuthTransaction } from './transaction.ts';

const tidyEveryMilliseconds = 60_000;

/** Gives a row where there was none. */
const insertOnce = statement((knex, { hash, expiresAt }: { hash: string; expiresAt: number }) =>
  knex(tables.consumedAttempts)
    .insert({ handle_hash: hash, expires_at: expiresAt })
    .onConflict('handle_hash')
    .ignore()
    .returning('handle_hash'),
);

/** The record of spent transactions. */
export class UsedStates {
  private readonly tidy: () => void;

  constructor(
    private readonly database: AuthDatabase,
    clock: ClockService,
  ) {
    this.tidy = createTidying(clock, tidyEveryMilliseconds, async (now) =>
      (await database.client())(tables.consumedAttempts).where('expires_at', '<', now).delete(),
    );
  }

  /** Marks a transaction as spent; `false` where it was already. */
  async markUsed({ state, startedAt }: AuthTransaction): Promise<boolean> {
    const expiresAt = startedAt + transactionLifetimeMilliseconds;
    return this.markOnce(fingerprint(state), expiresAt);
  }

  /** Marks a logout token as spent; `false` where it was already. */
  async markTokenUsed(token: Pick<LogoutToken, 'issuer' | 'tokenId' | 'expiresAt'>): Promise<boolean> {
    return this.markOnce(hashOfToken(token), token.expiresAt);
  }

  /** Lets a logout token count again, by which nothing has come about. */
  async markTokenUnused(token: Pick<LogoutToken, 'issuer' | 'tokenId'>): Promise<void> {
    const knex = await this.database.client();
    await knex(tables.consumedAttempts)
      .where({ handle_hash: hashOfToken(token) })
      .delete();
  }

  private async markOnce(hash: string, expiresAt: number): Promise<boolean> {
    const inserted = await insertOnce(await this.database.client(), { hash, expiresAt });
    this.tidy();
    return inserted.length > 0;
  }
}

/** A state, which is random, has no such form. */
function hashOfToken({ issuer, tokenId }: Pick<LogoutToken, 'issuer' | 'tokenId'>): string {
  return fingerprint(JSON.stringify(['logout_token', issuer, tokenId]));
}

/** Within sign-in. */
export const usedStatesServiceRef = internalService({
  id: 'vestibule.auth.usedStates',
  deps: { database: authDatabaseServiceRef, clock: clockServiceRef },
  factory: ({ database, clock }) => new UsedStates(database, clock),
});
