/** The default of `sessionStoreServiceRef`: a table, which all replicas share. */
import { clockServiceRef, createServiceFactory, type ClockService } from '@vestibule/backend-plugin-api';
import {
  sessionStoreServiceRef,
  type SearchableSessionStore,
  type StoredSession,
} from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { authDatabaseServiceRef, type AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { statement } from '../database/statement.ts';
import { createTidying } from '../database/tidying.ts';
import { createSessionTable, type SessionRow } from './sessionTable.ts';
import { idleMilliseconds, rememberedMilliseconds } from './session.ts';

const tidyEveryMilliseconds = 10 * 60_000;

const insertSession = statement((knex, row: Omit<SessionRow, 'lease_owner' | 'lease_until'>) =>
  knex<SessionRow>(tables.sessions).insert({ ...row }),
);

const findSession = statement((knex, { key }: { key: string }) =>
  knex<SessionRow>(tables.sessions).where({ ticket_hash: key }).first(),
);

const updateTokens = statement(
  (knex, { key, from, to, sealed }: { key: string; from: number; to: number; sealed: string }) =>
    knex<SessionRow>(tables.sessions)
      .where({ ticket_hash: key, tokens_version: from })
      .update({ sealed_tokens: sealed, tokens_version: to }),
);

const updateIdentity = statement(
  (
    knex,
    {
      key,
      from,
      to,
      sealed,
      user,
    }: { key: string; from: number; to: number; sealed: string; user: string | null },
  ) =>
    knex<SessionRow>(tables.sessions)
      .where({ ticket_hash: key, identity_version: from })
      .update({ sealed_identity: sealed, identity_version: to, user_entity_ref: user }),
);

const updateOutage = statement(
  (knex, { key, since, seenAt }: { key: string; since: number | null; seenAt: number | null }) =>
    knex<SessionRow>(tables.sessions)
      .where({ ticket_hash: key })
      .update({ outage_since: since, outage_seen_at: seenAt }),
);

const updateLastUse = statement((knex, { key, lastUsedAt }: { key: string; lastUsedAt: number }) =>
  knex<SessionRow>(tables.sessions).where({ ticket_hash: key }).update({ last_used_at: lastUsedAt }),
);

interface Lease {
  key: string;
  owner: string;
  milliseconds: number;
}

const takeFreeLease = statement((knex, { key, owner, milliseconds }: Lease) =>
  knex<SessionRow>(tables.sessions)
    .where({ ticket_hash: key })
    .whereNull('lease_until')
    .update({ lease_owner: owner, lease_until: millisecondsFromNow(knex, milliseconds) }),
);

const takeLapsedLease = statement((knex, { key, owner, milliseconds }: Lease) =>
  knex<SessionRow>(tables.sessions)
    .where({ ticket_hash: key })
    .where('lease_until', '<', millisecondsNow(knex))
    .update({ lease_owner: owner, lease_until: millisecondsFromNow(knex, milliseconds) }),
);

const prolongOwnLease = statement((knex, { key, owner, milliseconds }: Lease) =>
  knex<SessionRow>(tables.sessions)
    .where({ ticket_hash: key, lease_owner: owner })
    .update({ lease_until: millisecondsFromNow(knex, milliseconds) }),
);

const releaseOwnLease = statement((knex, { key, owner }: { key: string; owner: string }) =>
  knex<SessionRow>(tables.sessions)
    .where({ ticket_hash: key, lease_owner: owner })
    .update({ lease_owner: null, lease_until: null }),
);

export function createDatabaseSessionStore(
  database: AuthDatabase,
  clock: ClockService,
): SearchableSessionStore {
  const tidy = createTidying(clock, tidyEveryMilliseconds, async (now) =>
    (await database.client())<SessionRow>(tables.sessions)
      .where('ends_at', '<', now - rememberedMilliseconds)
      .orWhere('last_used_at', '<', now - idleMilliseconds)
      .delete(),
  );

  return {
    async create(session) {
      await insertSession(await database.client(), {
        ticket_hash: session.key,
        provider_id: session.providerId,
        environment: session.environment,
        scopes: session.scopes.join(' '),
        sealed_tokens: session.sealedTokens,
        tokens_version: session.tokensVersion,
        sealed_identity: session.sealedIdentity,
        identity_version: session.identityVersion,
        created_at: session.createdAt,
        last_used_at: session.lastUsedAt,
        ends_at: session.endsAt,
        outage_since: session.outage?.since ?? null,
        outage_seen_at: session.outage?.seenAt ?? null,
        user_entity_ref: session.userEntityRef ?? null,
        browser: session.browser ?? null,
      });
      tidy();
    },

    async find(key) {
      const row = await findSession(await database.client(), { key });
      return row && sessionOf(row);
    },

    async saveTokens(key, from, sealed) {
      return (await updateTokens(await database.client(), { key, from, to: from + 1, sealed })) > 0;
    },

    async saveIdentity(key, from, sealed, userEntityRef) {
      const values = { key, from, to: from + 1, sealed, user: userEntityRef ?? null };
      return (await updateIdentity(await database.client(), values)) > 0;
    },

    async saveOutage(key, outage) {
      const { since = null, seenAt = null } = outage ?? {};
      await updateOutage(await database.client(), { key, since, seenAt });
    },

    async saveLastUse(key, lastUsedAt) {
      await updateLastUse(await database.client(), { key, lastUsedAt });
    },

    async takeLease(key, owner, milliseconds) {
      const knex = await database.client();
      const lease = { key, owner, milliseconds };
      if ((await takeFreeLease(knex, lease)) > 0) return true;
      return (await takeLapsedLease(knex, lease)) > 0 && 'lapsed';
    },

    async prolongLease(key, owner, milliseconds) {
      return (await prolongOwnLease(await database.client(), { key, owner, milliseconds })) > 0;
    },

    async releaseLease(key, owner) {
      await releaseOwnLease(await database.client(), { key, owner });
    },

    async end(key) {
      const knex = await database.client();
      await knex<SessionRow>(tables.sessions).where({ ticket_hash: key }).delete();
    },

    search: async (...given) => createSessionTable(await database.client()).search(...given),
    endWhere: async (...given) => createSessionTable(await database.client()).endWhere(...given),
  };
}

/** The database's clock, in milliseconds since the epoch: those of two replicas may be apart. */
function millisecondsNow(knex: Knex): Knex.Raw<number> {
  const { dialect } = knex.client as { dialect: string };
  return dialect === 'sqlite3'
    ? knex.raw("cast((julianday('now') - 2440587.5) * 86400000 as integer)")
    : knex.raw('cast(extract(epoch from clock_timestamp()) * 1000 as bigint)');
}

function millisecondsFromNow(knex: Knex, milliseconds: number): Knex.Raw<number> {
  return knex.raw('? + ?', [millisecondsNow(knex), milliseconds]);
}

function sessionOf(row: SessionRow): StoredSession {
  return {
    key: row.ticket_hash,
    providerId: row.provider_id,
    environment: row.environment,
    scopes: row.scopes.split(' ').filter(Boolean),
    sealedTokens: row.sealed_tokens,
    tokensVersion: row.tokens_version,
    sealedIdentity: row.sealed_identity,
    identityVersion: row.identity_version,
    createdAt: Number(row.created_at),
    lastUsedAt: Number(row.last_used_at),
    endsAt: Number(row.ends_at),
    ...(row.user_entity_ref !== null && { userEntityRef: row.user_entity_ref }),
    ...(row.browser !== null && { browser: row.browser }),
    ...(row.outage_since !== null && {
      outage: { since: Number(row.outage_since), seenAt: Number(row.outage_seen_at) },
    }),
  };
}

/** @see sessionStoreServiceRef */
export const sessionStoreServiceFactory = createServiceFactory({
  service: sessionStoreServiceRef,
  deps: { database: authDatabaseServiceRef, clock: clockServiceRef },
  factory: ({ database, clock }) => createDatabaseSessionStore(database, clock),
});
