/** Hostile documents, and client ids that are meant to make us call somebody. */
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockServices } from '@vestibule/backend-test-utils';
import { startDocumentServer, type DocumentServer } from '../testing/documentServer.ts';
import { createDocumentHttp, type DocumentHttp } from './documentHttp.ts';
import { createClientMetadataDocuments, type ClientMetadataDocuments } from './clientMetadataDocuments.ts';
import { parseUrlPattern } from './urlPattern.ts';

let now: number;
let server: DocumentServer;
let http: DocumentHttp;
beforeEach(async () => {
  now = 1_700_000_000_000;
  server = await startDocumentServer();
  server.publish();
  http = createDocumentHttp();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await http.close();
});

function open(
  clientIdPatterns: readonly string[],
  given: Partial<Parameters<typeof createClientMetadataDocuments>[0]> = {},
): ClientMetadataDocuments {
  const read = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      const pattern = parseUrlPattern(text);
      return 'problem' in pattern ? [] : [pattern];
    });
  return createClientMetadataDocuments({
    clientIdPatterns: read(clientIdPatterns),
    redirectUriPatterns: read(['*']),
    baseUrl: 'https://portal.example/api/auth',
    http,
    isDevelopment: false,
    logger: mockServices.logger(),
    clock: { now: () => now },
    ...given,
  });
}
const away = {
  code: 'temporarily_unavailable',
  message: 'The metadata document of this client cannot be fetched',
};

describe('a client id that leads into our own network', () => {
  it.each(['127.0.0.1', '[::1]', '[::ffff:7f00:1]', 'localhost', 'anything.localhost'])(
    'at %s is never connected to by a pattern with a wildcard',
    async (host) => {
      for (const pattern of ['*', 'https://*:*/*', `https://${host}:*/*`]) {
        await expect(
          open([pattern]).find(`https://${host}:${server.port}/client.json`),
        ).rejects.toMatchObject(away);
      }
      expect(server.connections).toBe(0);
    },
  );

  it('is connected to where the operator wrote it out', async () => {
    const id = `https://127.0.0.1:${server.port}/client.json`;
    // The server speaks no TLS; that it was called is what is asked.
    await expect(open([id]).find(id)).rejects.toMatchObject(away);
    expect(server.connections).toBe(1);
  });

  it.each([
    ['at once', [['10.0.0.7']]],
    ['beside a public address', [['9.9.9.9', '127.0.0.1']]],
    ['only with the second answer of the DNS', [['9.9.9.9'], ['127.0.0.1']]],
  ])('by its name, %s, is never connected to', async (_, answers) => {
    await http.close();
    const asked: string[] = [];
    http = createDocumentHttp({
      resolve: async (hostname) => {
        asked.push(hostname);
        return Promise.resolve((answers.length > 1 ? answers.shift() : answers[0]) ?? []);
      },
    });
    const id = `https://client.example:${server.port}/client.json`;
    await expect(open(['https://*.example:*/*', '*']).find(id)).rejects.toMatchObject(away);
    expect(asked).toContain('client.example');
    expect(server.connections).toBe(0);
  });

  it('looks to the client like one that does not answer, and stands in the log as what it is', async () => {
    const lines: string[] = [];
    const logger = {
      ...mockServices.logger(),
      warn: (message: string, meta?: unknown) => {
        const cause = meta instanceof Error && meta.cause instanceof Error ? meta.cause.message : '';
        lines.push(`${message}: ${cause}`);
      },
    };
    const id = `https://127.0.0.1:${server.port}/client.json`;
    const finding = open(['*'], { logger }).find(id);
    await expect(finding).rejects.toMatchObject(away);
    await expect(finding).rejects.not.toHaveProperty('cause');
    expect(lines).toEqual([
      `OAuth server: no client at '${id}': ${away.message}: The host '127.0.0.1' has an address that is not public`,
    ]);
  });

  it('by http is an id in development only, and then of this machine only', async () => {
    const id = `${server.origin}/client.json`;
    expect(await open(['*']).find(id)).toBeUndefined();
    expect(
      await open(['*'], { isDevelopment: true }).find('http://intranet.example/client.json'),
    ).toBeUndefined();
    expect(server.connections).toBe(0);
    expect(await open(['*'], { isDevelopment: true }).find(id)).toMatchObject({ id });
  });
});

