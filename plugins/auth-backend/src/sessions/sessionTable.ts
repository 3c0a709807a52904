/** The table of sessions as operators look at it: what a session is of, and nothing that is sealed. */
import type { SessionFilter, SessionSource, SessionSummary } from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { tables } from '../database/migrations.ts';
import { idleMilliseconds } from './session.ts';

/** How much of a hash names a session: enough to tell any two apart. */
const idLength = 12;

/** A row of the table. */
export interface SessionRow {
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
  user_entity_ref: string | null;
  browser: string | null;
}

const shown = [
  'ticket_hash',
  'provider_id',
  'user_entity_ref',
  'browser',
  'created_at',
  'last_used_at',
  'ends_at',
] as const;

/**
 * The sessions of browsers.
 *
 * @param database - Of the plugin `auth`, with its tables up to date.
 * @public
 */
export function createSessionTable(database: Knex): SessionSource {
  const where = (filter: SessionFilter) => {
    const { id, userEntityRef, providerId, createdBefore, livingAt } = filter;
    const query = database<SessionRow>(tables.sessions);
    // Not `like`, of which a hash may hold the wildcard.
    if (id !== undefined) void query.whereRaw('substr(ticket_hash, 1, ?) = ?', [id.length, id]);
    if (userEntityRef !== undefined) void query.where('user_entity_ref', userEntityRef);
    if (providerId !== undefined) void query.where('provider_id', providerId);
    if (createdBefore !== undefined) void query.where('created_at', '<', createdBefore);
    if (livingAt !== undefined) {
      void query.where('ends_at', '>', livingAt).where('last_used_at', '>', livingAt - idleMilliseconds);
    }
    return query;
  };
  return {
    async search(filter, limit) {
      const rows = await where(filter)
        .orderBy([{ column: 'last_used_at', order: 'desc' }, 'ticket_hash'])
        .limit(limit)
        .select(...shown);
      return rows.map(summaryOf);
    },
    endWhere: async (filter) => where(filter).delete(),
  };
}

function summaryOf(row: Pick<SessionRow, (typeof shown)[number]>): SessionSummary {
  return {
    kind: 'browser',
    id: row.ticket_hash.slice(0, idLength),
    ...(row.user_entity_ref !== null && { userEntityRef: row.user_entity_ref }),
    providerId: row.provider_id,
    ...(row.browser !== null && { client: row.browser }),
    createdAt: Number(row.created_at),
    lastUsedAt: Number(row.last_used_at),
    endsAt: Number(row.ends_at),
  };
}

/** Whether a backend of this release has been started on the database. @public */
export async function isSessionTableReady(database: Knex): Promise<boolean> {
  return (
    (await database.schema.hasTable(tables.sessions)) &&
    (await database.schema.hasColumn(tables.sessions, 'user_entity_ref'))
  );
}
