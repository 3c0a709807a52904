/** Two processes on one database, and a database that goes away. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { startDatabaseRelay, testDatabases } from '@vestibule/backend-test-utils';
import { startIdentityProvider } from './testing/portal.ts';
import { cliClientId, cliRedirectUri, startOAuthPortal } from './testing/oauthPortal.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

describe('two processes on one database', () => {
  it('finish what the other began, and let one of two win, on each engine', async () => {
    const idp = await startIdentityProvider();
    for (const { name, config } of databases) {
      const options = { idp, database: config };
      const [first, second] = await Promise.all([startOAuthPortal(options), startOAuthPortal(options)]);
      const both = [first, second, first, second];
      const jane = await first.userToken();
      const client = await second.register();

      const handle = await first.begin(client);
      expect((await second.json(`/v1/sessions/${handle}`)).status).toBe(200);
      const records = await Promise.all(both.map(async (one) => one.decide(handle, jane)));
      const approved = records.filter(({ status }) => status === 200);
      expect([name, approved.length]).toEqual([name, 1]);
      for (const one of both) expect((await one.json(`/v1/sessions/${handle}`)).status).toBe(400);

      const contested = await second.begin(client);
      const opposed = await Promise.all([
        first.decide(contested, jane, 'reject'),
        second.decide(contested, jane),
        first.decide(contested, jane),
        second.decide(contested, jane, 'reject'),
      ]);
      expect([name, opposed.filter(({ status }) => status === 200).length]).toEqual([name, 1]);

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
      const document = [{ id: cliClientId }, { redirect_uri: cliRedirectUri }] as const;
      const keySet = await portal.json('/.well-known/jwks.json');

      await relay.cut();
      // What needs no row begins as ever; the decision has to wait.
      const begun = await portal.begin(...document);
      const answers = [
        await portal.authorize(client),
        await portal.json(`/v1/sessions/${handle}`),
        await portal.decide(handle, jane),
        await portal.json(`/v1/sessions/${begun}`),
        await portal.decide(begun, jane, 'reject'),
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
      expect((await portal.decide(begun, jane)).status).toBe(200);
      expect((await portal.exchange(client, code)).status).toBe(200);
      expect((await portal.refreshWith(client, token)).status).toBe(200);
      await portal.stop();
      await relay.cut();
    }
  }, 30_000);
});
