/** Fetching documents from a real server; `http` and loopback are what development allows. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockServices } from '@vestibule/backend-test-utils';
import { startDocumentServer, type DocumentServer } from '../testing/documentServer.ts';
import { createDocumentHttp, type DocumentHttp } from './documentHttp.ts';
import { createClientMetadataDocuments, type ClientMetadataDocuments } from './clientMetadataDocuments.ts';
import { parseUrlPattern, type UrlPattern } from './urlPattern.ts';

const baseUrl = 'https://portal.example/api/auth';
let now: number;
let server: DocumentServer;
let http: DocumentHttp;
let documents: ClientMetadataDocuments;
beforeEach(async () => {
  now = 1_700_000_000_000;
  server = await startDocumentServer();
  http = createDocumentHttp();
  documents = open();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await http.close();
});

function patterns(...texts: string[]): UrlPattern[] {
  return texts.flatMap((text) => {
    const pattern = parseUrlPattern(text);
    return 'problem' in pattern ? [] : [pattern];
  });
}
function open(
  given: Partial<Parameters<typeof createClientMetadataDocuments>[0]> = {},
): ClientMetadataDocuments {
  return createClientMetadataDocuments({
    clientIdPatterns: patterns('http://127.0.0.1:*/*'),
    redirectUriPatterns: patterns('http://127.0.0.1:*/*', 'http://localhost:*/*', 'https://good.example/*'),
    baseUrl,
    http,
    isDevelopment: true,
    logger: mockServices.logger(),
    clock: { now: () => now },
    ...given,
  });
}
const find = async (path = '/client.json') => documents.find(`${server.origin}${path}`);

