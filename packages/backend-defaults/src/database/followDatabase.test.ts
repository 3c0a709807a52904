/** A password of PostgreSQL that changes while the backend runs, from a file and in a connection string. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSpecializedBackend, type Backend } from '@vestibule/backend-core';
import { coreServices, createBackendPlugin } from '@vestibule/backend-plugin-api';
import { testDatabases } from '@vestibule/backend-test-utils';
import type { Knex } from 'knex';
import { configReloadServiceRef, type ConfigReloadService } from '../config/configReload.ts';
import { createRootConfigFactory } from '../config/rootConfig.ts';
import { defaultServiceFactories } from '../createBackend.ts';
import { startPasswordGate, type PasswordGate } from './testing/passwordGate.ts';

const databases = await testDatabases();
const postgres = databases.find(({ name }) => name === 'PostgreSQL');
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

(postgres ? describe : describe.skip)('the password of the database', () => {
  const server = new URL(String(postgres?.config.connection));
  let directory: string;
  let gate: PasswordGate;
  let backend: Backend;
  let knex: Knex;
  let config: ConfigReloadService;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vestibule-password-'));
    gate = await startPasswordGate({ host: server.hostname, port: Number(server.port) });
    gate.password = 'the first one';
  });
  afterEach(async () => {
    await backend.stop();
    await gate.close();
    await rm(directory, { recursive: true });
  });

  /** @param connection - Of a gate's port; what it reads from a file, `text` writes. */
  async function start(connection: object, text: (password: string) => string) {
    const change = async (password: string) => writeFile(join(directory, 'secret'), `${text(password)}\n`);
    await change(gate.password);
    await writeFile(
      join(directory, 'app-config.yaml'),
      JSON.stringify({
        backend: {
          listen: '127.0.0.1:0',
          database: { client: 'pg', connection, prefix: String(postgres?.config.prefix) },
        },
      }),
    );
    backend = createSpecializedBackend({ defaultServiceFactories });
    backend.add(createRootConfigFactory({ environment: { LOG_LEVEL: 'error' }, directory }));
    backend.add(
      createBackendPlugin({
        pluginId: 'acme',
        register({ registerInit }) {
          registerInit({
            deps: { database: coreServices.database, configReload: configReloadServiceRef },
            async init({ database, configReload }) {
              knex = await database.getClient();
              config = configReload;
            },
          });
        },
      }),
    );
    await backend.start();
    return change;
  }

  const ask = async () => knex.raw('SELECT 1');

  it.each([
    [
      'a file',
      () => ({
        host: '127.0.0.1',
        port: gate.port,
        user: server.username,
        password: { $file: 'secret' },
      }),
      (password: string) => password,
    ],
    [
      'a connection string in a file',
      () => ({ $file: 'secret' }),
      (password: string) =>
        `postgres://${server.username}:${encodeURIComponent(password)}@127.0.0.1:${gate.port}`,
    ],
  ])('that %s gives is asked for at each new connection', async (_name, connection, text) => {
    const change = await start(connection(), text);
    await ask();
    gate.password = 'the second one';
    // A connection that is open goes on.
    await ask();
    gate.drop();
    // The pool may not have seen yet that its connection is gone.
    const refused = await ask().catch(async () => ask().catch((error: unknown) => error));
    expect(refused).toMatchObject({ code: '28P01' });
    await change('the second one');
    await config.reload();
    await ask();
  });
});
