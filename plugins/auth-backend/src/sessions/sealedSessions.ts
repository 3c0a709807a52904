/**
 * Sessions, opened and sealed above the store: that is told the hash of a session token, and provider tokens and identity
 * encrypted under a key derived from the session token and the sealing secret, so that the store alone opens nothing.
 *
 * Tokens and identity are written apart, each with a version: an identity write never overwrites a refresh token
 * that another request has rotated.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  callersServiceRef,
  coreServices,
  clockServiceRef,
  type ClockService,
  type Deadline,
} from '@vestibule/backend-plugin-api';
import {
  fingerprint,
  isSearchable,
  RefusalError,
  sealingServiceRef,
  sessionStoreServiceRef,
  type MarkedTokens,
  type SealingService,
  type SessionStoreService,
  type StoredSession,
} from '@vestibule/plugin-auth-node';
import { sessionTokensIn } from '../http/providerCookies.ts';
import { holdTokens } from './heldTokens.ts';
import { internalService } from '../internalService.ts';
import { idleMilliseconds, type Session, type SessionIdentity, type VendorTokens } from './session.ts';
import { identityText, readSession, tokensText } from './sessionFormat.ts';
import { reportUnopened } from './unopenedSessions.ts';

const touchEveryMilliseconds = 5 * 60_000;
/** Short, for whoever waits where its process has died; prolonged while there is work under it. */
const leaseMilliseconds = 2500;
const prolongEveryMilliseconds = 800;
/** For the last owner of a lease to write what it got, where it lives and the store was away; it tries twice in that time. */
const settleMilliseconds = 1000;
const pollMilliseconds = 100;
/** Of a session token, whoever made it; that of the first releases is 32 random bytes without a mark. */
const form = /^(?:[\w-]{64}|[\w-]{43})$/;
/** Session tokens that opened a session though a secret of before had marked them. */
const mostProven = 20_000;

/** Which session is meant. */
type SessionAddress = Pick<Session, 'sessionToken' | 'providerId' | 'environment'>;

type NewSession = Omit<
  Session,
  'sessionToken' | 'sessionTokenHash' | 'tokensVersion' | 'identityVersion' | 'outage' | 'userEntityRef'
>;

/** The sessions. Every method rejects while the store does not answer. */
export class Sessions {
  private readonly sessionTokens: MarkedTokens;
  private readonly proven = new Set<string>();

  /** @param onUnopened - Told of each session that is there and does not open. */
  constructor(
    private readonly store: SessionStoreService,
    private readonly sealing: SealingService,
    private readonly clock: ClockService,
    private readonly onUnopened: () => void = () => undefined,
  ) {
    // The purpose under which releases before made them.
    this.sessionTokens = sealing.markedTokens('ticket');
  }

  /** Creates a session with a new session token, and ends the one it replaces. */
  async create(session: NewSession, replaces?: string): Promise<{ sessionToken: string }> {
    const { tokens, vendor, identity, ...plain } = session;
    const sessionToken = this.sessionTokens.create();
    const now = this.clock.now();
    await this.store.create({
      key: fingerprint(sessionToken),
      sealedTokens: this.seal(sessionToken, 'tokens', tokensText(tokens, vendor)),
      tokensVersion: 1,
      sealedIdentity: this.seal(sessionToken, 'identity', identityText(identity, vendor)),
      identityVersion: 1,
      createdAt: now,
      lastUsedAt: now,
      ...plain,
      ...(identity.claims && { userEntityRef: identity.claims.sub }),
    });
    if (replaces !== undefined) {
      const key = fingerprint(replaces);
      if ((await this.store.find(key))?.providerId === session.providerId) await this.store.end(key);
    }
    return { sessionToken };
  }

