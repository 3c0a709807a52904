/** Two processes on one database, and a database that goes away. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import type { Knex } from 'knex';
import { tables } from '../database/migrations.ts';
import { fingerprint } from '../secrets/sealing.ts';
import { startDatabaseRelay } from '../testing/databaseRelay.ts';
import { startIdentityProvider } from '../testing/portal.ts';
import { startOAuthPortal } from './testing/oauthPortal.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

describe('two processes on one database', () => {
  it('finish what the other began, and let one of two win, on each engine', async () => {
    const idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
    for (const { name, config } of databases) {
      const options = { idp, database: config };
      const [first, second] = await Promise.all([startOAuthPortal(options), startOAuthPortal(options)]);
      const both = [first, second, first, second];
      const jane = await first.userToken();
      const client = await second.register();

      const handle = await first.begin(client);
      const decisions = await Promise.all(both.map(async (one) => one.decide(handle, jane)));
      const approved = decisions.filter(({ status }) => status === 200);
      expect([name, approved.length]).toEqual([name, 1]);

      const code = new URL(String(approved[0]?.body['redirectUrl'])).searchParams.get('code') ?? '';
      const exchanges = await Promise.all(both.map(async (one) => one.exchange(client, code)));
      expect([name, exchanges.filter(({ status }) => status === 200).length]).toEqual([name, 1]);

      const { refresh_token: token } = await first.grant(client, jane);
      const next = await second.refreshWith(client, token);
      expect([name, next.status]).toEqual([name, 200]);
      const racing = await Promise.all(
        both.map(async (one) => one.refreshWith(client, next.body['refresh_token'])),
      );
      const given = racing.filter(({ status }) => status === 200);
      expect(given.length).toBeLessThanOrEqual(1);
      for (const { body } of given) {
        expect((await first.refreshWith(client, body['refresh_token'])).status).toBe(400);
      }
      await Promise.all([first.stop(), second.stop()]);
    }
    await idp.stop();
  }, 60_000);
});

describe('requests that are too many', () => {
  it('do not take away the oldest where somebody is just approving it', async () => {
    for (const { config, connect } of databases.filter(({ name }) => name === 'PostgreSQL')) {
      const portal = await startOAuthPortal({ database: config });
      const client = await portal.register();
      const handle_hash = fingerprint(await portal.begin(client));
      const knex = await connect('auth');
      const rows = () => knex(tables.oauthAuthorizations);
      const [oldest] = await rows().where({ handle_hash });
      const flood = Array.from({ length: 10_000 }, (_one, index) => ({
        ...oldest,
        handle_hash: `flood-${index}`,
        expires_at: Number(oldest.expires_at) + 1 + index,
      }));
      await knex.batchInsert(tables.oauthAuthorizations, flood, 1000);

      const approval = await knex.transaction();
      await approval(tables.oauthAuthorizations).where({ handle_hash }).update({ status: 'approved' });
      // A process cleans up when it begins its first request.
      const another = await startOAuthPortal({ idp: portal.idp, database: config });
      const begun = another.begin(client);
      await someoneWaits(knex);
      await approval.commit();
      await begun;
      expect(await rows().where({ handle_hash })).toHaveLength(1);
      expect(await rows().where({ handle_hash: 'flood-0' })).toHaveLength(0);
      await Promise.all([portal.stop(), another.stop()]);
    }
  }, 30_000);
});

/** Ends when a statement of this database waits for the lock of another. */
async function someoneWaits(knex: Knex): Promise<void> {
  const waiting =
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  for (let found = 0; found === 0;) {
    const { rows } = await knex.raw<{ rows: unknown[] }>(waiting);
    found = rows.length;
  }
}

describe('a database that goes away', () => {
  it('is 503 with a time to come back, spends nothing, and is forgotten when it is there again', async () => {
    for (const server of databases.filter(({ name }) => name === 'PostgreSQL')) {
      const relay = await startDatabaseRelay(server);
      const portal = await startOAuthPortal({ database: relay.config });
      const jane = await portal.userToken();
      const client = await portal.register();
      const { refresh_token: token, access_token: held } = await portal.grant(client, jane);
      const code = await portal.code(client, jane);
      const handle = await portal.begin(client);
      const keySet = await portal.json('/.well-known/jwks.json');

      await relay.cut();
      const answers = [
        await portal.authorize(client),
        await portal.json(`/v1/sessions/${handle}`),
        await portal.decide(handle, jane),
        await portal.exchange(client, code),
        await portal.refreshWith(client, token),
        await portal.revoke(client, token),
      ];
      for (const { status, headers, body, text } of answers) {
        expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        expect(text).not.toMatch(/ECONNREFUSED|select|vestibule_/);
      }
      const page = await portal.authorize(client, {}, { accept: 'text/html' });
      expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
      expect((await portal.json('/.well-known/jwks.json')).text).toBe(keySet.text);
      // What a client holds is told from what a user holds without the database.
      expect((await portal.decide(handle, String(held))).status).toBe(403);

      const warnings = portal.logs.filter((line) => line.includes('The database did not answer')).join('');
      expect(warnings).toContain('ECONNREFUSED');
      expect(warnings).not.toMatch(/insert into|select \*|a state & more/);

      await relay.mend();
      expect((await portal.decide(handle, jane)).status).toBe(200);
      expect((await portal.exchange(client, code)).status).toBe(200);
      expect((await portal.refreshWith(client, token)).status).toBe(200);
      await portal.stop();
      await relay.cut();
    }
  }, 30_000);
});
