/**
 * Sessions at rest. The ticket is stored hashed, and provider tokens and identity are encrypted under a key derived from
 * the ticket and the sealing secret, so that the database alone opens nothing.
 *
 * Tokens and identity are columns of their own, each with a version: an identity write never overwrites a refresh token
 * that another request has rotated.
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { fingerprint, type SealingService } from '@vestibule/plugin-auth-node';
import { tables } from '../database/migrations.ts';
import type { Session, SessionIdentity, VendorSession, VendorTokens } from './session.ts';
import { identityText, readSession, tokensText } from './sessionFormat.ts';
import { createSessionTokens } from './sessionTokens.ts';

const idleMilliseconds = 30 * 86_400_000;
const touchEveryMilliseconds = 5 * 60_000;
const cleanupEveryMilliseconds = 10 * 60_000;
/** For how long it is known how a session ended. */
export const rememberedMilliseconds = 86_400_000;

interface SessionRow {
  ticket_hash: string;
  provider_id: string;
  environment: string;
  scopes: string;
  sealed_tokens: string;
  tokens_version: number;
  sealed_identity: string;
  identity_version: number;
  created_at: number | string;
  last_used_at: number | string;
  ends_at: number | string;
  outage_since: number | string | null;
  outage_seen_at: number | string | null;
  lease_owner: string | null;
  lease_until: number | string | null;
}

/** The store. */
export interface SessionStore {
  /** Creates a session with a new ticket, and ends the one it replaces. */
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
  /** Opens a session; `undefined` where the ticket is none of this provider's and environment's, or it has ended. */
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

export function createSessionStore(options: {
  database: Knex;
  sealing: SealingService;
  clock: ClockService;
}): SessionStore {
  const { database, sealing, clock } = options;
  const sessionTokens = createSessionTokens(sealing);
  const rows = () => database<SessionRow>(tables.sessions);
  /** Opens for whoever has the session token only. */
  const purposeOf = (sessionToken: string) => ({ name: 'session', salt: sessionToken });
  let cleanedAt = 0;

  async function cleanUp(): Promise<void> {
    const now = clock.now();
    if (now - cleanedAt < cleanupEveryMilliseconds) return;
    cleanedAt = now;
    await rows()
      .where('ends_at', '<', now - rememberedMilliseconds)
      .orWhere('last_used_at', '<', now - idleMilliseconds)
      .delete();
  }

  return {
    async create({ providerId, environment, scopes, tokens, vendor, identity, endsAt, replaces }) {
      await cleanUp();
      const sessionToken = sessionTokens.create();
      const purpose = purposeOf(sessionToken);
      const now = clock.now();
      await rows().insert({
        ticket_hash: fingerprint(sessionToken),
        provider_id: providerId,
        environment,
        scopes: scopes.join(' '),
        sealed_tokens: sealing.seal(purpose, 'tokens', tokensText(tokens, vendor)),
        tokens_version: 1,
        sealed_identity: sealing.seal(purpose, 'identity', identityText(identity, vendor)),
        identity_version: 1,
        created_at: now,
        last_used_at: now,
        ends_at: endsAt,
      });
      if (replaces)
        await rows()
          .where({ ticket_hash: fingerprint(replaces), provider_id: providerId })
          .delete();
      return { sessionToken };
    },

    async find(sessionToken, providerId, environment) {
      if (!sessionTokens.isOurs(sessionToken)) return undefined;
      const sessionTokenHash = fingerprint(sessionToken);
      const row = await rows().where({ ticket_hash: sessionTokenHash }).first();
      if (!row || row.provider_id !== providerId || row.environment !== environment) return undefined;
      const now = clock.now();
      const lastUsedAt = Number(row.last_used_at);
      if (Number(row.ends_at) <= now || lastUsedAt + idleMilliseconds <= now) return undefined;
      const purpose = purposeOf(sessionToken);
      const tokens = sealing.open(purpose, 'tokens', row.sealed_tokens);
      const identity = sealing.open(purpose, 'identity', row.sealed_identity);
      if (tokens === undefined || identity === undefined) return undefined;
      if (lastUsedAt + touchEveryMilliseconds < now) {
        await rows().where({ ticket_hash: sessionTokenHash }).update({ last_used_at: now });
      }
      return {
        sessionToken,
        sessionTokenHash,
        providerId,
        environment,
        scopes: row.scopes.split(' ').filter(Boolean),
        ...readSession(tokens, identity),
        tokensVersion: row.tokens_version,
        identityVersion: row.identity_version,
        endsAt: Number(row.ends_at),
        ...(row.outage_since !== null && {
          outage: { since: Number(row.outage_since), seenAt: Number(row.outage_seen_at) },
        }),
      };
    },

    async hasRunOut(sessionToken, providerId, environment) {
      if (!sessionTokens.isOurs(sessionToken)) return false;
      const row = await rows()
        .where({ ticket_hash: fingerprint(sessionToken), provider_id: providerId, environment })
        .first();
      if (!row || Number(row.ends_at) > clock.now()) return false;
      const sealed = sealing.open(purposeOf(sessionToken), 'tokens', row.sealed_tokens);
      const tokens = sealed === undefined ? undefined : (JSON.parse(sealed) as VendorTokens);
      return tokens !== undefined && tokens.expiresAt === Number(row.ends_at);
    },

    async saveTokens({ sessionToken, sessionTokenHash, tokensVersion, ...session }, tokens, vendor) {
      const written = await rows()
        .where({ ticket_hash: sessionTokenHash, tokens_version: tokensVersion })
        .update({
          sealed_tokens: sealing.seal(
            purposeOf(sessionToken),
            'tokens',
            tokensText(tokens, vendor ?? session.vendor),
          ),
          tokens_version: tokensVersion + 1,
        });
      return written > 0;
    },

    async saveIdentity({ sessionToken, sessionTokenHash, identityVersion, vendor }, identity) {
      const written = await rows()
        .where({ ticket_hash: sessionTokenHash, identity_version: identityVersion })
        .update({
          sealed_identity: sealing.seal(purposeOf(sessionToken), 'identity', identityText(identity, vendor)),
          identity_version: identityVersion + 1,
        });
      return written > 0;
    },

    async saveOutage({ sessionTokenHash }, outage) {
      await rows()
        .where({ ticket_hash: sessionTokenHash })
        .update({ outage_since: outage?.since ?? null, outage_seen_at: outage?.seenAt ?? null });
    },

    async takeLease({ sessionTokenHash }, owner, milliseconds) {
      const now = clock.now();
      const taken = await rows()
        .where({ ticket_hash: sessionTokenHash })
        .andWhere((free) => {
          void free.whereNull('lease_until').orWhere('lease_until', '<', now);
        })
        .update({ lease_owner: owner, lease_until: now + milliseconds });
      return taken > 0;
    },

    async releaseLease({ sessionTokenHash }, owner) {
      await rows()
        .where({ ticket_hash: sessionTokenHash, lease_owner: owner })
        .update({ lease_owner: null, lease_until: null });
    },

    async end(sessionToken) {
      await rows()
        .where({ ticket_hash: fingerprint(sessionToken) })
        .delete();
    },
  };
}