  /** Opens a session; `undefined` where the session token is none of this provider's and environment's, or it has ended. */
  async find(address: SessionAddress): Promise<Session | undefined> {
    const { sessionToken } = address;
    const found = await this.stored(address);
    const now = this.clock.now();
    if (!found || found.endsAt <= now || found.lastUsedAt + idleMilliseconds <= now) return undefined;
    const { key, sealedTokens, sealedIdentity, createdAt: _createdAt, lastUsedAt, ...plain } = found;
    const tokens = this.open(sessionToken, 'tokens', sealedTokens);
    const identity = this.open(sessionToken, 'identity', sealedIdentity);
    if (tokens === undefined || identity === undefined) {
      this.onUnopened();
      return undefined;
    }
    this.prove(sessionToken, key);
    // The next request notes it, where this one cannot: a database that only reads is enough to go on.
    if (lastUsedAt + touchEveryMilliseconds < now)
      await this.store.saveLastUse(key, now).catch(() => undefined);
    return { sessionToken, sessionTokenHash: key, ...plain, ...readSession(tokens, identity) };
  }

  /** A session as another request left it. @throws `ERR_AUTH_SESSION_ENDED` where it has ended meanwhile. */
  async reopen(session: Session): Promise<Session> {
    const current = await this.find(session);
    if (!current) throw new RefusalError('ERR_AUTH_SESSION_ENDED');
    return current;
  }

  /** Whether a session ended with its access token, for want of a refresh token. Known for a day; it opens nothing. */
  async hasRunOut(address: SessionAddress): Promise<boolean> {
    const found = await this.stored(address);
    if (!found || found.endsAt > this.clock.now()) return false;
    const tokens = this.open(address.sessionToken, 'tokens', found.sealedTokens);
    return tokens !== undefined && (JSON.parse(tokens) as VendorTokens).expiresAt === found.endsAt;
  }

  /** Writes tokens; `false` where somebody wrote newer ones meanwhile. */
  async saveTokens(session: Session, tokens: VendorTokens, vendor = session.vendor): Promise<boolean> {
    const { sessionToken, sessionTokenHash, tokensVersion } = session;
    const sealed = this.seal(sessionToken, 'tokens', tokensText(tokens, vendor));
    return this.store.saveTokens(sessionTokenHash, tokensVersion, sealed);
  }

  /** Writes the identity; `false` where somebody wrote a newer one meanwhile. */
  async saveIdentity(session: Session, identity: SessionIdentity): Promise<boolean> {
    const { sessionToken, sessionTokenHash, identityVersion, vendor } = session;
    const sealed = this.seal(sessionToken, 'identity', identityText(identity, vendor));
    return this.store.saveIdentity(sessionTokenHash, identityVersion, sealed, identity.claims?.sub);
  }

  /** Whether the store says of a session that it is another's, or nobody's: as it does of one of a release before. */
  isFiledWrongly({ userEntityRef }: Session, { claims }: SessionIdentity): boolean {
    return isSearchable(this.store) && userEntityRef !== claims?.sub;
  }

  /** Notes that a part is away, or with `undefined` that all is well. */
  async saveOutage({ sessionTokenHash }: Session, outage: Session['outage']): Promise<void> {
    await this.store.saveOutage(sessionTokenHash, outage);
  }

  async end(sessionToken: string): Promise<void> {
    await this.store.end(fingerprint(sessionToken));
  }

  /**
   * Runs `act` with the session as it is once its lease is ours: across replicas, one call to the provider at a time. A lease
   * that an owner never gave back is ours after some seconds, and a second more for what that owner may still write.
   *
   * @throws `ERR_PROVIDER_UNAVAILABLE` where the lease is not free before the budget is spent, `ERR_AUTH_SESSION_ENDED` where
   *   the session has ended meanwhile.
   */
  async withLease<T>(session: Session, budget: Deadline, act: (current: Session) => Promise<T>): Promise<T> {
    const { sessionTokenHash: key } = session;
    const owner = randomUUID();
    const wait = async (milliseconds: number): Promise<void> =>
      delay(milliseconds, undefined, { signal: budget.signal, ref: false }).catch(() => {
        throw new RefusalError('ERR_PROVIDER_UNAVAILABLE', {
          hint: 'Another request held the session for too long.',
        });
      });
    let taken = await this.store.takeLease(key, owner, leaseMilliseconds);
    while (!taken) {
      await wait(pollMilliseconds);
      taken = await this.store.takeLease(key, owner, leaseMilliseconds);
    }
    const stopProlonging = this.prolong(key, owner);
    try {
      if (taken === 'lapsed') await wait(settleMilliseconds);
      return await act(await this.reopen(session));
    } finally {
      await stopProlonging();
      await this.store.releaseLease(key, owner);
    }
  }

