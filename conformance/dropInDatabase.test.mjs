// On a Backstage host our auth plugin shares a database with what theirs left there: their tables stay as they are, both
// take turns on it, and replicas start at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from './backstageProcess.mjs';
import { createBrowser } from './browser.mjs';
import { gitlab, ownPostgres, refresh, signIn, startDropIn, stopDropIn, whoami } from './dropIn/kit.mjs';
import { startFakeGitLab } from './fakeGitLab.mjs';

const identityOf = ({ response }) => response.backstageIdentity;
const resolvers = [{ resolver: 'usernameMatchingUserEntityName' }];

/**
 * All there is of the tables of their plugin: columns, indexes, constraints, and rows as text. The keys of the host's own
 * services, which any plugin has, are none of theirs.
 */
async function dump(knex) {
  const names = await tablesIn(knex);
  const theirs = names.filter((name) => !/^(vestibule_|backstage_backend_)/.test(name));
  const of = async (sql, bindings) => (await knex.raw(sql, bindings)).rows;
  return Promise.all(
    theirs.map(async (name) => ({
      name,
      columns: await of(
        `SELECT column_name, data_type, column_default, is_nullable FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = ? ORDER BY ordinal_position`,
        [name],
      ),
      indexes: await of('SELECT indexdef FROM pg_indexes WHERE tablename = ? ORDER BY 1', [name]),
      constraints: await of(
        'SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ?::regclass ORDER BY 1',
        [`public."${name}"`],
      ),
      rows: await of('SELECT t::text AS row, t.xmin::text AS written FROM ?? t ORDER BY 1', [name]),
    })),
  );
}

async function tablesIn(knex) {
  return knex('pg_tables').where({ schemaname: 'public' }).orderBy('tablename').pluck('tablename');
}

test('theirs, ours, theirs and ours again take turns on one database', async (context) => {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  const providers = { gitlab: gitlab({ audience: await startFakeGitLab(context), signIn: { resolvers } }) };
  let port;
  const start = async (which) => {
    const parts = [which, 'backstage:gitlab', 'catalog in code', 'whoami'];
    const backstage = await startDropIn(context, { postgres, parts, auth: { providers }, port });
    assert.equal((await backstage.started).outcome, 'success');
    ({ port } = backstage);
    return backstage;
  };

  let backstage = await start('theirs');
  const { baseUrl } = backstage;
  const theirBrowser = createBrowser();
  const { token: theirToken } = identityOf(await signIn(theirBrowser, baseUrl));
  const before = await whoami(theirBrowser, baseUrl, theirToken);
  assert.equal(before.status, 200, before.text);
  await stopDropIn(backstage);
  const knex = await postgres.connect('auth');
  const left = await dump(knex);
  for (const name of ['signing_keys', 'user_info'])
    assert.equal(left.find((table) => table.name === name)?.rows.length, 1, name);

  backstage = await start('ours');
  const ourBrowser = createBrowser();
  const ourToken = identityOf(await signIn(ourBrowser, baseUrl)).token;
  assert.equal((await refresh(ourBrowser, baseUrl)).status, 200);
  // A cookie of theirs is no ticket: they sign in once more.
  assert.equal((await refresh(theirBrowser, baseUrl)).status, 401);
  assert.equal((await whoami(ourBrowser, baseUrl, theirToken)).status, 401);
  await stopDropIn(backstage);
  assert.deepEqual(await dump(knex), left);
  const known = new Set(left.map(({ name }) => name));
  const added = (await tablesIn(knex)).filter((name) => !known.has(name) && !name.startsWith('backstage_'));
  assert.deepEqual(
    added.filter((name) => !name.startsWith('vestibule_')),
    [],
  );
  for (const name of ['vestibule_auth_migrations', 'vestibule_sessions', 'vestibule_signing_keys'])
    assert.ok(added.includes(name), name);

  backstage = await start('theirs');
  const still = await whoami(createBrowser(), baseUrl, theirToken);
  assert.equal(still.status, 200, still.text);
  assert.equal(still.text, before.text);
  const again = createBrowser();
  assert.equal((await whoami(again, baseUrl, identityOf(await signIn(again, baseUrl)).token)).status, 200);
  assert.equal((await refresh(again, baseUrl)).status, 200);
  await stopDropIn(backstage);

  backstage = await start('ours');
  assert.equal((await whoami(createBrowser(), baseUrl, ourToken)).status, 200);
  const refreshed = await refresh(ourBrowser, baseUrl);
  assert.equal(refreshed.status, 200, refreshed.text);
  assert.equal(JSON.parse(refreshed.text).backstageIdentity.identity.userEntityRef, 'user:default/jane');
});

test('two replicas of such a backend make our tables at once, and share what is in them', async (context) => {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  const providers = { gitlab: gitlab({ audience: await startFakeGitLab(context), signIn: { resolvers } }) };
  // The tables of the host's own services are there already: on none at all, two replicas of Backstage fail by themselves.
  const earlier = await startDropIn(context, { postgres, parts: ['empty', 'whoami'] });
  await earlier.started;
  await stopDropIn(earlier);
  const knex = await postgres.connect('auth');
  assert.deepEqual(
    (await tablesIn(knex)).filter((name) => name.startsWith('vestibule_')),
    [],
  );

  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  // Nothing but the database leads from one to the other: the secret is generated as well.
  const start = async (place) =>
    startDropIn(context, {
      ...place,
      postgres,
      parts: ['ours', 'backstage:gitlab', 'catalog in code', 'whoami'],
      auth: { session: {}, providers },
      more: { app: { baseUrl }, backend: { baseUrl } },
    });
  const replicas = await Promise.all([start({ port }), start()]);
  for (const { started } of replicas) assert.equal((await started).outcome, 'success');
  const [one, other] = replicas.map(({ baseUrl }) => baseUrl);

  const keySets = await Promise.all(
    [one, other].map(async (url) => (await fetch(`${url}/api/auth/.well-known/jwks.json`)).json()),
  );
  assert.deepEqual(keySets[0], keySets[1]);
  assert.equal(keySets[0].keys.length > 0, true);
  const applied = await knex('vestibule_auth_migrations').pluck('id');
  assert.equal(applied.length > 0, true);
  assert.deepEqual([...new Set(applied)], applied);

  const browser = createBrowser();
  const answer = await signIn(browser, one, { callbackAt: other });
  assert.equal(answer.error, undefined);
  assert.equal((await whoami(browser, other, identityOf(answer).token)).status, 200);
  for (const url of [one, other, one]) assert.equal((await refresh(browser, url)).status, 200);
});
