/**
 * What tools that tell of programs need, and no backend: what they hold of people, in the database.
 *
 * @packageDocumentation
 */
import type { SessionSource } from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { createProgramSessions } from './grants/programSessions.ts';
import { tables } from './oauthTables.ts';

/**
 * The grants of programs; `undefined` where this database has none, or an OAuth server of a release before has made them.
 *
 * @param database - Of the plugin `auth`.
 * @public
 */
export async function findProgramSessions(database: Knex): Promise<SessionSource | undefined> {
  const isReady =
    (await database.schema.hasTable(tables.oauthGrants)) &&
    (await database.schema.hasColumn(tables.oauthGrants, 'created_at'));
  return isReady ? createProgramSessions(database) : undefined;
}
