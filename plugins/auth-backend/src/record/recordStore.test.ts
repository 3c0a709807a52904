import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { migrate } from '@vestibule/database-migrations';
import type { Knex } from 'knex';
import type { SignInRecord } from '@vestibule/plugin-auth-node';
import { migrations, tables } from '../database/migrations.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import { createRecordReader } from './recordReader.ts';
import { createRecordStore } from './recordStore.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const day = 86_400_000;
let now: number;
let made = 0;
const clock = { now: () => now };
beforeEach(() => {
  now = Date.UTC(2026, 10, 22);
});

function recordOf(changes: Partial<SignInRecord> = {}): SignInRecord {
  made += 1;
  return {
    version: 1,
    reference: made.toString(16).padStart(10, '0'),
    at: new Date(now).toISOString(),
    event: 'sign-in',
    provider: 'oidc',
    outcome: 'refused',
    code: 'ERR_RESOLVER_NO_MATCH',
    inputs: {},
    transforms: [],
    gates: [],
    resolvers: [],
    catalog: [],
    milliseconds: 1,
    ...changes,
  };
}

describe.each(databases)('decisions on $name', ({ connect, name }) => {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
  const open = (database: Knex) =>
    createRecordStore({ database: { client: async () => Promise.resolve(database) }, clock, logger });

  async function freshTable() {
    warnings.length = 0;
    const database = await connect('auth');
    await migrate(database, { table: tables.migrations, migrations });
    await database(tables.records).delete();
    return database;
  }

  it('finds a refusal in another process as soon as it was kept', async () => {
    const store = open(await freshTable());
    const record = recordOf();
    await store.keep(record, 'login');
    const other = createRecordReader(await connect('auth'), clock);
    expect(await other.find(record.reference)).toEqual(record);
    expect(await other.find('ffffffffff')).toBeUndefined();
    expect(await other.find("' OR 1=1 --")).toBeUndefined();
    await store.stop();
  });

  it('finds what is still to be written, and writes it when it ends', async () => {
    const database = await freshTable();
    const store = open(database);
    const record = recordOf({ outcome: 'allowed' });
    await store.keep(record, 'login');
    expect(await database(tables.records).select('reference')).toEqual([]);
    expect(await store.find(record.reference)).toEqual(record);
    await store.stop();
    expect(await createRecordReader(database, clock).latest(5)).toEqual([record]);
  });

  it('keeps the last thousand, from several replicas together', async () => {
    const replicas = [open(await freshTable()), open(await connect('auth'))];
    for (let round = 0; round < 24; round += 1) {
      now += 1000;
      const batch = Array.from({ length: 50 }, async (_, index) =>
        replicas[index % 2]!.keep(recordOf(), 'login'),
      );
      await Promise.all(batch);
    }
    now += day / 24;
    await Promise.all(replicas.map(async (store) => store.keep(recordOf(), 'login')));
    await Promise.all(replicas.map(async (store) => store.stop()));
    const database = await connect('auth');
    expect(await database(tables.records).count({ rows: '*' })).toEqual([
      { rows: name === 'SQLite' ? 1000 : '1000' },
    ]);
    const [newest] = await createRecordReader(database, clock).latest(1);
    expect(Date.parse(newest?.at ?? '')).toBe(now);
  });

  it('neither finds nor keeps what is older than seven days', async () => {
    const database = await freshTable();
    const store = open(database);
    const old = recordOf();
    await store.keep(old, 'login');
    now += 7 * day;
    expect(await store.find(old.reference)).toEqual(old);
    now += 1;
    expect(await store.find(old.reference)).toBeUndefined();
    await store.keep(recordOf(), 'login');
    await store.stop();
    expect(await database(tables.records).where('reference', old.reference)).toEqual([]);
  });

  it('lets those who prove nobody push out nobody', async () => {
    const database = await freshTable();
    const store = open(database);
    const kim = recordOf();
    await store.keep(kim, 'login');
    for (let round = 0; round < 60; round += 1) {
      now += 1000;
      await Promise.all(Array.from({ length: 20 }, async () => store.keep(recordOf(), 'unproven')));
    }
    now += day / 24;
    await store.keep(recordOf(), 'unproven');
    await store.stop();
    expect(await store.find(kim.reference)).toEqual(kim);
    expect(await database(tables.records).where({ share: 'unproven' })).toHaveLength(250);
  });

  it('writes all that come one after another, however they fall on the clock', async () => {
    const database = await freshTable();
    const store = open(database);
    for (let count = 0; count < 60; count += 1) {
      await store.keep(recordOf(), 'unproven');
      now += count < 15 ? 1 : 50;
    }
    await store.stop();
    expect(await database(tables.records)).toHaveLength(60);
    expect(warnings).toEqual([]);
  });

  it('writes only so many in a second, and says how many are missing', async () => {
    const database = await freshTable();
    const store = open(database);
    await Promise.all(Array.from({ length: 300 }, async () => store.keep(recordOf(), 'unproven')));
    await store.keep(recordOf(), 'login');
    await store.stop();
    expect(await database(tables.records)).toHaveLength(21);
    expect(warnings).toEqual([
      'decisions that were not kept, because there were too many at once: 1; they stand in the log only',
      'decisions that were not kept, because there were too many at once: 279; they stand in the log only',
    ]);
  });

  it('goes on without the table, and says so once', async () => {
    const database = await freshTable();
    await database.schema.renameTable(tables.records, 'vestibule_away');
    const store = open(database);
    await store.keep(recordOf(), 'login');
    await store.keep(recordOf(), 'login');
    expect(warnings).toEqual([
      'decisions that were not kept, because the database did not take them: 1; they stand in the log only',
    ]);
    await database.schema.renameTable('vestibule_away', tables.records);
    const record = recordOf();
    await store.keep(record, 'login');
    expect(await store.find(record.reference)).toEqual(record);
    await store.stop();
  });

  it('leaves records of a later version to that version', async () => {
    const database = await freshTable();
    const store = open(database);
    const later = { ...recordOf(), version: 2 } as unknown as SignInRecord;
    await store.keep(later, 'login');
    expect(await store.find(later.reference)).toBeUndefined();
    expect(await createRecordReader(database, clock).latest(5)).toEqual([]);
    await store.stop();
  });
});

it('waits for a database that does not answer no longer than a second', async () => {
  const hanging = (() => ({
    insert: () => ({ onConflict: () => ({ ignore: async () => new Promise(() => undefined) }) }),
  })) as unknown as Knex;
  const store = createRecordStore({
    database: { client: async () => Promise.resolve(hanging) },
    clock,
    logger: silentLogger,
  });
  const startedAt = performance.now();
  await store.keep(recordOf(), 'login');
  expect(performance.now() - startedAt).toBeLessThan(3000);
});
