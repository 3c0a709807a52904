import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import type { BackstageCredentials, ClockService } from '@vestibule/backend-plugin-api';
import { createOutboundHttp } from '@vestibule/outbound-http';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import { callingAuth, discoveryOf, serviceCredentials, userCredentials } from '../testing/callingPlugin.ts';
import { createCatalogClient } from './catalogClient.ts';

/*
 * Requests that a Backstage auth plugin sent to its catalog through a loopback proxy, with what came back. Only the token
 * and the port are stand-ins.
 */
const recordings: Record<
  string,
  {
    request: string;
    answer: string;
    ask(catalog: CatalogService): Promise<unknown>;
    names: (string | undefined)[];
  }
> = {
  'a user by reference': {
    request: recorded('GET /api/catalog/entities/by-name/user/development/guest HTTP/1.1'),
    answer: json(
      404,
      `{"error":{"name":"NotFoundError","message":"No entity named 'guest' found, with kind 'user' in namespace 'development'"},"request":{"method":"GET","url":"/entities/by-name/user/development/guest"},"response":{"statusCode":404}}`,
    ),
    ask: async (catalog) => [
      await catalog.getEntityByRef('user:development/guest', { credentials: serviceCredentials }),
    ],
    names: [undefined],
  },
  'a user by e-mail': {
    request: recorded(
      'GET /api/catalog/entities?filter=spec.profile.email%3Djane.doe%40example.com%2Ckind%3Duser HTTP/1.1',
    ),
    answer: json(
      200,
      '[{"metadata":{"namespace":"default","annotations":{"backstage.io/managed-by-location":"file:org.yaml","google.com/email":"jane.doe@example.com"},"name":"Jane.Doe","uid":"fd17a430-8f61-4c98-b994-8d694c0452d6","etag":"6d340920ad7504a115147852aca12e81f115d291"},"apiVersion":"backstage.io/v1alpha1","kind":"User","spec":{"profile":{"email":"jane.doe@example.com","displayName":"Jane Doe"},"memberOf":["team-a"]},"relations":[{"type":"memberOf","targetRef":"group:default/team-a"}]}]',
    ),
    ask: async (catalog) =>
      (
        await catalog.getEntities(
          { filter: { 'spec.profile.email': 'jane.doe@example.com', kind: 'user' } },
          { credentials: serviceCredentials },
        )
      ).items,
    names: ['Jane.Doe'],
  },
  'a user by e-mail, who is missing': {
    request: recorded(
      'GET /api/catalog/entities?filter=spec.profile.email%3Dbob%40example.com%2Ckind%3Duser HTTP/1.1',
    ),
    answer: json(200, '[]'),
    ask: async (catalog) =>
      (
        await catalog.getEntities(
          { filter: { 'spec.profile.email': 'bob@example.com', kind: 'user' } },
          { credentials: serviceCredentials },
        )
      ).items,
    names: [],
  },
  'a user by the parts of a reference': {
    request: recorded('GET /api/catalog/entities/by-name/User/default/bob HTTP/1.1'),
    answer: json(
      404,
      `{"error":{"name":"NotFoundError","message":"No entity named 'bob' found, with kind 'User' in namespace 'default'"}}`,
    ),
    ask: async (catalog) => [
      await catalog.getEntityByRef(
        { kind: 'User', namespace: 'default', name: 'bob' },
        { credentials: serviceCredentials },
      ),
    ],
    names: [undefined],
  },
  'a user whose name the catalog spells in another letter case': {
    request: recorded('GET /api/catalog/entities/by-name/user/default/jane.doe HTTP/1.1'),
    answer: json(
      200,
      '{"metadata":{"namespace":"default","name":"Jane.Doe"},"apiVersion":"backstage.io/v1alpha1","kind":"User","spec":{"memberOf":["team-a"]},"relations":[{"type":"memberOf","targetRef":"group:default/team-a"}]}',
    ),
    ask: async (catalog) => [
      await catalog.getEntityByRef('user:default/jane.doe', { credentials: serviceCredentials }),
    ],
    names: ['Jane.Doe'],
  },
};

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that keeps the bytes it receives and answers with the bytes it was given. */
async function startRecorder(answer: string): Promise<{ port: number; received: string[] }> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let bytes = '';
    socket.on('data', (chunk) => {
      bytes += chunk.toString('latin1');
      const end = bytes.indexOf('\r\n\r\n') + 4;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(bytes)?.[1] ?? 0);
      if (end < 4 || bytes.length < end + length) return;
      received.push(bytes.slice(0, end + length));
      bytes = '';
      socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, received };
}

