/** The service `vestibule.auth.sessionStore`: where the sessions of sign-in are kept. */
import { createServiceRef } from '@vestibule/backend-plugin-api';
import { defaultServiceFactory } from './defaultServices.ts';
import type { SessionSource } from './sessionSource.ts';

/**
 * A session as a store has it. Times are milliseconds since the epoch.
 *
 * What is worth stealing is sealed before it comes here, under a key that is derived from the session token and the sealing
 * secret: a store sees neither. It hands back what it was given, to the letter.
 *
 * @public
 */
export interface StoredSession {
  /** What the session is found by: the SHA-256 of its session token, in base64url. */
  readonly key: string;
  readonly providerId: string;
  readonly environment: string;
  /**
   * Whose it is, as the reference is issued. Absent where sign-in is not what the provider is for, and until the next refresh of
   * what a release before has stored. A store that leaves it out can be no {@link SearchableSessionStore}.
   */
  readonly userEntityRef?: string;
  /** The browser that signed in, in words of ours, such as `Firefox on Linux`: at most 64 characters. */
  readonly browser?: string;
  /** The scopes that were asked for at sign-in. */
  readonly scopes: readonly string[];
  /** The provider's tokens. */
  readonly sealedTokens: string;
  /** Counts the writes of `sealedTokens`, from 1. */
  readonly tokensVersion: number;
  /** Who it is. */
  readonly sealedIdentity: string;
  /** Counts the writes of `sealedIdentity`, from 1. */
  readonly identityVersion: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** When it ends, whatever happens. */
  readonly endsAt: number;
  /** When the provider or the catalog became unavailable, and when that was last seen. Absent while all is well. */
  readonly outage?: { readonly since: number; readonly seenAt: number };
}

/**
 * Keeps sessions, for all replicas. Replace it with one factory for {@link sessionStoreServiceRef}; `describeSessionStore` of
 * `@vestibule/backend-test-utils` says whether a replacement keeps its promises.
 *
 * Tokens and identity are written apart, each only over the version that the writer has read: of two replicas that rotate one
 * refresh token, one is told that it came second, and nothing is lost. A method rejects while the store does not answer, with
 * whatever error; sign-in then refuses with `ERR_AUTH_UNAVAILABLE`, and no session ends by it.
 *
 * Sign-in judges itself whether a session is too old. A store may forget one from a day after its `endsAt`, and from 30 days
 * after its `lastUsedAt`; it never forgets one earlier.
 *
 * @public
 */
export interface SessionStoreService {
  /** Keeps a new session. Its key is of a random session token, and so never there already. */
  create(session: StoredSession): Promise<void>;
  /** The session with a key, as it was last written; `undefined` where there is none. */
  find(key: string): Promise<StoredSession | undefined>;
  /**
   * Writes tokens, and counts their version up by one, where `tokensVersion` is still the one stored.
   *
   * @returns `false` where it is not, or where the session is gone: nothing was written.
   */
  saveTokens(key: string, tokensVersion: number, sealedTokens: string): Promise<boolean>;
  /**
   * Writes the identity as {@link SessionStoreService.saveTokens} writes tokens, and leaves those alone.
   *
   * @param userEntityRef - Whose the session is from now on; without it, nobody's that is known.
   */
  saveIdentity(
    key: string,
    identityVersion: number,
    sealedIdentity: string,
    userEntityRef?: string,
  ): Promise<boolean>;
  /** Notes an outage, or with `undefined` that all is well. Changes no version. */
  saveOutage(key: string, outage: { since: number; seenAt: number } | undefined): Promise<void>;
  /** Notes when the session was last used. Changes no version. */
  saveLastUse(key: string, lastUsedAt: number): Promise<void>;
  /**
   * Takes the lease of a session, so that one replica at a time renews it. A lease ends by itself after so many milliseconds,
   * by the clock of the store rather than that of a replica, where the store has one.
   *
   * @returns `false` where another owner has it, or where the session is gone; `'lapsed'` where it was taken from an owner
   *   that never gave it back, and may still have something to write.
   */
  takeLease(key: string, owner: string, milliseconds: number): Promise<boolean | 'lapsed'>;
  /**
   * Lets a lease last so many milliseconds from now, where this owner still has it.
   *
   * @returns `false` where it has it no more: it ended and another took it, it was given back, or the session is gone.
   */
  prolongLease(key: string, owner: string, milliseconds: number): Promise<boolean>;
  /** Gives a lease back, where this owner still has it. */
  releaseLease(key: string, owner: string): Promise<void>;
  /** Ends a session: nobody finds it any more. One that is gone already is no error. */
  end(key: string): Promise<void>;
}

/**
 * A store that also finds sessions by what they are of, for operators and for people who look at their own. One that does not
 * is a store all the same: sign-in works, and whoever asks for sessions is told `ERR_SESSIONS_NOT_SEARCHABLE`.
 *
 * @public
 */
export interface SearchableSessionStore extends SessionStoreService, SessionSource {}

/** Whether a store finds sessions by what they are of. @public */
export function isSearchable(store: SessionStoreService): store is SearchableSessionStore {
  const { search, endWhere } = store as Partial<SearchableSessionStore>;
  return typeof search === 'function' && typeof endWhere === 'function';
}

/** Where sessions are kept. By default a table of the database of sign-in. @public */
export const sessionStoreServiceRef = createServiceRef<SessionStoreService>({
  id: 'vestibule.auth.sessionStore',
  defaultFactory: async () => defaultServiceFactory('sessionStoreServiceFactory'),
});
