import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  runtimeModeServiceRef,
  type DatabaseService,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import { testDatabases } from '@vestibule/backend-test-utils';
import type { Knex } from 'knex';
import { createRootConfigFactory } from '../config/rootConfig.ts';
import { createBackend } from '../createBackend.ts';
import { createTestLogger } from '../http/testing/startHttp.ts';
import { connectDatabase } from './connectDatabase.ts';
import type { DatabaseSettings } from './databaseConfigSchema.ts';

const databases = await testDatabases();
const postgres = databases.find(({ name }) => name === 'PostgreSQL');
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const logger = createTestLogger();
async function connect(settings: DatabaseSettings, pluginId = 'test'): Promise<Knex> {
  const knex = await connectDatabase(settings, pluginId, logger);
  stops.push(async () => knex.destroy());
  return knex;
}

/** A backend whose plugins lend their databases. */
async function start(
  database: JsonObject | undefined,
  pluginIds = ['first', 'second'],
  isProduction = false,
): Promise<{ databases: DatabaseService[]; log: string[]; stop(): Promise<void> }> {
  const lent: DatabaseService[] = [];
  const log = createTestLogger();
  const backend = createBackend();
  stops.push(async () => backend.stop());
  backend.add(createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => log }));
  backend.add(
    createServiceFactory({
      service: runtimeModeServiceRef,
      deps: {},
      factory: () => ({ isDevelopment: false, isProduction }),
    }),
  );
  backend.add(
    createRootConfigFactory({
      data: {
        backend: { listen: '127.0.0.1:0', baseUrl: 'http://localhost:7007', ...(database && { database }) },
      },
    }),
  );
  for (const pluginId of pluginIds) {
    backend.add(
      createBackendPlugin({
        pluginId,
        register({ registerInit }) {
          registerInit({
            deps: { database: coreServices.database },
            init: (deps) => void lent.push(deps.database),
          });
        },
      }),
    );
  }
  await backend.start();
  return { databases: lent, log: log.lines, stop: async () => backend.stop() };
}

