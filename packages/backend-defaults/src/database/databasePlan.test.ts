import { describe, expect, it } from '@jest/globals';
import { databaseSchema } from './databaseConfigSchema.ts';
import { planDatabase, unusedDatabase, type DatabasePlan } from './databasePlan.ts';

const plan = (settings: object, pluginId = 'auth'): DatabasePlan =>
  planDatabase(databaseSchema.parse(settings), pluginId);

describe('planDatabase for the embedded engine', () => {
  it.each([
    [{ connection: ':memory:' }, ':memory:'],
    [{ connection: { filename: ':memory:' } }, ':memory:'],
    [{ connection: { directory: 'data' } }, 'data/auth.sqlite'],
    [{ connection: { directory: 'data' }, plugin: { auth: { connection: ':memory:' } } }, ':memory:'],
    [{ connection: ':memory:', plugin: { auth: { connection: { filename: 'own.sqlite' } } } }, 'own.sqlite'],
    [{ connection: ':memory:', plugin: { auth: { connection: { directory: 'd', filename: 'f' } } } }, 'd/f'],
    [{ connection: ':memory:', plugin: { other: { connection: 'other.sqlite' } } }, ':memory:'],
  ])('understands %j', (settings, filename) => {
    for (const client of ['better-sqlite3', 'sqlite3']) {
      expect(plan({ client, ...settings })).toMatchObject({ engine: 'sqlite', filename });
    }
  });

  it('refuses one file for all plugins, and no place at all', () => {
    for (const connection of ['all.sqlite', { filename: 'all.sqlite' }, undefined]) {
      expect(() => plan({ client: 'better-sqlite3', connection })).toThrow(
        expect.objectContaining({ code: 'ERR_DATABASE_CONFIG_INVALID' }),
      );
    }
  });
});

describe('planDatabase for PostgreSQL', () => {
  const url = 'postgresql://jane:s%2Fcret@db.example.com:5433/shared?application_name=x';

  it('gives each plugin a database of its own, whatever the connection names', () => {
    expect(plan({ client: 'pg', connection: url })).toMatchObject({
      connection: {
        host: 'db.example.com',
        port: 5433,
        user: 'jane',
        password: 's/cret',
        database: 'backstage_plugin_auth',
      },
      place: 'db.example.com:5433/backstage_plugin_auth',
      ensureDatabase: true,
      ensureSchema: false,
      skipMigrations: false,
    });
    expect(plan({ client: 'pg', connection: { host: 'h', database: 'shared' }, prefix: 'p_' })).toMatchObject(
      {
        place: 'h:5432/p_auth',
      },
    );
  });

  it.each([
    [{ client: 'pg', connection: url }, 'shared'],
    [{ client: 'pg', connection: { host: 'h', database: 'shared' } }, 'shared'],
    [{ client: 'pg', connection: { host: 'h', database: 'postgres' } }, undefined],
    [{ client: 'pg', connection: { host: 'h' } }, undefined],
    [{ client: 'pg', connection: url, pluginDivisionMode: 'schema' }, undefined],
    [{ client: 'better-sqlite3', connection: ':memory:' }, undefined],
  ])('knows the name that %j gives without effect', (settings, name) => {
    expect(unusedDatabase(databaseSchema.parse(settings))).toBe(name);
  });

  it('keeps plugins apart by schema where that is wanted', () => {
    const settings = {
      client: 'pg',
      connection: url,
      pluginDivisionMode: 'schema',
      schemaPrefix: 's_',
      role: 'owner',
    };
    expect(plan(settings)).toMatchObject({
      connection: { database: 'shared' },
      schema: 's_auth',
      role: 'owner',
      ensureSchema: true,
    });
    expect(plan({ ...settings, ensureExists: false })).toMatchObject({
      ensureDatabase: false,
      ensureSchema: false,
    });
    expect(plan({ ...settings, ensureExists: false, ensureSchemaExists: true })).toMatchObject({
      ensureSchema: true,
    });
  });

  it('lets a plugin differ', () => {
    const settings = {
      client: 'pg',
      connection: { host: 'h', user: 'u' },
      knexConfig: { acquireConnectionTimeout: 1 },
      plugin: {
        auth: {
          connection: { database: 'own' },
          ensureExists: false,
          skipMigrations: true,
          knexConfig: { debug: false },
        },
        search: { client: 'better-sqlite3', connection: ':memory:' },
      },
    };
    expect(plan(settings)).toMatchObject({
      connection: { host: 'h', user: 'u', database: 'own' },
      ensureDatabase: false,
      skipMigrations: true,
      knexConfig: { acquireConnectionTimeout: 1, debug: false },
    });
    expect(plan(settings, 'search')).toMatchObject({ engine: 'sqlite', filename: ':memory:' });
  });

  it('refuses names that PostgreSQL would cut off', () => {
    expect(() => plan({ client: 'pg', connection: {}, prefix: 'p'.repeat(60) })).toThrow(
      /longer than 63 bytes/,
    );
  });

  it('does not quote a connection string that it cannot understand', () => {
    expect(() => plan({ client: 'pg', connection: 'postgres://jane:s3cret@[:1' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('s3cret') }),
    );
  });
});
