/** The database going away while the backend runs. SQLite cannot; PostgreSQL can, where the tests have one. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { startDatabaseRelay } from '@vestibule/backend-test-utils';
import { readAnswerPage } from '../testing/portal.ts';

const databases = await testDatabases();
const servers = databases.filter(({ name }) => name === 'PostgreSQL');
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

describe('the database goes away', () => {
  it('and comes back: keys and tokens hold meanwhile, sessions answer 503 and outlive it, without a restart', async () => {
    for (const server of servers) {
      const relay = await startDatabaseRelay(server);
      const acme = createAcmeProvider({ persistsScopes: true });
      const portal = await startAcmePortal({ acme, database: relay.config });
      const browser = new Browser();
      const { message } = await portal.acmeSignIn(browser);
      const token = message?.response?.backstageIdentity?.token ?? '';
      const userinfo = async (bearer = token) =>
        fetch(`${portal.base}/v1/userinfo`, { headers: { authorization: `Bearer ${bearer}` } });
      const keySet = async () => (await fetch(`${portal.base}/.well-known/jwks.json`)).text();
      const published = await keySet();
      const begun = new Browser();
      const callback = await portal.reachAcmeCallback(begun);

      await relay.cut();
      expect(await keySet()).toBe(published);
      // The token is verified as ever; only what its user owns cannot be read.
      const known = await userinfo();
      expect(await known.json()).toMatchObject({ error: { code: 'ERR_AUTH_UNAVAILABLE' } });
      expect([known.status, known.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
      expect((await userinfo(token.slice(0, -8))).status).toBe(401);

      const { answer, body } = await portal.acmeRefresh(browser);
      expect([answer.status, body.error?.code]).toEqual([503, 'ERR_AUTH_UNAVAILABLE']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.setCookies).toEqual([]);
      expect(answer.text).not.toMatch(/ECONNREFUSED|select|vestibule_/);

      await portal.reachAcmeCallback(new Browser());
      // Its session cannot be looked up for the scopes that it covers; the sign-in begins all the same.
      const again = await browser.send(`${portal.base}/acme/start?env=development`);
      expect([again.status, again.headers.get('location')]).toEqual([
        302,
        expect.stringContaining('https://acme.example/authorize'),
      ]);
      const refused = await begun.send(callback);
      expect(readAnswerPage(refused.text).message?.error?.code).toBe('ERR_AUTH_UNAVAILABLE');
      expect(begun.cookies.has('acme-refresh-token')).toBe(false);

      await relay.mend();
      expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
      expect((await userinfo()).status).toBe(200);
      expect((await portal.acmeSignIn(new Browser())).message?.response?.backstageIdentity).toBeDefined();
      await portal.stop();
      await relay.cut();
    }
  }, 30_000);

  it('by ending every connection of the pool at once: nobody notices', async () => {
    for (const { config, connect } of servers) {
      const acme = createAcmeProvider();
      const portal = await startAcmePortal({ acme, database: config });
      const browser = new Browser();
      await portal.acmeSignIn(browser);
      const knex = await connect('auth');
      const pidsOf = async (query: string, values: number[] = []): Promise<number[]> => {
        const { rows } = await knex.raw<{ rows: { pid: number }[] }>(query, values);
        return rows.map(({ pid }) => pid);
      };
      const ended = await pidsOf(
        'SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      expect(ended.length).toBeGreaterThan(0);
      // Terminating is a signal; each connection ends when its process has handled it, and says so to its client first.
      const places = ended.map(() => '?').join(', ');
      while ((await pidsOf(`SELECT pid FROM pg_stat_activity WHERE pid IN (${places})`, ended)).length > 0);
      await new Promise((resolve) => setImmediate(resolve));
      expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
      await portal.stop();
    }
  }, 30_000);

  // As after a fail-over to a standby.
  it('by only reading: who is signed in stays so, and all is well on the first connection that writes', async () => {
    for (const { config, connect } of servers) {
      const acme = createAcmeProvider();
      const portal = await startAcmePortal({ acme, database: config });
      const browser = new Browser();
      await portal.acmeSignIn(browser);
      const knex = await connect('auth');
      const { rows } = await knex.raw<{ rows: { name: string }[] }>('SELECT current_database() AS name');
      const onlyReads = async (value: 'on' | 'off') =>
        knex.raw('ALTER DATABASE ?? SET default_transaction_read_only = ??', [rows[0]?.name ?? '', value]);
      const endOthers = async () =>
        knex.raw(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
      await onlyReads('on');
      await endOthers();
      // The pool has opened other connections once one of them has answered.
      let refreshed = await portal.acmeRefresh(browser);
      while (refreshed.answer.status !== 200) refreshed = await portal.acmeRefresh(browser);
      expect(refreshed.body.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
      expect(acme.refreshes).toEqual([]);

      await onlyReads('off');
      // Connections of before only read on. What fails on one is the last that does.
      const statuses: (string | undefined)[] = [];
      while (statuses.at(-1) !== 'signed in') {
        const { message } = await portal.acmeSignIn(new Browser());
        statuses.push(message?.error?.code ?? 'signed in');
      }
      expect(statuses.length).toBeLessThan(12);
      await portal.stop();
    }
  }, 30_000);
});
