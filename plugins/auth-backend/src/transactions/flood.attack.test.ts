/** A flood of starts, and attempts carried to where they do not belong. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import { tables } from '../database/migrations.ts';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage } from '../testing/portal.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const acme = createAcmeProvider();
let database: TestDatabase;
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  database = (await testDatabases())[0]!;
  portal = await startAcmePortal({ acme, database: database.config });
});
afterAll(async () => {
  await portal.stop();
  await database.cleanup();
});

it('a start leaves nothing behind: no row in the database, and no attempt in memory', async () => {
  const query = new URLSearchParams({ env: 'development', origin: appOrigin, flow: 'popup' });
  const knex = await database.connect('auth');
  const rows = async () =>
    Promise.all(Object.values(tables).map(async (table) => (await knex(table).count({ n: '*' }))[0]!['n']));
  const before = await rows();
  for (let sent = 0; sent < 200; sent += 1) {
    const answer = await fetch(`${portal.base}/acme/start?${query}`, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    await answer.text();
  }
  expect(await rows()).toEqual(before);
  expect(acme.starts).toHaveLength(200);
  collectGarbage();
  // The last ones may still be on the stack of their connection.
  expect(acme.starts.filter((transaction) => transaction.deref()).length).toBeLessThan(10);
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
  expect(
    readAnswerPage((await honest.send(await portal.reachAcmeCallback(honest))).text).message,
  ).toHaveProperty('response');
});
