/** Readiness while a database goes away and comes back. It takes as long as a database must be away before readiness falls. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import { startDatabaseRelay, testDatabases } from '@vestibule/backend-test-utils';
import type { Knex } from 'knex';
import { createRootConfigFactory } from '../config/rootConfig.ts';
import { createBackend } from '../createBackend.ts';
import { createTestLogger } from '../http/testing/startHttp.ts';
import { httpServerServiceRef } from '../http/httpServer.ts';

const databases = await testDatabases();
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

/** A backend with a plugin that uses its database, and one that does not; and what its readiness answers. */
async function start(database: JsonObject) {
  const backend = createBackend();
  stops.push(async () => backend.stop());
  const data = { backend: { listen: '127.0.0.1:0', baseUrl: 'http://localhost:7007', database } };
  backend.add(createRootConfigFactory({ data }));
  backend.add(
    createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => createTestLogger() }),
  );
  const lent: { knex?: Knex; url?: string } = {};
  backend.add(
    createBackendPlugin({
      pluginId: 'tickets',
      register({ registerInit }) {
        registerInit({
          deps: { database: coreServices.database, server: httpServerServiceRef },
          async init({ database: ours, server }) {
            lent.knex = await ours.getClient();
            lent.url = server.url();
          },
        });
      },
    }),
  );
  backend.add(
    createBackendPlugin({
      pluginId: 'idle',
      register({ registerInit }) {
        registerInit({ deps: { database: coreServices.database }, init: async () => undefined });
      },
    }),
  );
  await backend.start();
  const ask = async (path = 'readiness') => {
    const answer = await fetch(`${lent.url ?? ''}/.backstage/health/v1/${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  return { ask, knex: lent.knex };
}

/** Asks as several probes do, until readiness has this status. Answers how long it took, and the answer. */
async function until(status: number, ask: () => Promise<{ status: number; text: string }>) {
  const begun = performance.now();
  for (;;) {
    const began = performance.now();
    const [answer] = await Promise.all([ask(), ask(), ask()]);
    expect(performance.now() - began).toBeLessThan(1000);
    const milliseconds = performance.now() - begun;
    if (answer.status === status) return { milliseconds, text: answer.text };
    if (milliseconds > 20_000) throw new Error(`readiness is ${answer.status} after 20 s`);
    await delay(50);
  }
}

const away = {
  message: "the database of plugin 'tickets' cannot be reached",
  status: 'error',
};

describe('readiness and the database', () => {
  it('falls when the server has been away for 5 s, says whose, and rises when it is back; liveness holds', async () => {
    for (const server of databases.filter(({ name }) => name === 'PostgreSQL')) {
      const relay = await startDatabaseRelay(server);
      stops.push(async () => relay.cut());
      const { ask } = await start(relay.config);
      expect(await ask()).toEqual({ status: 200, text: '{"status":"ok"}' });
      await relay.cut();
      const fall = await until(503, ask);
      expect(fall.milliseconds).toBeGreaterThan(4000);
      expect(JSON.parse(fall.text)).toEqual(away);
      expect((await ask('liveness')).status).toBe(200);
      await relay.mend();
      expect((await until(200, ask)).milliseconds).toBeLessThan(5000);
    }
  }, 60_000);

  it('is asked of the embedded engine, too', async () => {
    const { ask, knex } = await start({ client: 'better-sqlite3', connection: ':memory:' });
    expect((await ask()).status).toBe(200);
    await knex?.destroy();
    expect(JSON.parse((await until(503, ask)).text)).toEqual(away);
  }, 60_000);
});
