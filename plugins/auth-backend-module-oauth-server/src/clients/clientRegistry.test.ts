/** Clients of both kinds, on every engine. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LoggerService } from '@vestibule/backend-plugin-api';
import { mockServices, testDatabases } from '@vestibule/backend-test-utils';
import { migrate } from '@vestibule/database-migrations';
import { migrations, tables } from '../oauthTables.ts';
import { createDocumentHttp } from './documentHttp.ts';
import type { ClientRegistry } from './clientRegistry.ts';
import type { OAuthServerBlocks } from '../config.ts';
import { createTestClientRegistry } from '../testing/testClientRegistry.ts';

const databases = await testDatabases();
const http = createDocumentHttp();
afterAll(async () => {
  await http.close();
  await Promise.all(databases.map(async (database) => database.cleanup()));
});

const callback = 'http://127.0.0.1:8055/callback';
const day = 86_400_000;
const signal = new AbortController().signal;

describe.each(databases)('clients of the OAuth server on $name', ({ connect }) => {
  let now = 1_700_000_000_000;
  let database: Awaited<ReturnType<typeof connect>>;
  let clients: ClientRegistry;
  beforeAll(async () => {
    database = await connect('clients');
    await migrate(database, { table: tables.migrations, migrations });
  });
  beforeEach(async () => {
    await database(tables.oauthClients).delete();
    clients = open();
  });

  const open = (blocks?: OAuthServerBlocks, logger?: LoggerService): ClientRegistry =>
    createTestClientRegistry({
      database,
      clock: { now: () => now },
      http,
      ...(blocks && { blocks }),
      ...(logger && { logger }),
    });

  describe('that registered themselves', () => {
    it('are told all that was registered, with a secret for those that do not say how they prove themselves', async () => {
      const registered = await clients.register({ redirect_uris: [callback, callback], unknown: 'member' });
      const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
      expect(registered).toEqual({
        client_id: expect.stringMatching(uuid),
        client_secret: expect.stringMatching(/^[\w-]{43}$/),
        client_secret_expires_at: 0,
        client_id_issued_at: Math.floor(now / 1000),
        redirect_uris: [callback],
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        client_name: 'Backstage CLI',
      });
      const client = await clients.find(registered.client_id, { signal });
      expect(client).toMatchObject({
        id: registered.client_id,
        name: 'Backstage CLI',
        authentication: 'client_secret',
      });
      expect(client?.isRedirectUriAllowed(callback)).toBe(true);
      expect(client?.isRedirectUriAllowed('http://127.0.0.1:8056/callback')).toBe(false);
    });

    it('have no secret where they are public', async () => {
      const registered = await clients.register({
        redirect_uris: [callback],
        token_endpoint_auth_method: 'none',
        client_name: 'Täst 👩‍💻',
        scope: 'openid offline_access',
      });
      expect(registered).toMatchObject({
        token_endpoint_auth_method: 'none',
        client_name: 'Täst 👩‍💻',
        scope: 'openid offline_access',
      });
      expect(registered).not.toHaveProperty('client_secret');
      expect(registered).not.toHaveProperty('client_secret_expires_at');
      const clientId = registered.client_id;
      expect(await clients.authenticate({ clientId, method: 'none' })).toMatchObject({
        id: clientId,
      });
    });

    it('get of the grant types that they ask for those that are offered', async () => {
      const asked = {
        redirect_uris: [callback],
        grant_types: ['refresh_token', 'password', 'authorization_code'],
      };
      expect((await clients.register(asked)).grant_types).toEqual(['authorization_code']);
      const refreshing = open({
        experimentalDynamicClientRegistration: { enabled: true },
        experimentalRefreshToken: { enabled: true },
      });
      expect((await refreshing.register(asked)).grant_types).toEqual(['authorization_code', 'refresh_token']);
    });

    it.each([
      [undefined, 'client_secret_basic', true],
      [undefined, 'client_secret_post', true],
      ['client_secret_basic', 'client_secret_basic', true],
      ['client_secret_basic', 'client_secret_post', false],
      ['client_secret_post', 'client_secret_post', true],
      ['client_secret_post', 'client_secret_basic', false],
    ] as const)('as %s prove themselves by %s: %s', async (registered, method, isRight) => {
      const { client_id: clientId, client_secret: secret = '' } = await clients.register({
        redirect_uris: [callback],
        token_endpoint_auth_method: registered,
      });
      const proving = clients.authenticate({ clientId, secret, method });
      if (isRight) expect(await proving).toMatchObject({ id: clientId });
      else await expect(proving).rejects.toMatchObject({ code: 'invalid_client' });
    });

    it('stay for good once somebody approved one of their requests, and for a day otherwise', async () => {
      const [kept, forgotten] = [
        await clients.register({ redirect_uris: [callback] }),
        await clients.register({ redirect_uris: [callback] }),
      ];
      await clients.markUsed(kept.client_id);
      now += day;
      await clients.register({ redirect_uris: [callback] });
      expect(await clients.find(forgotten.client_id, { signal })).toBeDefined();
      now += 1;
      await clients.register({ redirect_uris: [callback] });
      expect(await clients.find(forgotten.client_id, { signal })).toBeUndefined();
      expect(await clients.find(kept.client_id, { signal })).toBeDefined();
    });

    it('are bound by the patterns of today', async () => {
      const { client_id: clientId } = await clients.register({ redirect_uris: ['cursor://host/callback'] });
      expect((await clients.find(clientId, { signal }))?.isRedirectUriAllowed('cursor://host/callback')).toBe(
        true,
      );
      const stricter = open({
        experimentalDynamicClientRegistration: {
          enabled: true,
          allowedRedirectUriPatterns: ['http://127.0.0.1:*/*'],
        },
      });
      expect(
        (await stricter.find(clientId, { signal }))?.isRedirectUriAllowed('cursor://host/callback'),
      ).toBe(false);
    });

    it('are not there while registration is off', async () => {
      const { client_id: clientId, client_secret: secret = '' } = await clients.register({
        redirect_uris: [callback],
      });
      const others = open({ clientIdMetadataDocuments: { enabled: true } });
      expect(await others.find(clientId, { signal })).toBeUndefined();
      await expect(
        others.authenticate({ clientId, secret, method: 'client_secret_post' }),
      ).rejects.toMatchObject({ code: 'invalid_client' });
      await expect(others.register({ redirect_uris: [callback] })).rejects.toMatchObject({
        code: 'access_denied',
      });
    });
  });

  describe('with a metadata document', () => {
    it('are known by their id alone where they prove themselves, without a fetch', async () => {
      const both = open({
        clientIdMetadataDocuments: { enabled: true },
        experimentalDynamicClientRegistration: { enabled: true },
      });
      const clientId = 'https://claude.ai/oauth/client.json';
      expect(await both.authenticate({ clientId, method: 'none' })).toEqual({ id: clientId });
      for (const credentials of [
        { clientId, secret: 's3cret', method: 'client_secret_post' },
        { clientId: 'https://evil.example/client.json', method: 'none' },
      ] as const) {
        await expect(both.authenticate(credentials)).rejects.toMatchObject({
          code: 'invalid_client',
          message: 'Invalid client credentials',
        });
      }
    });

    it('are those of well-known programs, where the config names no others', async () => {
      const documents = open({ clientIdMetadataDocuments: { enabled: true } });
      const isLetIn = async (clientId: string) =>
        documents.authenticate({ clientId, method: 'none' }).then(
          () => true,
          () => false,
        );
      const ids = [
        'https://claude.ai/oauth/mcp-oauth-client-metadata',
        'https://vscode.dev/oauth/client-metadata.json',
        'https://chatgpt.com/oauth/codex/1/client.json',
        'https://cursor.com/oauth/mcp-client.json',
        'https://cursor.com/oauth/another.json',
        'https://cursor.com.evil.example/oauth/mcp-client.json',
      ];
      expect(await Promise.all(ids.map(isLetIn))).toEqual([true, true, true, true, false, false]);
    });

    it('are not there while documents are off', async () => {
      expect(await clients.find('https://claude.ai/oauth/client.json', { signal })).toBeUndefined();
    });

    it('are not waited for beyond the budget of a request', async () => {
      const documents = open({
        clientIdMetadataDocuments: { enabled: true, allowedClientIdPatterns: ['*'] },
      });
      await expect(
        documents.find('https://client.example/client.json', { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    });
  });

  it('let in from anywhere are warned of at every start', () => {
    const lines: string[] = [];
    open(
      {
        clientIdMetadataDocuments: {
          enabled: true,
          allowedClientIdPatterns: ['*', 'https://claude.ai/*'],
          allowedRedirectUriPatterns: ['https://*.com/*'],
        },
        experimentalDynamicClientRegistration: { enabled: true, allowedRedirectUriPatterns: ['https://*'] },
      },
      { ...mockServices.logger(), warn: (message) => void lines.push(message) },
    );
    const rest = 'also lets in addresses that belong to anybody; name the hosts you mean';
    expect(lines.sort()).toEqual([
      `auth.clientIdMetadataDocuments.allowedClientIdPatterns: '*' ${rest}`,
      `auth.clientIdMetadataDocuments.allowedRedirectUriPatterns: 'https://*.com/*' ${rest}`,
      `auth.experimentalDynamicClientRegistration.allowedRedirectUriPatterns: 'https://*' ${rest}`,
    ]);
  });
});