function clientFor(
  port: number,
  options: { clock?: ClockService; tokenOf?(by: BackstageCredentials): string } = {},
): CatalogService {
  const http = createOutboundHttp();
  closing.unshift(async () => http.close());
  return createCatalogClient({
    discovery: discoveryOf(`http://127.0.0.1:${port}/api/catalog`),
    auth: callingAuth(options.tokenOf ?? (() => 'TOKEN')),
    http,
    ...(options.clock && { clock: options.clock }),
  });
}

describe("the catalog client's requests", () => {
  it.each(Object.keys(recordings))('ask for %s with the recorded bytes', async (name) => {
    const { request, answer, ask, names } = recordings[name] as (typeof recordings)[string];
    const recorder = await startRecorder(answer);
    const found = (await ask(clientFor(recorder.port))) as ({ metadata: { name: string } } | undefined)[];
    expect(recorder.received).toEqual([request.replace('PORT', String(recorder.port))]);
    expect(found.map((entity) => entity?.metadata.name)).toEqual(names);
  });

  it('keep the order of conditions in which the caller gave them', async () => {
    const recorder = await startRecorder(json(200, '[]'));
    await clientFor(recorder.port).getEntities(
      { filter: { kind: 'user', 'metadata.annotations.google.com/email': 'jane.doe@example.com' } },
      { credentials: serviceCredentials },
    );
    expect(recorder.received[0]?.split('\r\n')[0]).toBe(
      'GET /api/catalog/entities?filter=kind%3Duser%2Cmetadata.annotations.google.com%2Femail%3Djane.doe%40example.com HTTP/1.1',
    );
  });

  it('carry every option of a list in the order of the catalog API', async () => {
    const recorder = await startRecorder(json(200, '[]'));
    await clientFor(recorder.port).getEntities(
      {
        filter: [
          { kind: ['user', 'group'] },
          { 'spec.owner': Symbol.for('CATALOG_FILTER_EXISTS_0e15b590c0b343a2bae3e787e84c2111') },
        ],
        fields: ['kind', 'metadata'],
        order: { field: 'metadata.name', order: 'asc' },
        offset: 4,
        limit: 2,
        after: "a'b",
      },
      { credentials: serviceCredentials },
    );
    expect(recorder.received[0]?.split('\r\n')[0]).toBe(
      'GET /api/catalog/entities?fields=kind,metadata&limit=2&filter=kind%3Duser%2Ckind%3Dgroup&filter=spec.owner&offset=4&after=a%27b&order=asc%3Ametadata.name HTTP/1.1',
    );
  });

  it('carry every option of a query, and with a cursor only fields and limit', async () => {
    const recorder = await startRecorder(json(200, '{"items":[],"totalItems":0,"pageInfo":{}}'));
    const client = clientFor(recorder.port);
    const query = {
      filter: { kind: 'user' },
      fields: ['kind', 'metadata'],
      limit: 5,
      offset: 10,
      orderFields: [{ field: 'metadata.name', order: 'desc' as const }],
      fullTextFilter: { term: 'a b&c', fields: ['metadata.name', 'metadata.title'] },
    };
    await client.queryEntities(query, { credentials: serviceCredentials });
    await client.queryEntities({ ...query, cursor: 'abc=' }, { credentials: serviceCredentials });
    expect(recorder.received.map((request) => request.split(' ')[1])).toEqual([
      '/api/catalog/entities/by-query?fields=kind,metadata&limit=5&offset=10&orderField=metadata.name%2Cdesc&filter=kind%3Duser&fullTextFilterTerm=a%20b%26c&fullTextFilterFields=metadata.name,metadata.title',
      '/api/catalog/entities/by-query?fields=kind,metadata&limit=5&cursor=abc%3D',
    ]);
  });

  it('send references in lower case in the body, since the catalog compares them as they are', async () => {
    const recorder = await startRecorder(json(200, '{"items":[null]}'));
    await clientFor(recorder.port).getEntitiesByRefs(
      { entityRefs: ['User:Default/Jane.Doe'], filter: { kind: 'user' }, fields: ['metadata.name'] },
      { credentials: serviceCredentials },
    );
    const [head = '', body] = (recorder.received[0] ?? '').split('\r\n\r\n');
    expect(head.split('\r\n')[0]).toBe('POST /api/catalog/entities/by-refs?filter=kind%3Duser HTTP/1.1');
    expect(JSON.parse(body ?? '')).toEqual({
      entityRefs: ['user:default/jane.doe'],
      fields: ['metadata.name', 'kind', 'metadata.namespace'],
    });
  });

  it('carry no authorization where the caller has no token', async () => {
    const recorder = await startRecorder(json(200, '[]'));
    await clientFor(recorder.port, { tokenOf: () => '' }).getEntities(
      {},
      { credentials: serviceCredentials },
    );
    expect(recorder.received[0]).not.toMatch(/authorization/i);
  });

  it('percent-encode names beyond the grammar, so that they stay one part of the path', async () => {
    const recorder = await startRecorder(json(404, '{}'));
    await clientFor(recorder.port).getEntityByRef(
      { kind: 'User', namespace: 'default', name: "o'neil?x=1#y%2f@example.com" },
      { credentials: serviceCredentials },
    );
    expect(recorder.received[0]?.split(' ')[1]).toBe(
      '/api/catalog/entities/by-name/User/default/o%27neil%3Fx%3D1%23y%252f%40example.com',
    );
  });
});