  /** @returns what ends it, once what is under way has ended: it must not come after the lease is given back. */
  private prolong(key: string, owner: string): () => Promise<void> {
    let last: Promise<unknown> = Promise.resolve();
    const timer = setInterval(() => {
      // Where the store does not answer, the next one may be in time.
      last = this.store.prolongLease(key, owner, leaseMilliseconds).catch(() => false);
    }, prolongEveryMilliseconds);
    timer.unref();
    return async () => {
      clearInterval(timer);
      await last;
    };
  }

  /**
   * A name for the session of a request, whichever provider it is of; `undefined` where no session token of ours came with
   * it. Whether one opens a session, the store knows; whether we made it, it shows by itself. That is enough to tell callers
   * apart: nobody gets more session tokens than they made sign-ins.
   */
  callerOf(request: IncomingMessage): string | undefined {
    const sessionTokens = sessionTokensIn(request);
    const own = sessionTokens.find((value) => this.sessionTokens.isOurs(value));
    if (own !== undefined) return fingerprint(own);
    return this.proven.size === 0
      ? undefined
      : sessionTokens.map(fingerprint).find((key) => this.proven.has(key));
  }

  /**
   * Remembers that a session token is ours by what it opened: its mark no longer shows it where the secret that made the mark
   * has been taken away, while the session goes on, sealed under a newer one.
   */
  private prove(sessionToken: string, key: string): void {
    if (this.proven.has(key) || this.sessionTokens.isOurs(sessionToken)) return;
    const [oldest] = this.proven;
    if (oldest !== undefined && this.proven.size >= mostProven) this.proven.delete(oldest);
    this.proven.add(key);
  }

  /**
   * What the store has, where it is of the provider and environment. It is asked for any token of the form, since a mark made
   * under a former secret cannot be told from one that is made up.
   */
  private async stored(address: SessionAddress): Promise<StoredSession | undefined> {
    if (!form.test(address.sessionToken)) return undefined;
    const found = await this.store.find(fingerprint(address.sessionToken));
    const isIt = found?.providerId === address.providerId && found.environment === address.environment;
    return isIt ? found : undefined;
  }

  /** Opens for whoever has the session token only. */
  private seal(sessionToken: string, label: 'tokens' | 'identity', text: string): string {
    return this.sealing.seal({ name: 'session', salt: sessionToken }, label, text);
  }

  private open(sessionToken: string, label: 'tokens' | 'identity', sealed: string): string | undefined {
    return this.sealing.open({ name: 'session', salt: sessionToken }, label, sealed);
  }
}

/** Within sign-in. The host is told, too, how callers are told apart by their session tokens. */
export const sessionsServiceRef = internalService({
  id: 'vestibule.auth.sessions',
  deps: {
    store: sessionStoreServiceRef,
    sealing: sealingServiceRef,
    clock: clockServiceRef,
    callers: callersServiceRef,
    logger: coreServices.logger,
    lifecycle: coreServices.lifecycle,
  },
  factory({ store, sealing, clock, callers, logger, lifecycle }) {
    const holding = holdTokens(store, { logger });
    lifecycle.addShutdownHook(holding.stop);
    const unopened = reportUnopened(logger);
    lifecycle.addShutdownHook(() => unopened.stop());
    const sessions = new Sessions(holding, sealing, clock, unopened.note);
    callers.identifyBy((request) => sessions.callerOf(request));
    return sessions;
  },
});
