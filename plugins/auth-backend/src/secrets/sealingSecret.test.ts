import { afterAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { migrate } from '@vestibule/database-migrations';
import { migrations, tables } from '../database/migrations.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import { findSealingSecrets } from './sealingService.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

describe.each(databases)('the sealing secret on $name', ({ connect }) => {
  it('is generated once where none is configured: replicas that start at once, and later ones, have the same', async () => {
    const replicas = await Promise.all(Array.from({ length: 4 }, async () => connect('secret')));
    await migrate(replicas[0]!, { table: tables.migrations, migrations });
    const find = async (database: (typeof replicas)[number]) =>
      findSealingSecrets({
        configured: undefined,
        isProduction: true,
        logger: silentLogger,
        database: { client: async () => Promise.resolve(database) },
      });
    const secrets = (await Promise.all(replicas.map(find))).map(([secret]) => secret);
    expect(new Set(secrets).size).toBe(1);
    expect(Buffer.from(secrets[0]!, 'base64url')).toHaveLength(32);
    expect(await find(replicas[1]!)).toEqual([secrets[0]]);
  });

  it('is never written where one is configured', async () => {
    const database = await connect('configured');
    await migrate(database, { table: tables.migrations, migrations });
    const configured = 'a-secret-of-the-operator';
    const options = {
      configured,
      isProduction: true,
      logger: silentLogger,
      database: { client: async () => Promise.resolve(database) },
    };
    expect(await findSealingSecrets(options)).toEqual([configured]);
    const list = [configured, 'a-secret-of-before'];
    expect(await findSealingSecrets({ ...options, configured: list })).toEqual(list);
    expect(await database(tables.sealingSecrets)).toEqual([]);
  });
});