describe("the catalog client's answers", () => {
  it('have relations in the newer form, whichever the catalog has', async () => {
    const recorder = await startRecorder(
      json(
        200,
        '{"apiVersion":"v1","kind":"User","metadata":{"name":"jane"},"relations":[{"type":"memberOf","target":{"kind":"Group","namespace":"Default","name":"Team-A"}},{"type":"memberOf","targetRef":"group:default/team-b","target":{"kind":"x","name":"y"}}]}',
      ),
    );
    const jane = await clientFor(recorder.port).getEntityByRef('user:default/jane', {
      credentials: serviceCredentials,
    });
    expect(jane?.relations).toEqual([
      { type: 'memberOf', targetRef: 'group:default/team-a' },
      { type: 'memberOf', targetRef: 'group:default/team-b' },
    ]);
  });

  it.each([
    ['a kind that is no text', { kind: 7 }],
    ['no metadata', { metadata: undefined }],
    ['a name that is a list', { metadata: { name: ['jane'] } }],
    ['a namespace that is no text', { metadata: { name: 'jane', namespace: {} } }],
    [
      'annotations that are no texts',
      { metadata: { name: 'jane', annotations: { 'acme.org/id': ['j-1'] } } },
    ],
    ['annotations that are a list', { metadata: { name: 'jane', annotations: ['j-1'] } }],
    ['labels that are no texts', { metadata: { name: 'jane', labels: { a: 1 } } }],
    ['a spec that is a list', { spec: [] }],
    ['relations that are no list', { relations: { type: 'memberOf' } }],
    ['a relation without a target', { relations: [{ type: 'memberOf' }] }],
    ['a relation without a type', { relations: [{ targetRef: 'group:default/admins' }] }],
    ['a relation with half a target', { relations: [{ type: 'memberOf', target: { kind: 'Group' } }] }],
    ['an apiVersion that is no text', { apiVersion: 1 }],
  ])('are refused with %s', async (_what, change) => {
    const entity = { apiVersion: 'v1', kind: 'User', metadata: { name: 'jane' }, ...change };
    const recorder = await startRecorder(json(200, JSON.stringify(entity)));
    await expect(
      clientFor(recorder.port).getEntityByRef('user:default/jane', { credentials: serviceCredentials }),
    ).rejects.toMatchObject({ code: 'ERR_CATALOG_ANSWER_INVALID' });
  });

  it.each([
    ['no items', {}],
    ['fewer items than asked for', { items: [null] }],
    ['an item in another place', { items: [null, { kind: 'User', metadata: { name: 'jane' } }] }],
    ['an item that is a text', { items: ['user:default/jane', null] }],
  ])('to many references are refused with %s', async (_what, body) => {
    const recorder = await startRecorder(json(200, JSON.stringify(body)));
    await expect(
      clientFor(recorder.port).getEntitiesByRefs(
        { entityRefs: ['user:default/jane', 'user:default/sam'] },
        { credentials: serviceCredentials },
      ),
    ).rejects.toMatchObject({ code: 'ERR_CATALOG_ANSWER_INVALID' });
  });

  it.each([
    ['no total', { items: [], pageInfo: {} }],
    ['no page information', { items: [], totalItems: 0 }],
    ['a cursor that is no text', { items: [], totalItems: 0, pageInfo: { nextCursor: 7 } }],
  ])('to a query are refused with %s', async (_what, body) => {
    const recorder = await startRecorder(json(200, JSON.stringify(body)));
    await expect(
      clientFor(recorder.port).queryEntities({}, { credentials: serviceCredentials }),
    ).rejects.toMatchObject({ code: 'ERR_CATALOG_ANSWER_INVALID' });
  });
});

