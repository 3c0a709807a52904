/** A flood of starts, and attempts carried to where they do not belong. */
import { queryObjects } from 'node:v8';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import { tables } from '../database/migrations.ts';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage } from '../testing/portal.ts';

let database: TestDatabase;
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  database = (await testDatabases())[0]!;
  portal = await startAcmePortal({ acme: createAcmeProvider(), database: database.config });
});
afterAll(async () => {
  await portal.stop();
  await database.cleanup();
});

it('a start leaves nothing behind: no row in the database, no object in memory', async () => {
  const query = new URLSearchParams({ env: 'development', origin: appOrigin, flow: 'popup' });
  const flood = async (count: number) => {
    for (let sent = 0; sent < count; sent += 1) {
      const answer = await fetch(`${portal.base}/acme/start?${query}`, { redirect: 'manual' });
      expect(answer.status).toBe(302);
      await answer.text();
    }
  };
  const rows = async () => {
    const knex = await database.connect('auth');
    return Promise.all(
      Object.values(tables).map(async (table) => (await knex(table).count({ n: '*' }))[0]!['n']),
    );
  };
  const objects = () => queryObjects(Object, { format: 'count' });

  await flood(50);
  const [rowsBefore, objectsBefore] = [await rows(), objects()];
  await flood(300);
  expect(await rows()).toEqual(rowsBefore);
  expect(objects() - objectsBefore).toBeLessThan(300);
});

it('an attempt is worth nothing at another provider, in another environment, or as another attempt', async () => {
  const codeAt = async (browser: Browser, callback: string) => {
    const answer = await browser.send(callback);
    expect(browser.cookies.has('acme-refresh-token')).toBe(false);
    return readAnswerPage(answer.text).message?.error?.code;
  };

  const elsewhere = new Browser();
  const callback = await portal.reachAcmeCallback(elsewhere);
  const [[name, cookie]] = [...elsewhere.cookies] as [[string, { value: string; path: string }]];
  elsewhere.cookies.set(name.replace('acme-', 'other-'), { ...cookie, path: '/api/auth/other' });
  expect(await codeAt(elsewhere, callback.replace('/acme/', '/other/'))).toBe('ERR_AUTH_STATE_MISMATCH');

  const moved = new Browser();
  expect(await codeAt(moved, `${await portal.reachAcmeCallback(moved)}&env=production`)).toBe(
    'ERR_AUTH_STATE_MISMATCH',
  );

  const honest = new Browser();
  expect(readAnswerPage((await honest.send(await portal.reachAcmeCallback(honest))).text).message).toHaveProperty(
    'response',
  );
});
