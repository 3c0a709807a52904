import { testDatabases } from '@vestibule/backend-test-utils';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Migration } from './migrate.ts';
import { migrationChecksums } from './migrationChecksums.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const people = (length: number): Migration => ({
  id: '001-people',
  up: async (knex) =>
    knex.schema.createTable('vestibule_people', (table) => table.string('name', length).primary()),
});
const person = (name: string): Migration => ({
  id: '002-person',
  up: async (knex) => knex('vestibule_people').insert({ name }),
});

describe.each(databases)('checksums of migrations on $name', ({ connect }) => {
  it('are the same each time, and the database stays empty', async () => {
    const knex = await connect('same');
    const first = await migrationChecksums(knex, [people(64), person('jane')]);
    expect(Object.keys(first)).toEqual(['001-people', '002-person']);
    expect(await migrationChecksums(knex, [people(64), person('jane')])).toEqual(first);
    expect(await knex.schema.hasTable('vestibule_people')).toBe(false);
  });

  it('differ where a statement or a value does, and nowhere else', async () => {
    const knex = await connect('edited');
    const before = await migrationChecksums(knex, [people(64), person('jane')]);
    const longer = await migrationChecksums(knex, [people(65), person('jane')]);
    expect(longer['001-people']).not.toBe(before['001-people']);
    expect(longer['002-person']).toBe(before['002-person']);
    const other = await migrationChecksums(knex, [people(64), person('joan')]);
    expect(other['001-people']).toBe(before['001-people']);
    expect(other['002-person']).not.toBe(before['002-person']);
  });

  it('say what a migration throws, and leave nothing of it', async () => {
    const knex = await connect('broken');
    const broken: Migration = { id: '002', up: async () => Promise.reject(new Error('no')) };
    await expect(migrationChecksums(knex, [people(64), broken])).rejects.toThrow('no');
    expect(await knex.schema.hasTable('vestibule_people')).toBe(false);
  });
});
