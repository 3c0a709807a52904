// Services of sign-in that people replace, each by one line, in a real Backstage backend: sessions in Redis, a sink for
// auditors beside the log, a cache around Backstage's own catalog.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBrowser } from './browser.mjs';
import {
  gitlab,
  logout,
  ownPostgres,
  refresh,
  signIn,
  startDropIn,
  stopDropIn,
  untilCatalogHas,
} from './dropIn/kit.mjs';
import { startFakeGitLab } from './fakeGitLab.mjs';

test("services of sign-in are replaced by one line each on Backstage's host", async (context) => {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  if (!(await isRedisThere())) return context.skip('no Redis');
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-services-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'audit.jsonl');
  const audience = await startFakeGitLab(context);
  const resolvers = [{ resolver: 'usernameMatchingUserEntityName' }];
  const backstage = await startDropIn(context, {
    postgres,
    parts: ['ours', 'backstage:gitlab', 'catalog', 'sessions in redis', 'audit sink', 'cached catalog'],
    auth: { providers: { gitlab: gitlab({ audience, signIn: { resolvers } }) } },
    more: { auditSink: { file }, redisSessions: { url: 'redis://127.0.0.1:6379' } },
  });
  assert.equal((await backstage.started).outcome, 'success');
  const { baseUrl } = backstage;
  await untilCatalogHas(baseUrl, 'user/default/jane');
  const browser = createBrowser();

  await context.test(
    'a sign-in is refreshed and ends, with the catalog asked through the cache',
    async () => {
      const { response, error } = await signIn(browser, baseUrl);
      assert.equal(error, undefined);
      assert.equal(response.backstageIdentity.identity.userEntityRef, 'user:default/jane');
      const refreshed = await refresh(browser, baseUrl);
      assert.equal(refreshed.status, 200, refreshed.text);
      assert.equal((await logout(browser, baseUrl)).status, 200);
      assert.equal((await refresh(browser, baseUrl)).status, 401);
    },
  );

  await context.test('no session was ever in the database', async () => {
    await signIn(browser, baseUrl);
    const knex = await postgres.connect('auth');
    assert.deepEqual(await knex('vestibule_sessions').select('*'), []);
  });

  await context.test('the sink has a line for each event', () => {
    const lines = readFileSync(file, 'utf8').trim().split('\n').map(JSON.parse);
    assert.deepEqual(
      lines.slice(0, 2).map(({ event, outcome, provider }) => [event, outcome, provider]),
      [
        ['sign-in', 'allowed', 'gitlab'],
        ['refresh', 'allowed', 'gitlab'],
      ],
    );
  });

  await context.test('the backend stops', async () => {
    await stopDropIn(backstage);
  });
});

async function isRedisThere() {
  const socket = connect(6379, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    if (process.env.CI) throw new Error('Nothing answers on 127.0.0.1:6379.');
    return false;
  } finally {
    socket.destroy();
  }
}
