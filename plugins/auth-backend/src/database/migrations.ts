/**
 * The tables of this plugin. Every name begins with `vestibule_`, so that Backstage's own tables in the same database
 * are neither read nor changed. Times are milliseconds since the epoch.
 */
import type { Knex } from 'knex';

/** The names of the tables. */
export const tables = {
  migrations: 'vestibule_auth_migrations',
  sealingSecrets: 'vestibule_sealing_secrets',
  signingKeys: 'vestibule_signing_keys',
  consumedAttempts: 'vestibule_consumed_attempts',
  sessions: 'vestibule_sessions',
  providerSessions: 'vestibule_provider_sessions',
  userInfo: 'vestibule_user_info',
  records: 'vestibule_decisions',
} as const;

/** One step; applied once, in order. */
export interface Migration {
  id: string;
  up(database: Knex): Promise<void>;
}

/** Never changed once they were released: `migrations.test.ts` holds their checksums. */
export const migrations: readonly Migration[] = [
  {
    id: '20261122-first-tables',
    async up(database) {
      await database.schema.createTable(tables.sealingSecrets, (table) => {
        table.string('purpose', 64).primary();
        table.text('secret').notNullable();
      });
      await database.schema.createTable(tables.signingKeys, (table) => {
        // Counting up from 0 in the primary key: of two replicas that make the same generation, one wins.
        table.integer('generation').primary();
        table.string('kid', 64).notNullable();
        table.string('algorithm', 16).notNullable();
        table.text('public_jwk').notNullable();
        table.text('sealed_private_key').notNullable();
        table.bigInteger('created_at').notNullable();
      });
      await database.schema.createTable(tables.consumedAttempts, (table) => {
        table.string('handle_hash', 64).primary();
        table.bigInteger('expires_at').notNullable().index();
      });
      await database.schema.createTable(tables.userInfo, (table) => {
        table.string('user_entity_ref', 512).primary();
        table.text('claims').notNullable();
        table.bigInteger('updated_at').notNullable();
      });
      await database.schema.createTable(tables.sessions, (table) => {
        table.string('ticket_hash', 64).primary();
        table.string('provider_id', 128).notNullable();
        table.string('environment', 128).notNullable();
        table.text('scopes').notNullable();
        // Two columns, each with its version: writing one never overwrites what another request wrote to the other.
        table.text('sealed_tokens').notNullable();
        table.integer('tokens_version').notNullable();
        table.text('sealed_identity').notNullable();
        table.integer('identity_version').notNullable();
        table.bigInteger('created_at').notNullable();
        table.bigInteger('last_used_at').notNullable();
        table.bigInteger('ends_at').notNullable().index();
        table.bigInteger('outage_since').nullable();
        table.bigInteger('outage_seen_at').nullable();
        table.string('lease_owner', 64).nullable();
        table.bigInteger('lease_until').nullable();
      });
    },
  },
  {
    id: '20261122-decisions',
    async up(database) {
      await database.schema.createTable(tables.records, (table) => {
        table.string('reference', 16).primary();
        table.bigInteger('at').notNullable().index();
        // Whose part of the table it takes; see record/recordStore.ts.
        table.string('share', 16).notNullable();
        table.string('outcome', 16).notNullable();
        table.string('code', 64).nullable();
        table.string('provider', 128).notNullable();
        table.text('record').notNullable();
      });
    },
  },
  {
    id: '20261201-people-of-sessions',
    async up(database) {
      // Null in rows of releases before, which run on beside this one, until the next refresh of the session here.
      await database.schema.alterTable(tables.sessions, (table) => {
        table.string('user_entity_ref', 512).nullable().index();
        table.string('browser', 64).nullable();
        // For whoever removes what is over.
        table.index('last_used_at');
      });
    },
  },
  {
    id: '20261201-provider-sessions',
    async up(database) {
      await database.schema.createTable(tables.providerSessions, (table) => {
        // Which of the sessions here; in whatever store.
        table.string('session_key', 64).primary();
        // What the provider names it by, hashed; see sessions/providerSessions.ts.
        table.string('subject_hash', 64).notNullable().index();
        table.string('session_hash', 64).nullable().index();
        table.bigInteger('ends_at').notNullable().index();
      });
    },
  },
];