describe('the answers that the catalog client keeps', () => {
  const jane = json(200, '{"apiVersion":"v1","kind":"User","metadata":{"name":"jane"}}');

  it('serve the backend itself for five seconds', async () => {
    const recorder = await startRecorder(jane);
    let time = 0;
    const client = clientFor(recorder.port, { clock: { now: () => time } });
    const ask = async (): Promise<unknown> =>
      client.getEntityByRef('user:default/jane', { credentials: serviceCredentials });
    await ask();
    time = 4_999;
    await ask();
    expect(recorder.received).toHaveLength(1);
    time = 5_000;
    await ask();
    expect(recorder.received).toHaveLength(2);
  });

  it('are shared by callers who ask at the same time', async () => {
    const recorder = await startRecorder(jane);
    const client = clientFor(recorder.port);
    const found = await Promise.all(
      [1, 2, 3].map(() => client.getEntityByRef('user:default/jane', { credentials: serviceCredentials })),
    );
    expect(found.map((entity) => entity?.metadata.name)).toEqual(['jane', 'jane', 'jane']);
    expect(new Set(found).size).toBe(3);
    expect(recorder.received).toHaveLength(1);
  });

  it('never serve a user', async () => {
    const recorder = await startRecorder(jane);
    const client = clientFor(recorder.port);
    for (const credentials of [
      serviceCredentials,
      userCredentials('user:default/sam'),
      userCredentials('user:default/sam'),
    ]) {
      await client.getEntityByRef('user:default/jane', { credentials });
    }
    expect(recorder.received).toHaveLength(3);
  });

  it('never serve other credentials', async () => {
    const recorder = await startRecorder(jane);
    const client = clientFor(recorder.port, {
      tokenOf: ({ principal }) => (principal as { subject: string }).subject,
    });
    for (const subject of ['plugin:auth', 'plugin:search', 'plugin:auth']) {
      await client.getEntityByRef('user:default/jane', {
        credentials: { ...serviceCredentials, principal: { type: 'service', subject } },
      });
    }
    expect(recorder.received.map((request) => /authorization: (.*)\r/.exec(request)?.[1])).toEqual([
      'Bearer plugin:auth',
      'Bearer plugin:search',
    ]);
  });
});

/** As recorded, with two lines moved: the HTTP layer here writes `host` and `connection` first, node-fetch last. */
function recorded(requestLine: string): string {
  return [
    requestLine,
    'host: 127.0.0.1:PORT',
    'connection: keep-alive',
    'content-type: application/json',
    'authorization: Bearer TOKEN',
    'accept: */*',
    'user-agent: node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
    'accept-encoding: gzip,deflate',
    '',
    '',
  ].join('\r\n');
}

function json(status: number, body: string): string {
  return [
    `HTTP/1.1 ${status} X`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
