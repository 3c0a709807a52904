import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import type { Knex } from 'knex';
import { createAuthDatabase } from './authDatabase.ts';
import { tables } from './migrations.ts';
import { statement } from './statement.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

interface Row {
  user_entity_ref: string;
  claims: string;
  updated_at: number | string;
}

interface Values {
  sub: string;
  claims: string;
  at: number;
}

const insert = (knex: Knex, { sub, claims, at }: Values) =>
  knex<Row>(tables.userInfo).insert({ user_entity_ref: sub, claims, updated_at: at });

const find = (knex: Knex, { sub }: { sub: string }) =>
  knex<Row>(tables.userInfo).where({ user_entity_ref: sub }).first();

/** Each kind of query that sign-in asks, as it stands in the stores. */
const kinds: Record<string, (knex: Knex, values: Values) => PromiseLike<unknown> & { toSQL(): Knex.Sql }> = {
  insert,
  'insert once': (knex, { sub, claims, at }) =>
    knex<Row>(tables.userInfo)
      .insert({ user_entity_ref: sub, claims, updated_at: at })
      .onConflict('user_entity_ref')
      .ignore()
      .returning('user_entity_ref'),
  'insert or change': (knex, { sub, claims, at }) =>
    knex<Row>(tables.userInfo)
      .insert({ user_entity_ref: sub, claims, updated_at: at })
      .onConflict('user_entity_ref')
      .merge()
      .whereNot(`${tables.userInfo}.claims`, claims),
  'update by two conditions': (knex, { sub, claims, at }) =>
    knex<Row>(tables.userInfo).where({ user_entity_ref: sub, updated_at: at }).update({ claims }),
  'update with expressions': (knex, { sub, claims, at }) =>
    knex<Row>(tables.userInfo)
      .where({ user_entity_ref: sub })
      .andWhere((either) => {
        void either.whereNull('claims').orWhere('updated_at', '<', knex.raw('cast(7 as bigint)'));
      })
      .update({ claims, updated_at: knex.raw('? + ?', [knex.raw('cast(40 as bigint)'), at]) }),
  first: (knex, { sub, claims, at }) =>
    knex<Row>(tables.userInfo).where({ user_entity_ref: sub, claims, updated_at: at }).first('claims'),
  delete: (knex, { sub, claims, at }) =>
    knex<Row>(tables.userInfo).where({ user_entity_ref: sub, claims, updated_at: at }).delete(),
};

const stored: Values = { sub: 'user:default/ann', claims: '{"a":1}', at: 5 };
const runs: Values[] = [
  { ...stored, claims: '{"a":2}' },
  { ...stored, sub: 'user:default/ben', at: 8 },
  stored,
];

describe.each(databases)('a statement on $name', ({ connect }) => {
  let knex: Knex;
  let asked: { sql: string; bindings: unknown[]; __knexQueryUid: string }[] = [];
  const rows = async () => knex<Row>(tables.userInfo).select().orderBy('user_entity_ref');

  beforeAll(async () => {
    const client = await connect('auth');
    knex = await createAuthDatabase({ getClient: async () => Promise.resolve(client) }).client();
    knex.on('query', (query: (typeof asked)[number]) => asked.push(query));
  });
  beforeEach(async () => {
    await knex(tables.userInfo).delete();
    await insert(knex, stored);
    asked = [];
  });

  /** Of one run on a table with one row. */
  async function outcomeOf(run: () => PromiseLike<unknown>) {
    await knex(tables.userInfo).delete();
    await insert(knex, stored);
    asked = [];
    const result = await run().then(resultOf, (error: Error & { code?: unknown }) => ({
      message: error.message,
      code: error.code,
    }));
    return { asked: asked.map(({ sql, bindings }) => ({ sql, bindings })), result, rows: await rows() };
  }

  it.each(Object.entries(kinds))(
    'asks, gives, changes and refuses what its query does: %s',
    async (_, build) => {
      const prepared = statement(build);
      for (const values of runs) {
        const expected = await outcomeOf(() => build(knex, values));
        expect(expected.asked).toHaveLength(1);
        expect(await outcomeOf(async () => prepared(knex, values))).toEqual(expected);
      }
    },
  );

  it('tells in its failure no value of its own', async () => {
    const prepared = statement(insert);
    const failure = (await prepared(knex, { ...stored, claims: 'a secret' }).catch(String)) as string;
    expect(failure).toContain('insert into');
    expect(failure).not.toMatch(/a secret|user:default/);
  });

  it('stores null where it stored a text before', async () => {
    await knex.schema.createTable('notes', (table) => table.text('note').nullable());
    const write = statement((on, { note }: { note: string | null }) => on('notes').insert({ note }));
    for (const note of ['a', null, 'b']) await write(knex, { note });
    expect(await knex('notes').pluck<unknown[]>('note')).toEqual(['a', null, 'b']);
  });

  it('keeps apart the values of runs at the same time, which are different runs to whoever listens', async () => {
    const write = statement(insert);
    const read = statement(find);
    const subs = Array.from({ length: 30 }, (_, index) => `user:default/number-${index}`);
    await Promise.all(subs.map(async (sub) => write(knex, { sub, claims: sub, at: 1 })));
    const found = await Promise.all(subs.map(async (sub) => read(knex, { sub })));
    expect(found.map((row) => row?.claims)).toEqual(subs);
    expect(new Set(asked.map(({ __knexQueryUid }) => __knexQueryUid)).size).toBe(60);
  });

  it('takes part in a transaction', async () => {
    const write = statement(insert);
    const read = statement(find);
    const sub = 'user:default/ben';
    await expect(
      knex.transaction(async (transaction) => {
        await write(transaction, { ...stored, sub });
        expect(await read(transaction, { sub })).toBeDefined();
        throw new Error('no, leave it');
      }),
    ).rejects.toThrow('no, leave it');
    expect(await read(knex, { sub })).toBeUndefined();
  });

  it('refuses to run without one of its values, be it the first time or later', async () => {
    const write = statement(insert);
    const { at: _, ...short } = stored;
    for (const values of [short, { ...short, at: undefined }]) {
      await expect(write(knex, values as Values)).rejects.toThrow('The statement is run without at');
      await expect(statement(insert)(knex, values as Values)).rejects.toThrow(
        'The statement is run without at',
      );
    }
    await write(knex, { ...stored, sub: 'user:default/ben' });
    await expect(write(knex, short as Values)).rejects.toThrow('The statement is run without at');
    expect(await rows()).toHaveLength(2);
  });

  it('is not made where it calculates with a value, or has no place for one', async () => {
    const calculating = statement((on, { sub, at }: { sub: string; at: number }) =>
      on<Row>(tables.userInfo)
        .where({ user_entity_ref: sub })
        .update({ updated_at: at + 1 }),
    );
    await expect(calculating(knex, stored)).rejects.toThrow('before at has a value');
    await expect(statement(find)(knex, stored)).rejects.toThrow('The statement has no place for claims, at');
    expect(asked).toEqual([]);
  });
});

it('is made for each client in the language of its engine', async () => {
  const read = statement(find);
  for (const { connect } of [...databases, ...databases]) {
    expect(await read(await connect('auth'), { sub: 'user:default/nobody' })).toBeUndefined();
  }
});

/** Without what PostgreSQL's driver tells besides. */
function resultOf(result: unknown): unknown {
  const { command, rowCount } = (result ?? {}) as { command?: unknown; rowCount?: unknown };
  return command === undefined ? result : { command, rowCount };
}