describe('a client with a metadata document', () => {
  it('is what the document says, and public', async () => {
    server.publish({ redirect_uris: ['https://good.example/cb', 'http://localhost:1/a'] });
    const client = await find();
    expect(client).toMatchObject({
      id: `${server.origin}/client.json`,
      name: 'A client',
      authentication: 'none',
    });
    expect(client?.isRedirectUriAllowed('https://good.example/cb')).toBe(true);
    expect(client?.isRedirectUriAllowed('http://localhost:2/a')).toBe(true);
    expect(client?.isRedirectUriAllowed('https://good.example/cb/')).toBe(false);
    expect(client?.isRedirectUriAllowed('https://good.example:8443/cb')).toBe(false);
    expect(client?.isRedirectUriAllowed('http://127.0.0.1:1/a')).toBe(false);
    expect(server.requests).toEqual(['GET /client.json']);
  });

  it('is named by its id where it has no name, and proves nothing where it does not say how', async () => {
    server.publish({ client_name: undefined, token_endpoint_auth_method: undefined });
    expect(await find()).toMatchObject({ name: `${server.origin}/client.json`, authentication: 'none' });
  });

  it.each([[null], [''], [undefined]])('has no name and no method where they are %j', async (absent) => {
    server.publish({ client_name: absent, token_endpoint_auth_method: absent });
    expect(await find()).toMatchObject({ name: `${server.origin}/client.json`, authentication: 'none' });
  });

  it.each<[string, object, string]>([
    [
      'ChatGPT, which can also sign',
      {
        client_name: 'ChatGPT',
        client_uri: 'https://chatgpt.com/',
        redirect_uris: ['https://chatgpt.com/connector/oauth/kDmjx77UnKOM'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
        token_endpoint_auth_signing_alg: 'RS256',
        jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
      },
      'https://chatgpt.com/connector/oauth/kDmjx77UnKOM',
    ],
    [
      'Claude',
      {
        client_name: 'Claude',
        client_uri: 'https://claude.ai',
        redirect_uris: [
          'https://claude.ai/api/mcp/auth_callback',
          'https://claude.com/api/mcp/auth_callback',
        ],
        grant_types: ['authorization_code', 'refresh_token'],
      },
      'https://claude.ai/api/mcp/auth_callback',
    ],
    [
      'Claude Code, which names no port',
      {
        client_name: 'Claude Code',
        redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      },
      'http://localhost:55611/callback',
    ],
    [
      'Cursor',
      {
        client_name: 'Cursor',
        redirect_uris: [
          'http://localhost/callback',
          'http://127.0.0.1/callback',
          'https://www.cursor.com/agents/mcp/oauth/callback',
          'cursor://anysphere.cursor-mcp/oauth/callback',
        ],
      },
      'cursor://anysphere.cursor-mcp/oauth/callback',
    ],
    [
      'VS Code',
      {
        client_name: 'Visual Studio Code',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
      },
      'http://127.0.0.1:33418/',
    ],
  ])('may be %s', async (_who, document, redirectUri) => {
    server.publish({ response_types: ['code'], ...document });
    documents = open({ redirectUriPatterns: patterns('*') });
    const client = await find();
    expect(client?.authentication).toBe('none');
    expect(client?.isRedirectUriAllowed(redirectUri)).toBe(true);
  });

  it('may be redirected only where its document and the patterns both say', async () => {
    server.publish({ redirect_uris: ['https://elsewhere.example/cb', 'https://good.example/cb'] });
    const client = await find();
    expect(client?.isRedirectUriAllowed('https://elsewhere.example/cb')).toBe(false);
    expect(client?.isRedirectUriAllowed('https://good.example/cb')).toBe(true);
  });

  it('is not fetched for an id of another kind, or one that no pattern lets in', async () => {
    expect(await documents.find('3f1c6a52-5a0e-4f0c-9d25-0b8a5d9a6b11')).toBeUndefined();
    await expect(documents.find('https://other.example/client.json')).rejects.toMatchObject({
      code: 'invalid_client',
      message: 'This client_id is not among those that are allowed here',
    });
    expect(documents.isAllowed('https://other.example/client.json')).toBe(false);
    expect(documents.isAllowed(`${server.origin}/client.json`)).toBe(true);
    expect(server.connections).toBe(0);
  });

  it('is Backstage’s command without any fetch, at any of its ports', async () => {
    const id = `${baseUrl}/.well-known/oauth-client/cli.json`;
    expect(documents.isAllowed(id)).toBe(true);
    const client = await documents.find(id);
    expect(client).toMatchObject({ id, name: 'Backstage CLI' });
    expect(client?.isRedirectUriAllowed('http://127.0.0.1:49152/callback')).toBe(true);
    expect(client?.isRedirectUriAllowed('http://localhost:8055/callback')).toBe(false);
  });
});

describe('a document', () => {
  it('is fetched once for those who ask at once, and kept for five minutes', async () => {
    server.publish();
    await Promise.all([find(), find(), find()]);
    now += 299_000;
    await find();
    expect(server.requests).toHaveLength(1);
    now += 2000;
    server.publish({ client_name: 'A new name' });
    expect(await find()).toMatchObject({ name: 'A new name' });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['max-age=3600', 3600],
    ['public, MAX-AGE="3600"', 3600],
    ['max-age=99999999', 86_400],
    ['max-age=0', 30],
    ['no-store', 30],
    ['max-age=3600, no-cache', 30],
    ['max-age=-5', 300],
    ['private', 300],
  ])('with Cache-Control %j is kept for %d seconds', async (cacheControl, seconds) => {
    server.publish({}, { 'cache-control': cacheControl });
    await find();
    now += seconds * 1000 - 1;
    await find();
    expect(server.requests).toHaveLength(1);
    now += 1;
    await find();
    expect(server.requests).toHaveLength(2);
  });

  it('does for another day where a newer one cannot be fetched, and no longer', async () => {
    server.publish();
    await find();
    now += 3_600_000;
    server.answer = (_, response) => response.writeHead(503).end();
    expect(await find()).toMatchObject({ name: 'A client' });
    expect(await find()).toMatchObject({ name: 'A client' });
    expect(server.requests).toHaveLength(2);
    now += 86_400_000;
    await expect(find()).rejects.toMatchObject({ code: 'temporarily_unavailable' });
  });

  it('is gone at once where the server says so', async () => {
    server.publish();
    await find();
    now += 3_600_000;
    server.answer = (_, response) => response.writeHead(404).end();
    await expect(find()).rejects.toMatchObject({ code: 'invalid_client' });
  });

  it('comes again half a minute after a failure', async () => {
    server.answer = (_, response) => response.writeHead(500).end();
    await expect(find()).rejects.toMatchObject({ code: 'temporarily_unavailable', status: 503 });
    server.publish();
    await expect(find()).rejects.toMatchObject({ code: 'temporarily_unavailable' });
    expect(server.requests).toHaveLength(1);
    now += 30_000;
    expect(await find()).toMatchObject({ name: 'A client' });
  });
});
