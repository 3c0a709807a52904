/**
 * Sessions, opened and sealed above the store: that is told the hash of a session token, and provider tokens and identity
 * encrypted under a key derived from the session token and the sealing secret, so that the store alone opens nothing.
 *
 * Tokens and identity are written apart, each with a version: an identity write never overwrites a refresh token
 * that another request has rotated.
 */
import {
  callersServiceRef,
  clockServiceRef,
  createServiceFactory,
  createServiceRef,
  type ClockService,
} from '@vestibule/backend-plugin-api';
import {
  fingerprint,
  sealingServiceRef,
  sessionStoreServiceRef,
  type SealingService,
  type SessionStoreService,
  type StoredSession,
} from '@vestibule/plugin-auth-node';
import {
  idleMilliseconds,
  type Session,
  type SessionIdentity,
  type VendorSession,
  type VendorTokens,
} from './session.ts';
import { identityText, readSession, tokensText } from './sessionFormat.ts';
import { callerBySessionToken, createSessionTokens } from './sessionTokens.ts';

const touchEveryMilliseconds = 5 * 60_000;

/** The sessions. Every method rejects while the store does not answer. */
export interface Sessions {
  /** Creates a session with a new session token, and ends the one it replaces. */
  create(options: {
    providerId: string;
    environment: string;
    scopes: readonly string[];
    tokens: VendorTokens;
    vendor: VendorSession;
    identity: SessionIdentity;
    endsAt: number;
    replaces?: string | undefined;
  }): Promise<{ sessionToken: string }>;
  /** Opens a session; `undefined` where the session token is none of this provider's and environment's, or it has ended. */
  find(sessionToken: string, providerId: string, environment: string): Promise<Session | undefined>;
  /** Whether a session ended with its access token, for want of a refresh token. Known for a day; it opens nothing. */
  hasRunOut(sessionToken: string, providerId: string, environment: string): Promise<boolean>;
  /** Writes tokens; `false` where somebody wrote newer ones meanwhile. */
  saveTokens(session: Session, tokens: VendorTokens, vendor?: VendorSession): Promise<boolean>;
  /** Writes the identity; `false` where somebody wrote a newer one meanwhile. */
  saveIdentity(session: Session, identity: SessionIdentity): Promise<boolean>;
  /** Notes that a part is away, or with `undefined` that all is well. */
  saveOutage(session: Session, outage: { since: number; seenAt: number } | undefined): Promise<void>;
  /** Takes the lease of a session for a while; `false` where another has it. */
  takeLease(session: Session, owner: string, milliseconds: number): Promise<boolean>;
  releaseLease(session: Session, owner: string): Promise<void>;
  end(sessionToken: string): Promise<void>;
}

export function createSessions(options: {
  store: SessionStoreService;
  sealing: SealingService;
  clock: ClockService;
}): Sessions {
  const { store, sealing, clock } = options;
  const sessionTokens = createSessionTokens(sealing);
  /** Opens for whoever has the session token only. */
  const purposeOf = (sessionToken: string) => ({ name: 'session', salt: sessionToken });

  /** What the store has, where it is of the provider and environment. */
  async function stored(
    sessionToken: string,
    providerId: string,
    environment: string,
  ): Promise<StoredSession | undefined> {
    if (!sessionTokens.isOurs(sessionToken)) return undefined;
    const found = await store.find(fingerprint(sessionToken));
    return found?.providerId === providerId && found.environment === environment ? found : undefined;
  }

  return {
    async create({ providerId, environment, scopes, tokens, vendor, identity, endsAt, replaces }) {
      const sessionToken = sessionTokens.create();
      const purpose = purposeOf(sessionToken);
      const now = clock.now();
      await store.create({
        key: fingerprint(sessionToken),
        providerId,
        environment,
        scopes,
        sealedTokens: sealing.seal(purpose, 'tokens', tokensText(tokens, vendor)),
        tokensVersion: 1,
        sealedIdentity: sealing.seal(purpose, 'identity', identityText(identity, vendor)),
        identityVersion: 1,
        createdAt: now,
        lastUsedAt: now,
        endsAt,
      });
      if (replaces !== undefined) {
        const key = fingerprint(replaces);
        if ((await store.find(key))?.providerId === providerId) await store.end(key);
      }
      return { sessionToken };
    },

    async find(sessionToken, providerId, environment) {
      const found = await stored(sessionToken, providerId, environment);
      const now = clock.now();
      if (!found || found.endsAt <= now || found.lastUsedAt + idleMilliseconds <= now) return undefined;
      const { key, scopes, tokensVersion, identityVersion, endsAt, outage } = found;
      const purpose = purposeOf(sessionToken);
      const tokens = sealing.open(purpose, 'tokens', found.sealedTokens);
      const identity = sealing.open(purpose, 'identity', found.sealedIdentity);
      if (tokens === undefined || identity === undefined) return undefined;
      if (found.lastUsedAt + touchEveryMilliseconds < now) await store.saveLastUse(key, now);
      return {
        sessionToken,
        sessionTokenHash: key,
        providerId,
        environment,
        scopes,
        ...readSession(tokens, identity),
        tokensVersion,
        identityVersion,
        endsAt,
        ...(outage && { outage }),
      };
    },

    async hasRunOut(sessionToken, providerId, environment) {
      const found = await stored(sessionToken, providerId, environment);
      if (!found || found.endsAt > clock.now()) return false;
      const sealed = sealing.open(purposeOf(sessionToken), 'tokens', found.sealedTokens);
      const tokens = sealed === undefined ? undefined : (JSON.parse(sealed) as VendorTokens);
      return tokens !== undefined && tokens.expiresAt === found.endsAt;
    },

    async saveTokens({ sessionToken, sessionTokenHash, tokensVersion, ...session }, tokens, vendor) {
      const text = tokensText(tokens, vendor ?? session.vendor);
      const sealed = sealing.seal(purposeOf(sessionToken), 'tokens', text);
      return store.saveTokens(sessionTokenHash, tokensVersion, sealed);
    },

    async saveIdentity({ sessionToken, sessionTokenHash, identityVersion, vendor }, identity) {
      const sealed = sealing.seal(purposeOf(sessionToken), 'identity', identityText(identity, vendor));
      return store.saveIdentity(sessionTokenHash, identityVersion, sealed);
    },

    saveOutage: async ({ sessionTokenHash }, outage) => store.saveOutage(sessionTokenHash, outage),
    takeLease: async ({ sessionTokenHash }, owner, milliseconds) =>
      store.takeLease(sessionTokenHash, owner, milliseconds),
    releaseLease: async ({ sessionTokenHash }, owner) => store.releaseLease(sessionTokenHash, owner),
    end: async (sessionToken) => store.end(fingerprint(sessionToken)),
  };
}

/** Within sign-in. The host is told, too, how callers are told apart by their session tokens. */
export const sessionsServiceRef = createServiceRef<Sessions>({
  id: 'vestibule.auth.sessions',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {
        store: sessionStoreServiceRef,
        sealing: sealingServiceRef,
        clock: clockServiceRef,
        callers: callersServiceRef,
      },
      factory({ store, sealing, clock, callers }) {
        const sessionTokens = createSessionTokens(sealing);
        callers.identifyBy((request) => callerBySessionToken(request, sessionTokens));
        return createSessions({ store, sealing, clock });
      },
    }),
});