describe('a hostile document', () => {
  const find = async (members: object) => {
    server.publish(members);
    return open(['*'], { isDevelopment: true }).find(`${server.origin}/client.json`);
  };

  it.each([
    ['another client_id', { client_id: 'https://claude.ai/client.json' }, 'names another client_id'],
    ['no client_id', { client_id: undefined }, 'has a fault in client_id'],
    ['a client_id that is no text', { client_id: ['a'] }, 'has a fault in client_id'],
    ['a secret', { client_secret: 's3cret' }, 'has a fault in client_secret'],
    ['an empty secret', { client_secret: null }, 'has a fault in client_secret'],
    ['the end of a secret', { client_secret_expires_at: 0 }, 'has a fault in client_secret_expires_at'],
    [
      'client_secret_basic',
      { token_endpoint_auth_method: 'client_secret_basic' },
      'token_endpoint_auth_method',
    ],
    [
      'client_secret_post',
      { token_endpoint_auth_method: 'client_secret_post' },
      'token_endpoint_auth_method',
    ],
    ['client_secret_jwt', { token_endpoint_auth_method: 'client_secret_jwt' }, 'token_endpoint_auth_method'],
    [
      'a list of methods for one',
      { token_endpoint_auth_method: ['none', 'client_secret_post'] },
      'token_endpoint_auth_method',
    ],
    ['no redirect_uris', { redirect_uris: undefined }, 'has a fault in redirect_uris'],
    ['empty redirect_uris', { redirect_uris: [] }, 'has a fault in redirect_uris'],
    [
      'redirect_uris that are a text',
      { redirect_uris: 'https://a.example/' },
      'has a fault in redirect_uris',
    ],
    ['what is no address', { redirect_uris: ['/callback'] }, 'has a fault in redirect_uris'],
    ['too many addresses', { redirect_uris: Array(51).fill('https://a.example/') }, 'fault in redirect_uris'],
    ['a name of two lines', { client_name: 'A\nB' }, 'has a fault in client_name'],
    ['a name that runs backwards', { client_name: 'A\u202eB' }, 'has a fault in client_name'],
    ['an endless name', { client_name: 'A'.repeat(201) }, 'has a fault in client_name'],
    ['an empty name', { client_name: ' ' }, 'has a fault in client_name'],
    ['a name that nobody sees', { client_name: '\u3164\u200b\ufe0f' }, 'has a fault in client_name'],
  ])('with %s is refused', async (_, members, message) => {
    await expect(find(members)).rejects.toMatchObject({
      code: 'invalid_client',
      status: 401,
      message: expect.stringContaining(message),
    });
  });

  it('that leads the browser to code does so nowhere', async () => {
    const client = await find({ redirect_uris: ['javascript:alert(1)', 'https://a.example/cb'] });
    expect(client?.isRedirectUriAllowed('javascript:alert(1)')).toBe(false);
    expect(client?.isRedirectUriAllowed('https://a.example/cb')).toBe(true);
  });

  const json = { 'content-type': 'application/json' };
  it.each<[string, RequestListener, string]>([
    ['a redirect', (_, response) => response.writeHead(302, { location: '/other' }).end(), 'invalid_client'],
    [
      'HTML',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{}'),
      'invalid_client',
    ],
    ['no content type', (_, response) => response.writeHead(200).end('{}'), 'invalid_client'],
    ['what is no JSON', (_, response) => response.writeHead(200, json).end('{'), 'invalid_client'],
    ['a list', (_, response) => response.writeHead(200, json).end('[]'), 'invalid_client'],
    ['null', (_, response) => response.writeHead(200, json).end('null'), 'invalid_client'],
    ['another success', (_, response) => response.writeHead(206, json).end('{}'), 'invalid_client'],
    ['too much', (_, response) => response.writeHead(200, json).end(' '.repeat(65_537)), 'invalid_client'],
    ['too many requests', (_, response) => response.writeHead(429).end(), 'temporarily_unavailable'],
    ['a cut connection', (request) => request.socket.destroy(), 'temporarily_unavailable'],
  ])('answered as %s is none', async (_, answer, code) => {
    server.answer = answer;
    const documents = open(['*'], { isDevelopment: true });
    await expect(documents.find(`${server.origin}/client.json`)).rejects.toMatchObject({ code });
    expect(server.requests).toEqual(['GET /client.json']);
  });

  it('may have 64 KB, and no more', async () => {
    let length = 65_536;
    server.answer = (request, response) =>
      response.writeHead(200, json).end(JSON.stringify(server.documentAt(request.url ?? '')).padEnd(length));
    const documents = open(['*'], { isDevelopment: true });
    expect(await documents.find(`${server.origin}/client.json`)).toMatchObject({ name: 'A client' });
    length += 1;
    await expect(documents.find(`${server.origin}/other.json`)).rejects.toMatchObject({
      code: 'invalid_client',
      message: 'The metadata document of this client is too large',
    });
  });
});

