/**
 * Which sessions here belong to which session at a provider, so that they end with it (OpenID Connect Back-Channel Logout
 * 1.0). A table of its own, whatever store the sessions are in; what the provider names people and sessions by stands in it
 * hashed.
 */
import { clockServiceRef, type ClockService } from '@vestibule/backend-plugin-api';
import {
  fingerprint,
  sessionStoreServiceRef,
  type LogoutToken,
  type SessionStoreService,
} from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef, type AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { statement } from '../database/statement.ts';
import { createTidying } from '../database/tidying.ts';
import { internalService } from '../internalService.ts';

const tidyEveryMilliseconds = 10 * 60_000;

/** The client at the provider. */
export interface ProviderClient {
  readonly providerId: string;
  readonly environment: string;
}

interface Row {
  session_key: string;
  subject_hash: string;
  session_hash: string | null;
  ends_at: number;
}

const insertRow = statement((knex, row: Row) => knex<Row>(tables.providerSessions).insert({ ...row }));

/** The sessions of sessions elsewhere. Every method rejects while the database does not answer. */
export class ProviderSessions {
  private readonly tidy: () => void;

  constructor(
    private readonly database: AuthDatabase,
    private readonly store: Pick<SessionStoreService, 'end'>,
    clock: ClockService,
  ) {
    this.tidy = createTidying(clock, tidyEveryMilliseconds, async (now) =>
      (await database.client())<Row>(tables.providerSessions).where('ends_at', '<', now).delete(),
    );
  }

  /** Notes a session before its browser has it. `id`: the `sid` of the ID token, where it had one. */
  async note(
    client: ProviderClient,
    session: { sessionToken: string; issuer: string; subject: string; id?: string; endsAt: number },
  ): Promise<void> {
    const { sessionToken, issuer, subject, id, endsAt } = session;
    await insertRow(await this.database.client(), {
      session_key: fingerprint(sessionToken),
      subject_hash: hashOf(client, 'sub', issuer, subject),
      session_hash: id === undefined ? null : hashOf(client, 'sid', issuer, id),
      ends_at: endsAt,
    });
    this.tidy();
  }

  /** Forgets a session that has ended here. */
  async forget(sessionToken: string): Promise<void> {
    const knex = await this.database.client();
    await knex<Row>(tables.providerSessions)
      .where({ session_key: fingerprint(sessionToken) })
      .delete();
  }

  /**
   * Ends the sessions that a verified logout token speaks of. One that names a session ends those of that session, and those of
   * its subject of which no session is known; one that names a subject alone, all of that subject.
   *
   * @returns how many.
   */
  async end(client: ProviderClient, { issuer, subject, sessionId }: LogoutToken): Promise<number> {
    const knex = await this.database.client();
    const ofSubject = subject === undefined ? {} : { subject_hash: hashOf(client, 'sub', issuer, subject) };
    const found = knex<Row>(tables.providerSessions).where(ofSubject);
    if (sessionId !== undefined) {
      const session_hash = hashOf(client, 'sid', issuer, sessionId);
      found.andWhere((either) => {
        either.where({ session_hash });
        if (subject !== undefined) either.orWhereNull('session_hash');
      });
    }
    const keys = (await found.select('session_key')).map((row) => row.session_key);
    for (const key of keys) {
      await this.store.end(key);
      // After the session: where that fails, the provider says it again.
      await knex<Row>(tables.providerSessions).where({ session_key: key }).delete();
    }
    return keys.length;
  }
}

/** Of one client only: what another one is told ends nothing here. */
function hashOf(
  { providerId, environment }: ProviderClient,
  claim: 'sub' | 'sid',
  issuer: string,
  value: string,
): string {
  return fingerprint(JSON.stringify([providerId, environment, claim, issuer, value]));
}

/** Within sign-in. */
export const providerSessionsServiceRef = internalService({
  id: 'vestibule.auth.providerSessions',
  deps: { database: authDatabaseServiceRef, store: sessionStoreServiceRef, clock: clockServiceRef },
  factory: ({ database, store, clock }) => new ProviderSessions(database, store, clock),
});
