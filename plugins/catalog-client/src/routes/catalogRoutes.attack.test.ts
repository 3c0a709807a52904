/** Hostile questions of somebody who is signed in, over HTTP: each is a fault of the request, never of the server. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import { mockServices, startTestBackend, type TestBackend } from '@vestibule/backend-test-utils';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { catalogRoutesPlugin } from '../catalogRoutesPlugin.ts';
import { createInMemoryCatalog } from '../file/inMemoryCatalog.ts';

let backend: TestBackend;
const log: string[] = [];
beforeAll(async () => {
  const entity = (kind: string, name: string) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { name, namespace: 'default' },
  });
  backend = await startTestBackend({
    features: [
      catalogRoutesPlugin,
      mockServices.httpAuth.factory(),
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => createInMemoryCatalog([entity('User', 'jane'), entity('Group', 'team')]),
      }),
    ],
    log: (line) => void log.push(line),
  });
});
afterAll(async () => backend.stop());

const cursorOf = (query: unknown) => Buffer.from(JSON.stringify(query)).toString('base64url');
const nested = (levels: number, inner = '{"kind":"user"}') =>
  `${'{"$all":['.repeat(levels)}${inner}${']}'.repeat(levels)}`;

/** Sends a text as it is; `fetch` would resolve the path. */
async function ask(method: string, path: string, body?: string) {
  log.length = 0;
  const { hostname, port } = new URL(backend.url);
  const request = httpRequest({
    hostname,
    port,
    method,
    path: `/api/catalog${path}`,
    headers: { 'content-type': 'application/json' },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const answer = await text(response);
  return { status: response.statusCode, body: answer === '' ? undefined : (JSON.parse(answer) as unknown) };
}

async function expectRefusal(asked: ReturnType<typeof ask>, code: string): Promise<void> {
  expect(await asked).toMatchObject({ status: 400, body: { error: { name: 'InputError', code } } });
  expect(log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
}

describe('a question that has not the form of one', () => {
  it.each([
    ...[
      '[null]',
      '[5]',
      '["kind"]',
      '[[]]',
      '[{"field":5,"order":"asc"}]',
      '[{"field":"kind","order":"up"}]',
    ],
    ...['5', '{}', JSON.stringify(Array(101).fill({ field: 'kind', order: 'asc' }))],
  ])('orders by %s', async (orderBy) => {
    await expectRefusal(
      ask('POST', '/entities/by-query', `{"orderBy":${orderBy}}`),
      'ERR_CATALOG_REQUEST_INVALID',
    );
  });

  it.each([
    ...['{"term":"x","fields":5}', '{"term":"x","fields":[5]}', '{"term":"x","fields":[null]}'],
    ...['{"term":5}', '{}', '[]', '"x"', '{"term":"x","fields":"kind"}'],
  ])('looks for the text %s', async (filter) => {
    await expectRefusal(
      ask('POST', '/entities/by-query', `{"fullTextFilter":${filter}}`),
      'ERR_CATALOG_REQUEST_INVALID',
    );
  });

  it.each([
    '{"cursor":5}',
    '{"limit":"1"}',
    '{"limit":-1}',
    '{"limit":1e999}',
    '{"offset":0.5}',
    '{"fields":[5]}',
  ])('asks for the page %s', async (body) => {
    await expectRefusal(ask('POST', '/entities/by-query', body), 'ERR_CATALOG_REQUEST_INVALID');
  });

  it.each([
    ...[5, null, 'x', { orderFields: 5 }, { orderFields: [null] }, { orderFields: [{ field: 5 }] }],
    ...[{ filter: null }, { filter: [null] }, { filter: 5 }, { filter: [[null]] }, { filter: { kind: {} } }],
    ...[{ fullTextFilter: { term: 5 } }, { fullTextFilter: { term: 'x', fields: 5 } }, { fullTextFilter: 5 }],
    ...[{ offset: 'x' }, { offset: -1 }],
  ])('has the cursor of %j', async (query) => {
    const cursor = cursorOf(query);
    const asked = [
      ask('POST', '/entities/by-query', JSON.stringify({ cursor })),
      ask('GET', `/entities/by-query?cursor=${cursor}`),
      ask('GET', `/entities?after=${cursor}`),
    ];
    for (const one of asked) await expectRefusal(one, 'ERR_CATALOG_QUERY_UNSAFE');
  });

  it.each(['/entities/by-query', '/entities/by-refs', '/entity-facets'])(
    'nests predicates without end, at %s',
    async (path) => {
      for (const query of [nested(90_000), nested(20), nested(9, nested(11)).replaceAll('$all', '$any')]) {
        const body = `{"entityRefs":["user:default/jane"],"facets":["kind"],"query":${query}}`;
        await expectRefusal(ask('POST', path, body), 'ERR_CATALOG_REQUEST_INVALID');
      }
    },
  );

  it('has more conditions than a person could mean', async () => {
    const all = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`a${at}`, 'x']));
    await expectRefusal(
      ask('POST', '/entities/by-query', JSON.stringify({ query: all })),
      'ERR_CATALOG_REQUEST_INVALID',
    );
  });
});

it('a question at the bounds is answered, and one for nothing in particular', async () => {
  expect(await ask('POST', '/entities/by-query', '{}')).toMatchObject({ body: { totalItems: 2 } });
  const fields = Array(100).fill('metadata.name') as string[];
  const body = {
    cursor: null,
    query: JSON.parse(nested(19)) as unknown,
    orderBy: fields.map((field) => ({ field, order: 'asc' })),
    fullTextFilter: { term: 'jane', fields },
  };
  expect(await ask('POST', '/entities/by-query', JSON.stringify(body))).toMatchObject({
    status: 200,
    body: { totalItems: 1 },
  });
});

it.each(['//host/entities', '//[', '//x:99999/y', '//', '///entities', '//entities', '/entities/'])(
  'the path %s is no route, and is not read as a host',
  async (path) => {
    expect((await ask('GET', path)).status).toBe(404);
    expect((await ask('GET', `${path}?filter=kind=user`)).status).toBe(404);
  },
);

it('what stands behind the first question mark is the query', async () => {
  expect(await ask('GET', '/entities?filter=kind=user&fields=//[?')).toMatchObject({ status: 200 });
});