describe('a flood of client ids', () => {
  it('makes us call one server at most 60 times a minute', async () => {
    server.answer = (_, response) => response.writeHead(404).end();
    const documents = open(['*'], { isDevelopment: true });
    const answers: unknown[] = [];
    for (let count = 0; count < 70; count += 1) {
      answers.push(await documents.find(`${server.origin}/${count}`).catch((error: unknown) => error));
    }
    expect(server.requests).toHaveLength(60);
    expect(answers.at(-1)).toMatchObject({
      code: 'temporarily_unavailable',
      message: 'Too many metadata documents are being fetched',
    });
    now += 60_000;
    server.publish();
    expect(await documents.find(`${server.origin}/new`)).toBeDefined();
  });

  it('never has more than 4 requests on their way to one server, and 16 altogether', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    server.answer = (_, response) => {
      held.push(() => response.writeHead(404).end());
      most = Math.max(most, held.length);
      if (held.length === 4) setImmediate(() => held.splice(0).forEach((answer) => answer()));
    };
    const documents = open(['*'], { isDevelopment: true });
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, count) =>
        documents.find(`${server.origin}/${count}`).then(
          () => 'found',
          ({ code }: { code: string }) => code,
        ),
      ),
    );
    expect(most).toBe(4);
    expect(answers.filter((code) => code === 'temporarily_unavailable')).toHaveLength(4);
    expect(answers.filter((code) => code === 'invalid_client')).toHaveLength(16);
  });

  it('drives known documents out one after the other, oldest first, so that memory is bounded', async () => {
    server.publish({}, { 'cache-control': 'max-age=86400' });
    const documents = open(['*'], { isDevelopment: true });
    for (let count = 0; count <= 500; count += 1) {
      if (count % 60 === 0) now += 60_000;
      await documents.find(`${server.origin}/${count}`);
    }
    const before = server.requests.length;
    await documents.find(`${server.origin}/500`);
    await documents.find(`${server.origin}/1`);
    expect(server.requests).toHaveLength(before);
    await documents.find(`${server.origin}/0`);
    expect(server.requests).toHaveLength(before + 1);
  });

  it('without documents drives none out', async () => {
    server.publish({}, { 'cache-control': 'max-age=86400' });
    const documents = open(['*'], { isDevelopment: true });
    const known = `${server.origin}/known`;
    await documents.find(known);
    server.answer = (_, response) => response.writeHead(404).end();
    for (let count = 0; count <= 500; count += 1) {
      if (count % 60 === 0) now += 60_000;
      await documents.find(`${server.origin}/${count}`).catch(() => undefined);
    }
    const before = server.requests.length;
    expect(await documents.find(known)).toMatchObject({ id: known });
    expect(server.requests).toHaveLength(before);
  });

  it('does not use up what a client that is known may be asked about', async () => {
    const documents = open(['*'], { isDevelopment: true });
    const known = `${server.origin}/known`;
    await documents.find(known);
    const { answer } = server;
    server.answer = (_, response) => response.writeHead(404).end();
    now += 300_000;
    for (let count = 0; count < 60; count += 1)
      await documents.find(`${server.origin}/${count}`).catch(() => undefined);
    server.answer = answer;
    await documents.find(known);
    expect(server.requests.at(-1)).toBe('GET /known');
  });
});
