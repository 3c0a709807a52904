/**
 * The tables of the OAuth server. Times are milliseconds since the epoch.
 *
 * What has run is noted in the auth plugin's own migration table, under the id that it had while the plugin itself made
 * these tables: an installation of then finds them made, and one that takes the module out keeps them.
 */
import type { Migration } from '@vestibule/database-migrations';

/** The names of the tables. */
export const tables = {
  migrations: 'vestibule_auth_migrations',
  oauthClients: 'vestibule_oauth_clients',
  oauthAuthorizations: 'vestibule_oauth_authorizations',
  oauthGrants: 'vestibule_oauth_grants',
} as const;

/** Never changed once they were released: `oauthTables.test.ts` holds their checksums. */
export const migrations: readonly Migration[] = [
  {
    id: '20261122-oauth-server',
    async up(database) {
      // Clients that registered themselves (RFC 7591).
      await database.schema.createTable(tables.oauthClients, (table) => {
        table.string('client_id', 64).primary();
        table.text('client_name').notNullable();
        table.text('redirect_uris').notNullable();
        table.string('authentication', 32).notNullable();
        table.string('secret_hash', 64).nullable();
        table.bigInteger('created_at').notNullable();
        // Null until somebody approved a request of this client.
        table.bigInteger('used_at').nullable().index();
      });
      // Requests for authorization that were decided, and the codes that came of them.
      await database.schema.createTable(tables.oauthAuthorizations, (table) => {
        table.string('handle_hash', 64).primary();
        table.text('client_id').notNullable();
        table.text('client_name').notNullable();
        table.text('redirect_uri').notNullable();
        table.text('scope').notNullable();
        table.text('state').nullable();
        table.text('nonce').nullable();
        table.string('code_challenge', 64).nullable();
        // approved, rejected, redeemed, revoked
        table.string('status', 16).notNullable();
        table.string('user_entity_ref', 512).nullable();
        table.string('code_hash', 64).nullable().unique();
        table.bigInteger('code_expires_at').nullable();
        // What a code gave, so that its second use takes it away (RFC 6749 section 4.1.2).
        table.string('grant_id', 36).nullable();
        table.bigInteger('expires_at').notNullable().index();
      });
      // A grant is what one approval gave: a family of refresh tokens, each of which replaces the one before. Those before
      // are known by what they carry; see grants/grants.ts.
      await database.schema.createTable(tables.oauthGrants, (table) => {
        table.string('id', 36).primary();
        table.text('client_id').notNullable();
        table.string('user_entity_ref', 512).notNullable().index();
        table.text('scope').notNullable();
        table.string('token_hash', 64).notNullable();
        table.bigInteger('last_used_at').notNullable();
        table.bigInteger('ends_at').notNullable().index();
      });
    },
  },
  {
    id: '20261201-age-of-grants',
    async up(database) {
      // Null in rows of releases before, which run on beside this one.
      await database.schema.alterTable(tables.oauthGrants, (table) => {
        table.bigInteger('created_at').nullable();
      });
    },
  },
];
