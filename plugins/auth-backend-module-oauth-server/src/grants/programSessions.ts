/** What programs hold of people, for those who list and end sessions: the grants, and with them the codes that become some. */
import type { SessionFilter, SessionSource, SessionSummary } from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { tables } from '../oauthTables.ts';
import { spendCodes } from './authorizations.ts';
import type { GrantRow } from './grants.ts';

/** How much of the id of a grant names it. */
const idLength = 13;

/** @param database - Of the plugin `auth`, with the tables of the OAuth server up to date. */
export function createProgramSessions(database: Knex): SessionSource {
  const grants = (filter: SessionFilter, knex: Knex) => {
    const { id, userEntityRef, createdBefore, livingAt } = filter;
    const query = knex<GrantRow>(tables.oauthGrants);
    if (id !== undefined) void query.whereRaw('substr(id, 1, ?) = ?', [id.length, id]);
    // Releases before did not lower the case of every reference.
    if (userEntityRef !== undefined) void query.whereRaw('lower(user_entity_ref) = ?', [userEntityRef]);
    // One of a release before is at least as old as its last use.
    if (createdBefore !== undefined) {
      void query.whereRaw('coalesce(created_at, last_used_at) < ?', [createdBefore]);
    }
    // For how long one may be unused, the config says, which may change: what could be good again is there.
    if (livingAt !== undefined) void query.where('ends_at', '>', livingAt);
    return query;
  };
  return {
    async search(filter, limit) {
      if (filter.providerId !== undefined) return [];
      const rows = await grants(filter, database)
        .orderBy([{ column: 'last_used_at', order: 'desc' }, 'id'])
        .limit(limit);
      return rows.map(summaryOf);
    },

    async endWhere(filter) {
      if (filter.providerId !== undefined) return 0;
      return database.transaction(async (transaction): Promise<number> => {
        // First: a code that was redeemed before has its grant by now, and one that is redeemed later gives none. A code lives
        // for a minute and has no name, so whoever means one session, or old ones, means none.
        if (filter.id === undefined && filter.createdBefore === undefined) {
          await spendCodes(filter.userEntityRef, transaction);
        }
        return grants(filter, transaction).delete();
      });
    },
  };
}

function summaryOf(row: GrantRow): SessionSummary {
  return {
    kind: 'program',
    id: row.id.slice(0, idLength),
    userEntityRef: row.user_entity_ref,
    client: row.client_id,
    ...(row.created_at !== null && { createdAt: Number(row.created_at) }),
    lastUsedAt: Number(row.last_used_at),
    endsAt: Number(row.ends_at),
  };
}
