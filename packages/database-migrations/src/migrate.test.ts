import { afterAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { migrate, type Migration } from './migrate.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const createPeople: Migration = {
  id: '001-people',
  up: async (knex) => knex.schema.createTable('vestibule_people', (table) => table.text('name').primary()),
};
const addJane: Migration = {
  id: '002-jane',
  up: async (knex) => knex('vestibule_people').insert({ name: 'jane' }),
};

describe.each(databases)('migrate on $name', ({ connect }) => {
  it('runs what is missing, in order, once', async () => {
    const knex = await connect('once');
    const table = 'vestibule_once_migrations';
    expect(await migrate(knex, { table, migrations: [createPeople] })).toEqual(['001-people']);
    expect(await migrate(knex, { table, migrations: [createPeople, addJane] })).toEqual(['002-jane']);
    expect(await migrate(knex, { table, migrations: [createPeople, addJane] })).toEqual([]);
    expect(await knex('vestibule_people').select()).toEqual([{ name: 'jane' }]);
  });

  it('leaves the ids of a newer version alone', async () => {
    const knex = await connect('newer');
    const table = 'vestibule_newer_migrations';
    await migrate(knex, { table, migrations: [createPeople, addJane] });
    expect(await migrate(knex, { table, migrations: [createPeople] })).toEqual([]);
    expect(await knex(table).pluck('id').orderBy('id')).toEqual(['001-people', '002-jane']);
  });

  it('keeps nothing of a run that fails, and can then be run again', async () => {
    const knex = await connect('failing');
    const table = 'vestibule_failing_migrations';
    const broken: Migration = {
      id: '002-broken',
      up: async (transaction) => transaction.raw('SELECT * FROM nowhere'),
    };
    await expect(migrate(knex, { table, migrations: [createPeople, broken] })).rejects.toMatchObject({
      code: 'ERR_DATABASE_MIGRATION_FAILED',
      message: "Migration '002-broken' of vestibule_failing_migrations failed; nothing was changed",
    });
    expect(await knex.schema.hasTable('vestibule_people')).toBe(false);
    expect(await migrate(knex, { table, migrations: [createPeople, addJane] })).toEqual([
      '001-people',
      '002-jane',
    ]);
  });

  it('runs each migration once when several processes start at once', async () => {
    const starting = await Promise.all(Array.from({ length: 4 }, async () => connect('racing')));
    const table = 'vestibule_racing_migrations';
    const results = await Promise.all(
      starting.map(async (knex) => migrate(knex, { table, migrations: [createPeople, addJane] })),
    );
    expect(results.flat()).toEqual(['001-people', '002-jane']);
    expect(await starting[0]?.('vestibule_people').select()).toEqual([{ name: 'jane' }]);
  });

  it('gives up with a hint while another process holds the lock for too long', async () => {
    const [holder, waiting] = [await connect('held'), await connect('held')];
    const table = 'vestibule_held_migrations';
    let wait: Promise<unknown> = Promise.resolve();
    const holding: Migration = {
      id: '001-hold',
      async up() {
        wait = migrate(waiting, { table, migrations: [addJane], lockTimeoutMilliseconds: 60 });
        await expect(wait).rejects.toMatchObject({
          code: 'ERR_DATABASE_MIGRATION_FAILED',
          hint: expect.stringContaining('Another process holds the database'),
        });
      },
    };
    expect(await migrate(holder, { table, migrations: [holding] })).toEqual(['001-hold']);
    // The failed attempt left no setting behind.
    expect(await migrate(waiting, { table, migrations: [createPeople] })).toEqual(['001-people']);
  });

  it("does not touch the tables of knex's own migrator", async () => {
    const knex = await connect('beside');
    await knex.schema.createTable('knex_migrations', (table) => table.text('name'));
    await knex('knex_migrations').insert({ name: '20200101_init.js' });
    await migrate(knex, { table: 'vestibule_beside_migrations', migrations: [createPeople] });
    expect(await knex('knex_migrations').select()).toEqual([{ name: '20200101_init.js' }]);
    expect(await knex.schema.hasTable('knex_migrations_lock')).toBe(false);
  });
});

describe('migrate', () => {
  it.each(['knex_migrations', 'vestibule_', 'vestibule_x; DROP TABLE y', 'vestibule_"x'])(
    'refuses the table name %j before it connects',
    async (table) => {
      const [database] = databases;
      const knex = await database!.connect('names');
      await expect(
        migrate(knex, { table: table as `vestibule_${string}`, migrations: [] }),
      ).rejects.toMatchObject({ code: 'ERR_DATABASE_MIGRATION_FAILED' });
    },
  );

  it('refuses an id that stands twice', async () => {
    const knex = await databases[0]!.connect('twice');
    await expect(
      migrate(knex, { table: 'vestibule_twice_migrations', migrations: [createPeople, createPeople] }),
    ).rejects.toMatchObject({ message: expect.stringContaining("'001-people'") });
  });
});
