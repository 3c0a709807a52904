import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DatabaseService } from '@vestibule/backend-plugin-api';
import { testDatabases } from '@vestibule/backend-test-utils';
import { createTestLogger } from '../http/testing/startHttp.ts';
import { migrationChecksums } from '@vestibule/database-migrations';
import { createServiceKeys, migrations, type ServiceKeys } from './serviceKeys.ts';
import { createServiceTokens } from './serviceTokens.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const hour = 60 * 60 * 1000;

// What was released is somebody's database. A change is a migration of its own.
it.each(databases)('no migration that was released is edited, on $name', async ({ name, connect }) => {
  const released: Record<string, string> = {
    SQLite: 'd7Amp8pUMzx1nbWwtjReQrctAt_ZaMFmBhFFkcIkTpY',
    PostgreSQL: 'z6t3R5qbxRdDCsubE9Wu-fU8quG_uQw6eClToknPM-w',
  };
  expect(await migrationChecksums(await connect('released'), migrations)).toEqual({
    '001-service-keys': released[name],
  });
});

describe.each(databases)('service keys on $name', ({ connect }) => {
  let clock: number;
  let isDown: boolean;
  let round = 0;
  let pluginId: string;

  beforeEach(() => {
    clock = Date.now();
    isDown = false;
    pluginId = `keys${(round += 1)}`;
  });

  /** As one replica has them. */
  async function replica(): Promise<ServiceKeys> {
    const knex = await connect(pluginId);
    const gate = new Proxy(knex, {
      apply(target, _, [table]: [string]) {
        if (isDown) throw new Error('the database is away');
        return target(table);
      },
    });
    const database: DatabaseService = { getClient: async () => gate };
    return createServiceKeys({ database, logger: createTestLogger(), clock: { now: () => clock } });
  }
  const kids = async (keys: ServiceKeys): Promise<unknown[]> =>
    (await keys.publicKeys()).map((key) => key['kid']);

  it('are published by every replica before they have signed', async () => {
    const [one, two] = [await replica(), await replica()];
    const [first, second] = await Promise.all([one.signingKey(), two.signingKey()]);
    expect(new Set(await kids(one))).toEqual(new Set([first.kid, second.kid]));
    expect(new Set(await kids(two))).toEqual(new Set([first.kid, second.kid]));
  });

  it('sign for an hour and are published for three', async () => {
    const keys = await replica();
    const [one, again] = await Promise.all([keys.signingKey(), keys.signingKey()]);
    expect(again.kid).toBe(one.kid);
    clock += hour;
    const two = await keys.signingKey();
    expect(two.kid).not.toBe(one.kid);
    expect(await kids(keys)).toEqual([one.kid, two.kid]);
    clock += 2 * hour + 1;
    expect(await kids(keys)).toEqual([two.kid]);
  });

  it('keep their private half out of the database', async () => {
    const keys = await replica();
    const { privateKey } = await keys.signingKey();
    const knex = await connect(pluginId);
    const [row] = await knex('vestibule_service_keys').select();
    expect(JSON.stringify(row)).not.toContain(privateKey.export({ format: 'jwk' }).d);
  });

  it('go on signing and stay published while the database is away', async () => {
    const keys = await replica();
    const { kid } = await keys.signingKey();
    await kids(keys);
    isDown = true;
    clock += hour + 1;
    expect((await keys.signingKey()).kid).toBe(kid);
    expect(await kids(keys)).toEqual([kid]);
    clock += hour;
    // Its tokens would outlive its publication.
    await expect(keys.signingKey()).rejects.toThrow('the database is away');
    isDown = false;
    expect((await keys.signingKey()).kid).not.toBe(kid);
  });

  it('are an error, not an empty set, when they could never be read', async () => {
    const keys = await replica();
    isDown = true;
    await expect(keys.publicKeys()).rejects.toThrow('the database is away');
  });
});

describe('service tokens', () => {
  it('are issued anew in their last minute', async () => {
    let clock = Date.now();
    const knex = await databases[0]!.connect('tokens');
    const keys = createServiceKeys({
      database: { getClient: async () => knex },
      logger: createTestLogger(),
      clock: { now: () => clock },
    });
    const tokens = createServiceTokens('tokens', keys, { now: () => clock });
    const { token } = await tokens.issue({ targetPluginId: 'catalog' });
    clock += hour - 62_000;
    expect((await tokens.issue({ targetPluginId: 'catalog' })).token).toBe(token);
    clock += 2000;
    expect((await tokens.issue({ targetPluginId: 'catalog' })).token).not.toBe(token);
  });
});
