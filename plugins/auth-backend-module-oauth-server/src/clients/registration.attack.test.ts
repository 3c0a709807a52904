/** Registration is open to anybody: what hostile clients send, how many they are, and what a stolen table is worth. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { migrate } from '@vestibule/database-migrations';
import { migrations, tables } from '../oauthTables.ts';
import { createDocumentHttp } from './documentHttp.ts';
import type { ClientRegistry } from './clientRegistry.ts';
import { createTestClientRegistry } from '../testing/testClientRegistry.ts';

const databases = await testDatabases();
const http = createDocumentHttp();
afterAll(async () => {
  await http.close();
  await Promise.all(databases.map(async (database) => database.cleanup()));
});

const callback = 'http://127.0.0.1:8055/callback';
const signal = new AbortController().signal;

describe.each(databases)('registration on $name', ({ connect }) => {
  let now = 1_700_000_000_000;
  let database: Awaited<ReturnType<typeof connect>>;
  let clients: ClientRegistry;
  beforeAll(async () => {
    database = await connect('registration');
    await migrate(database, { table: tables.migrations, migrations });
    clients = createTestClientRegistry({ database, clock: { now: () => now }, http });
  });
  beforeEach(async () => {
    await database(tables.oauthClients).delete();
  });

  const rowCount = async () => (await database(tables.oauthClients).select('client_id')).length;

  it.each([
    ['none', undefined],
    ['an empty list', []],
    ['a text', callback],
    ['numbers', [1]],
    ['too many', Array.from({ length: 21 }, (_, count) => `${callback}/${count}`)],
    ['http elsewhere', ['http://evil.example/callback']],
    ['https elsewhere', ['https://evil.example/callback']],
    ['one bad among good ones', [callback, 'https://evil.example/']],
    ['code', ['javascript:alert(1)']],
    ['a fragment', [`${callback}#a`]],
    ['credentials that look like a host', ['http://localhost:1@evil.example/']],
    ['endless ones', [`${callback}/${'a'.repeat(1500)}`]],
  ])('refuses redirect_uris that are %s', async (_, redirectUris) => {
    await expect(clients.register({ redirect_uris: redirectUris })).rejects.toMatchObject({
      code: 'invalid_redirect_uri',
      status: 400,
      message: expect.not.stringMatching(/evil|javascript/),
    });
    expect(await rowCount()).toBe(0);
  });

  it.each([
    ['a list', []],
    ['a text', 'a'],
    ['nothing', undefined],
    ['null', null],
    ['an endless name', { client_name: 'a'.repeat(201) }],
    ['an empty name', { client_name: '' }],
    ['a name of several lines', { client_name: 'a\r\nb' }],
    ['a name with a NUL', { client_name: 'a\u0000b' }],
    ['a name that runs backwards', { client_name: 'a\u202eb' }],
    ['half a character', { client_name: 'a\ud800' }],
    ['a name that is an object', { client_name: {} }],
    ['a method that is not offered', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['our own word for a method', { token_endpoint_auth_method: 'client_secret' }],
    ['another flow', { response_types: ['token'] }],
    ['another grant', { grant_types: ['client_credentials'] }],
    ['a scope with a line break', { scope: 'openid\noffline_access' }],
    ['an endless scope', { scope: 'a'.repeat(1001) }],
  ])('refuses %s', async (_, document) => {
    const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
    await expect(
      clients.register(isObject ? { redirect_uris: [callback], ...document } : document),
    ).rejects.toMatchObject({ code: 'invalid_client_metadata', status: 400 });
    expect(await rowCount()).toBe(0);
  });

  it('keeps a thousand clients that nobody approved, drives the oldest out, and none that is in use', async () => {
    const used = await clients.register({ redirect_uris: [callback] });
    await clients.markUsed(used.client_id);
    now += 1;
    const oldest = await clients.register({ redirect_uris: [callback] });
    now += 1;
    const flood = Array.from({ length: 999 }, (_, count) => ({
      client_id: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      client_name: 'flood',
      redirect_uris: '[]',
      authentication: 'none',
      created_at: now,
    }));
    await database.batchInsert(tables.oauthClients, flood, 100);
    expect(await clients.find(oldest.client_id, { signal })).toBeDefined();
    now += 1;
    const newest = await clients.register({ redirect_uris: [callback] });
    expect(await clients.find(oldest.client_id, { signal })).toBeUndefined();
    expect(await clients.find(newest.client_id, { signal })).toBeDefined();
    expect(await clients.find(used.client_id, { signal })).toBeDefined();
    expect(await rowCount()).toBe(1001);
  });

  it('keeps no more than that where many come at once', async () => {
    const flood = Array.from({ length: 1000 }, (_, count) => ({
      client_id: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      client_name: 'flood',
      redirect_uris: '[]',
      authentication: 'none',
      created_at: now,
    }));
    await database.batchInsert(tables.oauthClients, flood, 100);
    now += 1;
    await Promise.all(
      Array.from({ length: 20 }, async () => clients.register({ redirect_uris: [callback] })),
    );
    expect(await rowCount()).toBe(1000);
  });

  it('stores no secret: whoever reads the table cannot be a client', async () => {
    const { client_id: clientId, client_secret: secret = '' } = await clients.register({
      redirect_uris: [callback],
    });
    const [row] = await database<{ secret_hash: string }>(tables.oauthClients).select();
    expect(JSON.stringify(row)).not.toContain(secret);
    await expect(
      clients.authenticate({ clientId, secret: row?.secret_hash ?? '', method: 'client_secret_post' }),
    ).rejects.toMatchObject({ code: 'invalid_client' });
  });

  it('answers a wrong secret, a wrong method and an unknown client alike', async () => {
    const confidential = await clients.register({ redirect_uris: [callback] });
    const open = await clients.register({ redirect_uris: [callback], token_endpoint_auth_method: 'none' });
    const secret = confidential.client_secret ?? '';
    for (const credentials of [
      { clientId: confidential.client_id, secret: `${secret}x`, method: 'client_secret_basic' },
      { clientId: confidential.client_id, secret: secret.toUpperCase(), method: 'client_secret_post' },
      { clientId: confidential.client_id, secret: '', method: 'client_secret_basic' },
      { clientId: confidential.client_id, method: 'none' },
      { clientId: confidential.client_id, secret, method: 'none' },
      { clientId: confidential.client_id.toUpperCase(), secret, method: 'client_secret_basic' },
      { clientId: open.client_id, secret, method: 'client_secret_basic' },
      { clientId: open.client_id, secret: '', method: 'client_secret_post' },
      { clientId: '00000000-0000-4000-8000-000000000000', secret, method: 'client_secret_basic' },
      { clientId: '00000000-0000-4000-8000-000000000000', method: 'none' },
      { clientId: `${confidential.client_id}\u0000`, secret, method: 'client_secret_basic' },
      { clientId: "' OR 1=1 --", secret, method: 'client_secret_basic' },
      { clientId: '', secret: '', method: 'client_secret_post' },
    ] as const) {
      await expect(clients.authenticate(credentials)).rejects.toMatchObject({
        code: 'invalid_client',
        status: 401,
        message: 'Invalid client credentials',
      });
    }
  });
});