describe.each(databases)('core.database on $name', ({ name, config }) => {
  it('gives each plugin its own data, and the same client at every call', async () => {
    const backend = await start(config);
    const [first, second] = await Promise.all(
      backend.databases.map(async (database) => database.getClient()),
    );
    await first!.schema.createTable('vestibule_things', (table) => table.text('name'));
    expect(await second!.schema.hasTable('vestibule_things')).toBe(false);
    expect(await backend.databases[0]!.getClient()).toBe(first);
  });

  it('names its engine, by which plugins of Backstage choose their statements', async () => {
    const backend = await start(config, ['named']);
    const knex = await backend.databases[0]!.getClient();
    const { client } = (knex.client as Knex.Client).config;
    expect(client).toBe(name === 'PostgreSQL' ? 'pg' : 'better-sqlite3');
  });

  it('keeps data over a restart, and closes its connections at shutdown', async () => {
    const before = await start(config, ['kept']);
    const knex = await before.databases[0]!.getClient();
    await knex.schema.createTable('vestibule_kept', (table) => table.text('name').primary());
    await knex('vestibule_kept').insert({ name: 'jane' });
    await before.stop();
    await expect(knex('vestibule_kept').select()).rejects.toThrow();

    const after = await start(config, ['kept']);
    const again = await after.databases[0]!.getClient();
    expect(await again('vestibule_kept').select()).toEqual([{ name: 'jane' }]);
  });

  it('undoes a transaction that fails, and returns what was inserted or updated', async () => {
    const knex = await connect(config, 'transactions');
    await knex.schema.createTable('vestibule_t', (table) => {
      table.text('id').primary();
      table.integer('n');
    });
    await expect(
      knex.transaction(async (transaction) => {
        await transaction('vestibule_t').insert({ id: 'a', n: 1 });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await knex('vestibule_t').select()).toEqual([]);
    await knex('vestibule_t').insert({ id: 'a', n: 1 });
    expect(
      await knex('vestibule_t').insert({ id: 'a', n: 2 }).onConflict('id').merge().returning(['id', 'n']),
    ).toEqual([{ id: 'a', n: 2 }]);
    expect(await knex('vestibule_t').where({ id: 'a' }).update({ n: 3 })).toBe(1);
  });

  it('puts no values into the messages of errors', async () => {
    const knex = await connect(config, 'messages');
    await knex.schema.createTable('vestibule_m', (table) => table.text('token').primary());
    await knex('vestibule_m').insert({ token: 's3cret' });
    await expect(knex('vestibule_m').insert({ token: 's3cret' })).rejects.toMatchObject({
      message: expect.not.stringContaining('s3cret'),
    });
  });

  it('says whether the operator migrates', async () => {
    const backend = await start({ ...(config as JsonObject), skipMigrations: true }, ['one']);
    expect(backend.databases[0]!.migrations).toEqual({ skip: true });
  });
});

describe('core.database without configuration', () => {
  it('keeps data in memory, says so once, and shares nothing with another backend', async () => {
    const [one, other] = [await start(undefined), await start(undefined)];
    const knex = await one.databases[0]!.getClient();
    await knex.schema.createTable('vestibule_x', (table) => table.text('x'));
    expect(await (await other.databases[0]!.getClient()).schema.hasTable('vestibule_x')).toBe(false);
    expect(one.log.filter((line) => line.includes('backend.database is not set'))).toHaveLength(1);
  });

  it.each([
    { client: 'embedded-postgres', connection: {} },
    { client: 'pg', plugin: { one: { client: 'embedded-postgres' } } },
  ])(
    'takes the place of an embedded PostgreSQL, says so once, and not in production: %j',
    async (database) => {
      const { databases: lent, log } = await start(database, ['one']);
      const knex = await lent[0]!.getClient();
      expect((knex.client as Knex.Client).config.client).toBe('better-sqlite3');
      expect(log.filter((line) => line.includes('embedded-postgres'))).toEqual([
        expect.stringContaining("'client: embedded-postgres' is not offered: everything is kept in memory"),
      ]);
      await expect(start(database, ['one'], true)).rejects.toThrow(
        /'client: embedded-postgres' is not offered; in production it must say where/,
      );
    },
  );

  it('is refused in production, with what to set', async () => {
    await expect(start(undefined, ['one'], true)).rejects.toThrow(
      /backend\.database is missing; in production/,
    );
  });
});

describe('the embedded engine', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vestibule-test-'));
  });
  afterAll(async () => rm(directory, { recursive: true }));

  it('creates its directory for nobody else to read', async () => {
    const data = join(directory, 'deep', 'data');
    await connect({ client: 'better-sqlite3', connection: { directory: data } });
    expect(((await stat(data)).mode & 0o777).toString(8)).toBe('700');
    expect((await stat(join(data, 'test.sqlite'))).isFile()).toBe(true);
  });

  it('creates its file for nobody else to read, also in a directory that was there', async () => {
    await connect({ client: 'better-sqlite3', connection: { directory } }, 'private');
    expect(((await stat(join(directory, 'private.sqlite'))).mode & 0o777).toString(8)).toBe('600');
  });

  it('leaves one file that has everything', async () => {
    const settings: DatabaseSettings = { client: 'better-sqlite3', connection: { directory } };
    const knex = await connect(settings, 'closed');
    await knex.schema.createTable('vestibule_c', (table) => table.text('name'));
    await knex('vestibule_c').insert({ name: 'jane' });
    expect(await knex('vestibule_c').pluck('name')).toEqual(['jane']);
    await knex.destroy();
    expect((await readdir(directory)).filter((name) => name.startsWith('closed'))).toEqual(['closed.sqlite']);
    await copyFile(join(directory, 'closed.sqlite'), join(directory, 'backup.sqlite'));
    expect(await (await connect(settings, 'backup'))('vestibule_c').pluck('name')).toEqual(['jane']);
  });

  it('keeps its locks on a file that this process opens once more', async () => {
    const settings: DatabaseSettings = { client: 'better-sqlite3', connection: { directory } };
    const ours = await connect(settings, 'locks');
    await ours.schema.createTable('vestibule_l', (table) => table.text('name'));
    await (await connect(settings, 'locks')).destroy();
    // What only who has the file for itself may do.
    const script = `
      import { loadSqliteDriver } from ${JSON.stringify(new URL('sqliteDriver.ts', import.meta.url).href)};
      const database = (await loadSqliteDriver()).open(${JSON.stringify(join(directory, 'locks.sqlite'))});
      try { database.exec('PRAGMA journal_mode = DELETE'); console.log('alone'); } catch { console.log('busy'); }`;
    const loader = new URL('../../../../scripts/ts.mjs', import.meta.url).href;
    const { stdout } = spawnSync(
      process.execPath,
      ['--conditions=vestibule:source', '--import', loader, '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    );
    expect(stdout.trim()).toBe('busy');
  });

  it('leaves whoever has the file open alone when it closes it', async () => {
    const settings: DatabaseSettings = { client: 'better-sqlite3', connection: { directory } };
    const [ours, theirs] = [await connect(settings, 'shared'), await connect(settings, 'shared')];
    await ours.schema.createTable('vestibule_c', (table) => table.text('name'));
    await theirs('vestibule_c').insert({ name: 'theirs' });
    await ours('vestibule_c').insert({ name: 'ours' });
    await ours.destroy();
    await theirs('vestibule_c').insert({ name: 'theirs again' });
    const next = await connect(settings, 'shared');
    expect(await next('vestibule_c').pluck('name')).toEqual(['theirs', 'ours', 'theirs again']);
  });

  it('asks a statement again that was prepared before the schema changed, and finds what is there now', async () => {
    const settings: DatabaseSettings = { client: 'better-sqlite3', connection: { directory } };
    const [ours, theirs] = [await connect(settings, 'schema'), await connect(settings, 'schema')];
    await ours.schema.createTable('vestibule_s', (table) => table.text('name'));
    const all = async () => ours.raw<object[]>('select * from vestibule_s');
    await ours('vestibule_s').insert({ name: 'jane' });
    expect(await all()).toEqual([{ name: 'jane' }]);
    await theirs.schema.alterTable('vestibule_s', (table) => table.integer('age'));
    await theirs('vestibule_s').update({ age: 7 });
    expect(await all()).toEqual([{ name: 'jane', age: 7 }]);
    await ours.schema.dropTable('vestibule_s');
    await expect(all()).rejects.toThrow('no such table');
  });

  it('holds no lock after a query, however many rows it gave, and keeps at most a hundred statements', async () => {
    const settings: DatabaseSettings = { client: 'better-sqlite3', connection: { directory } };
    const [ours, theirs] = [await connect(settings, 'rows'), await connect(settings, 'rows')];
    await ours.schema.createTable('vestibule_r', (table) => table.integer('n'));
    await ours('vestibule_r').insert(Array.from({ length: 300 }, (_, n) => ({ n })));
    for (const limit of [1, 99, 100, 101, 200, 300]) {
      expect(await ours('vestibule_r').select().limit(limit)).toHaveLength(limit);
    }
    for (let n = 0; n < 250; n += 1) {
      expect(await ours.raw(`select ${n} as n, count(*) as all_of_them from vestibule_r`)).toEqual([
        { n, all_of_them: 300 },
      ]);
    }
    await theirs.raw('PRAGMA busy_timeout = 0');
    await theirs('vestibule_r').delete();
    // Only where nobody reads can the log be emptied.
    expect(await theirs.raw('PRAGMA wal_checkpoint(TRUNCATE)')).toEqual([
      expect.objectContaining({ busy: 0 }),
    ]);
    expect(await ours('vestibule_r').select()).toEqual([]);
  });

  it('takes bytes, dates, booleans and nothing, and gives them back alike with every driver', async () => {
    const knex = await connect({ client: 'better-sqlite3', connection: ':memory:' });
    await knex.schema.createTable('vestibule_v', (table) => {
      table.binary('bytes');
      table.integer('at');
      table.boolean('is_on');
      table.text('none');
    });
    const bytes = Buffer.from([0, 255, 7]);
    await knex('vestibule_v').insert({
      bytes,
      at: new Date(1_700_000_000_000),
      is_on: true,
      none: undefined,
    });
    const [{ bytes: given, ...row } = { bytes }] = await knex<{ bytes: Buffer }>('vestibule_v').select();
    expect(Buffer.isBuffer(given)).toBe(true);
    expect(given.toString('hex')).toBe('00ff07');
    expect(row).toEqual({ at: 1_700_000_000_000, is_on: 1, none: null });
  });

  it.each([
    ['SQLITE_CONSTRAINT_PRIMARYKEY', { id: 'a', name: 'x' }],
    ['SQLITE_CONSTRAINT_UNIQUE', { id: 'b', name: 'jane' }],
    ['SQLITE_CONSTRAINT_NOTNULL', { id: 'b', name: null }],
  ])('fails with the code %s', async (code, row) => {
    const knex = await connect({ client: 'better-sqlite3', connection: ':memory:' });
    await knex.schema.createTable('vestibule_e', (table) => {
      table.text('id').primary();
      table.text('name').unique().notNullable();
    });
    await knex('vestibule_e').insert({ id: 'a', name: 'jane' });
    await expect(knex('vestibule_e').insert(row)).rejects.toMatchObject({ code });
  });

  it('names its driver at start, once', async () => {
    const { databases: lent, log } = await start({ client: 'better-sqlite3', connection: ':memory:' });
    for (const database of lent) await database.getClient();
    expect(log.filter((line) => line.includes('Embedded database'))).toEqual([
      expect.stringMatching(/Embedded database: SQLite by (?:node:sqlite|libsql) /),
    ]);
  });

  it('names the file that it cannot open', async () => {
    const blocked = join(directory, 'blocked');
    await writeFile(blocked, 'no directory');
    await writeFile(join(directory, 'garbage.sqlite'), 'x'.repeat(4096));
    for (const connection of [{ directory: blocked }, { directory }] as const) {
      const pluginId = connection.directory === blocked ? 'test' : 'garbage';
      await expect(connect({ client: 'better-sqlite3', connection }, pluginId)).rejects.toMatchObject({
        code: 'ERR_DATABASE_UNAVAILABLE',
        message: `The database file '${join(connection.directory, `${pluginId}.sqlite`)}' cannot be opened`,
      });
    }
  });

  it('is as before after a statement found the file locked by another process', async () => {
    const settings: DatabaseSettings = { client: 'better-sqlite3', connection: { directory } };
    const [ours, theirs] = [await connect(settings, 'busy'), await connect(settings, 'busy')];
    await ours.schema.createTable('vestibule_b', (table) => table.text('name'));
    await ours.raw('PRAGMA busy_timeout = 0');
    await theirs.transaction(async (transaction) => {
      await transaction('vestibule_b').insert({ name: 'theirs' });
      await expect(ours('vestibule_b').insert({ name: 'refused' })).rejects.toMatchObject({
        code: 'SQLITE_BUSY',
      });
      await ours.raw('PRAGMA busy_timeout = 0');
      await expect(
        ours.transaction(async (own) => own('vestibule_b').insert({ name: 'refused' })),
      ).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    });
    await ours.transaction(async (own) => own('vestibule_b').insert({ name: 'ours' }));
    // Another connection sees it, so it was really committed.
    expect(await theirs('vestibule_b').pluck('name')).toEqual(['theirs', 'ours']);
  });
});

describe('PostgreSQL', () => {
  const unreachable: DatabaseSettings = {
    client: 'pg',
    connection: 'postgres://jane:s3cret@127.0.0.1:1/x',
  };

  it('that cannot be reached is named without user and password, and can be tried again', async () => {
    const backend = await start(unreachable as JsonObject, ['one']);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const failure: unknown = await backend.databases[0]!.getClient().catch((error: unknown) => error);
      expect(failure).toMatchObject({
        name: 'ServiceUnavailableError',
        code: 'ERR_DATABASE_UNAVAILABLE',
        message: 'The PostgreSQL database 127.0.0.1:1/backstage_plugin_one cannot be reached (ECONNREFUSED)',
        hint: expect.stringContaining('Start the server'),
      });
      expect(`${String((failure as Error).stack)}${JSON.stringify(failure)}`).not.toMatch(/s3cret|jane/);
    }
  });

  if (!postgres) return;
  const { config } = postgres;
  const serverUrl = typeof config.connection === 'string' ? config.connection : '';
  const prefix = `${config.prefix}${randomBytes(3).toString('hex')}`;

  it('gets a database from whichever replica is first', async () => {
    const replicas = await Promise.all(
      Array.from({ length: 5 }, async (_, index) =>
        connect({ ...config, prefix: `${prefix}r` }, `p${index % 2}`),
      ),
    );
    const names = await Promise.all(
      replicas.map(
        async (knex) =>
          (await knex.raw<{ rows: { name: string }[] }>('SELECT current_database() AS name')).rows[0]?.name,
      ),
    );
    expect(names).toEqual([0, 1, 0, 1, 0].map((n) => `${prefix}rp${n}`));
  });

  it('is not given a database where that is not wanted', async () => {
    await expect(connect({ ...config, prefix: `${prefix}n`, ensureExists: false })).rejects.toMatchObject({
      code: 'ERR_DATABASE_UNAVAILABLE',
      message: expect.stringContaining('(3D000)'),
      hint: expect.stringContaining('ensureExists'),
    });
  });

  it('keeps plugins apart by schema in one database', async () => {
    const url = new URL(serverUrl);
    url.pathname = `/${prefix}shared`;
    const settings: DatabaseSettings = { client: 'pg', connection: url.href, pluginDivisionMode: 'schema' };
    const [one, two] = [await connect(settings, 'one'), await connect(settings, 'two')];
    await one.schema.createTable('vestibule_x', (table) => table.text('x'));
    expect(await two.schema.hasTable('vestibule_x')).toBe(false);
    const place = await one.raw<{ rows: object[] }>('SELECT current_database() AS d, current_schema() AS s');
    expect(place.rows).toEqual([{ d: `${prefix}shared`, s: 'one' }]);
  });

  it('acts in the role that is configured', async () => {
    const role = `${prefix}"role`;
    const admin = await connect(config, 'admin');
    await admin.raw('CREATE ROLE ??', [role]);
    const knex = await connect({ ...config, role }, 'admin');
    const { rows } = await knex.raw<{ rows: object[] }>('SELECT current_user AS name');
    expect(rows).toEqual([{ name: role }]);
    await admin.raw('DROP ROLE ??', [role]);
  });

  it('may go away and come back without a restart', async () => {
    const url = new URL(serverUrl);
    const relay = await startRelay(Number(url.port || 5432), url.hostname);
    stops.push(relay.stop);
    url.port = String(relay.port);
    url.hostname = '127.0.0.1';
    const knex = await connect({ ...config, connection: url.href }, 'relay');
    await knex.raw('SELECT 1');
    await relay.stop();
    await expect(knex.raw('SELECT 1')).rejects.toThrow();
    const back = await startRelay(Number(new URL(serverUrl).port || 5432), '127.0.0.1', relay.port);
    stops.push(back.stop);
    expect((await knex.raw<{ rows: object[] }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});

/** Passes bytes on until it is stopped, which cuts every connection. */
async function startRelay(
  targetPort: number,
  host: string,
  port = 0,
): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const onward = connectTcp(targetPort, host);
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => sockets.delete(one));
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

describe('backend.database.keepalive', () => {
  /** What was begun in intervals of a minute, to be run by the test. */
  function minuteTimers(): (() => void)[] {
    return jest
      .mocked(setInterval)
      .mock.calls.filter(([, milliseconds]) => milliseconds === 60_000)
      .map(([act]) => act);
  }
  beforeEach(() => void jest.spyOn(globalThis, 'setInterval'));
  afterEach(() => void jest.restoreAllMocks());

  it('asks each pool of a PostgreSQL server something, and is off unless it is set', async () => {
    if (!postgres) return;
    const config = postgres.config as unknown as JsonObject;
    const off = await start(config);
    await off.databases[0]?.getClient();
    expect(minuteTimers()).toEqual([]);
    const on = await start({ ...config, keepalive: true });
    const [knex] = await Promise.all(on.databases.map(async (one) => one.getClient()));
    const timers = minuteTimers();
    expect(timers).toHaveLength(2);
    const queries: string[] = [];
    knex?.on('query', ({ sql }: { sql: string }) => queries.push(sql));
    const answered = new Promise((resolve) => knex?.once('query-response', resolve));
    for (const act of timers) act();
    await answered;
    expect(queries).toEqual(['SELECT 1']);
  });

  it('has nothing to do for a database in a file', async () => {
    const { databases: lent } = await start({
      client: 'better-sqlite3',
      connection: ':memory:',
      keepalive: true,
    });
    await lent[0]?.getClient();
    expect(minuteTimers()).toEqual([]);
  });
});
