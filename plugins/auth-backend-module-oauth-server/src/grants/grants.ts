/**
 * What approvals gave for longer than one token: families of refresh tokens (RFC 6749 section 6), of which one is good at
 * a time. The reuse of one that was replaced means that two parties hold the family, and nobody knows which is the thief:
 * it ends (RFC 9700 section 4.14.2).
 *
 * A token is the id of its grant and a marked token of that owner. The database holds the hash of the one that is good; one
 * that was ever given out shows it by its mark. So replaced ones are known for as long as their family lives, and nobody
 * can fill a table with them.
 */
import { randomUUID } from 'node:crypto';
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { tables } from '../oauthTables.ts';
import { fingerprint, type SealingService } from '@vestibule/plugin-auth-node';
import { spendCodes } from './authorizations.ts';
import { throwUnavailable } from '../databaseFailure.ts';
import type { RefreshTokenSettings } from '../settings.ts';

const cleanUpEveryMilliseconds = 3_600_000;

/** A row of the table. */
export interface GrantRow {
  id: string;
  client_id: string;
  user_entity_ref: string;
  scope: string;
  token_hash: string;
  /** Null in those of releases before. */
  created_at: number | string | null;
  last_used_at: number | string;
  ends_at: number | string;
}

/** One family. */
export interface Grant {
  readonly id: string;
  readonly clientId: string;
  readonly userEntityRef: string;
  /** Between spaces. */
  readonly scope: string;
}

/** A refresh token as it was presented. */
export type PresentedToken =
  | { readonly found: 'nothing' }
  /** `replaced`: another took its place before. */
  | { readonly found: 'current' | 'replaced'; readonly grant: Grant };

/** The store. Everything throws OAuthError `temporarily_unavailable` while the database is away. */
export interface Grants {
  create(grant: Omit<Grant, 'id'>): Promise<{ grant: Grant; refreshToken: string }>;
  /**
   * Ends what goes beyond the limit of the user, the longest unused first, and never this one. Never fails: the code of
   * this grant is spent, and the next one makes room as well.
   */
  makeRoomFor(grant: Grant): Promise<void>;
  find(refreshToken: string): Promise<PresentedToken>;
  /** Replaces a token by the next; `undefined` where another request has done so, or the grant is over. */
  rotate(grant: Grant, refreshToken: string): Promise<string | undefined>;
  end(grantId: string): Promise<void>;
  /**
   * Ends what a user has approved: the grants, and the codes that nobody has redeemed.
   *
   * @param userEntityRef - As it is issued.
   * @returns How many grants there were.
   */
  endAllOf(userEntityRef: string): Promise<number>;
}

export function createGrants(options: {
  database: Knex;
  clock: ClockService;
  /** Marks refresh tokens. */
  sealing: SealingService;
  /** Absent: no more are given out; what there is can be revoked. */
  limits: RefreshTokenSettings | undefined;
}): Grants {
  const { database, clock, sealing, limits } = options;
  const rows = () => database<GrantRow>(tables.oauthGrants);
  const marked = sealing.markedTokens('oauth-refresh-tokens');
  const idle = limits?.idleMilliseconds ?? 0;
  let cleanedAt = 0;

  const newToken = (id: string): string => `${id}.${marked.create(id)}`;

  async function cleanUp(now: number): Promise<void> {
    if (now - cleanedAt < cleanUpEveryMilliseconds) return;
    cleanedAt = now;
    await rows().where('ends_at', '<=', now).delete();
    if (limits)
      await rows()
        .where('last_used_at', '<=', now - idle)
        .delete();
  }

  return {
    async create({ clientId, userEntityRef, scope }) {
      const id = randomUUID();
      const refreshToken = newToken(id);
      const now = clock.now();
      // Where another replica removes the same rows, its work will do.
      await cleanUp(now).catch(() => undefined);
      await rows()
        .insert({
          id,
          client_id: clientId,
          user_entity_ref: userEntityRef,
          scope,
          token_hash: fingerprint(refreshToken),
          created_at: now,
          last_used_at: now,
          ends_at: now + (limits?.absoluteMilliseconds ?? 0),
        })
        .catch(throwUnavailable);
      return { grant: { id, clientId, userEntityRef, scope }, refreshToken };
    },

    async makeRoomFor({ id, userEntityRef }) {
      if (!limits) return;
      const beyond = rows()
        .select('id')
        .where({ user_entity_ref: userEntityRef })
        .whereNot({ id })
        .orderBy([{ column: 'last_used_at', order: 'desc' }, 'id'])
        .offset(limits.maximumPerUser - 1);
      await rows()
        .whereIn('id', beyond)
        .delete()
        .catch(() => undefined);
    },

    async find(refreshToken) {
      const [, id] = /^([^.]+)\./.exec(refreshToken) ?? [];
      if (id === undefined) return { found: 'nothing' };
      const row = await rows().where({ id }).first().catch(throwUnavailable);
      if (!row) return { found: 'nothing' };
      const now = clock.now();
      if (Number(row.ends_at) <= now || (limits && Number(row.last_used_at) + idle <= now)) {
        await rows().where({ id }).delete().catch(throwUnavailable);
        return { found: 'nothing' };
      }
      const { client_id: clientId, user_entity_ref: userEntityRef, scope } = row;
      const grant: Grant = { id, clientId, userEntityRef, scope };
      if (fingerprint(refreshToken) === row.token_hash) return { found: 'current', grant };
      const wasGivenOut = marked.isOurs(refreshToken.slice(id.length + 1), id);
      return wasGivenOut ? { found: 'replaced', grant } : { found: 'nothing' };
    },

    async rotate({ id }, refreshToken) {
      const next = newToken(id);
      const changed = await rows()
        .where({ id, token_hash: fingerprint(refreshToken) })
        .update({ token_hash: fingerprint(next), last_used_at: clock.now() })
        .catch(throwUnavailable);
      return changed > 0 ? next : undefined;
    },

    async end(grantId) {
      await rows().where({ id: grantId }).delete().catch(throwUnavailable);
    },

    async endAllOf(userEntityRef) {
      return database
        .transaction(async (transaction): Promise<number> => {
          // First: a code that was redeemed before has its grant by now, and one that is redeemed later gives none.
          await spendCodes(userEntityRef, transaction);
          return transaction<GrantRow>(tables.oauthGrants)
            .whereRaw('lower(user_entity_ref) = ?', [userEntityRef])
            .delete();
        })
        .catch(throwUnavailable);
    },
  };
}
