/** What the routes make of requests; the real client is tried in `conformance/catalogClient.test.mjs`. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Entity } from '@vestibule/catalog-model';
import { createInMemoryCatalog } from '../file/inMemoryCatalog.ts';
import { serviceCredentials } from '../testing/callingPlugin.ts';
import { findRoute } from './catalogRoutes.ts';

const entity = (kind: string, name: string, more: Partial<Entity> = {}): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'default', uid: `uid-${name}` },
  ...more,
});
const catalog = createInMemoryCatalog([
  entity('User', 'jane', { spec: { type: 'a' } }),
  entity('User', 'Kim Lee', { spec: { type: 'b' } }),
  entity('Group', 'team'),
]);

async function ask(method: string, url: string, body?: unknown): Promise<unknown> {
  const { pathname, searchParams: parameters } = new URL(url, 'http://localhost');
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  const request = Readable.from([Buffer.from(text)]) as unknown as IncomingMessage;
  return findRoute(method, pathname)?.({ catalog, credentials: serviceCredentials, request, parameters });
}

const namesOf = (answer: unknown): unknown[] => {
  const items = (
    Array.isArray(answer) ? answer : (answer as { items: unknown[] }).items
  ) as (Entity | null)[];
  return items.map((item) => item && item.metadata.name);
};

describe('the routes of the catalog', () => {
  it.each([
    ['/entities', ['team', 'jane', 'Kim Lee']],
    ['/entities?filter=kind=user', ['jane', 'Kim Lee']],
    ['/entities?filter=kind=user,spec.type=a&filter=kind=group', ['team', 'jane']],
    ['/entities?filter=kind=group,kind=user&limit=1&offset=1', ['jane']],
    ['/entities?filter=spec.type&order=desc:spec.type', ['Kim Lee', 'jane']],
    ['/entities/by-query?filter=kind=user&orderField=metadata.name,desc&limit=1', ['Kim Lee']],
    ['/entities/by-query?fullTextFilterTerm=LEE', ['Kim Lee']],
  ])('answer GET %s', async (url, expected) => {
    expect(namesOf(await ask('GET', url))).toEqual(expected);
  });

  it('find an entity by its name, encoded, and say what there is not', async () => {
    expect(await ask('GET', '/entities/by-name/User/default/kim%20lee')).toMatchObject({
      metadata: { name: 'Kim Lee' },
    });
    await expect(ask('GET', '/entities/by-name/user/default/x')).rejects.toMatchObject({
      name: 'NotFoundError',
      message: "No entity named 'x' found, with kind 'user' in namespace 'default'",
    });
    await expect(ask('GET', '/entities/by-uid/x')).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it.each([
    [{ kind: 'user' }, ['jane', 'Kim Lee']],
    [{ $all: [{ kind: 'user' }, { 'spec.type': { $in: ['a', 'c'] } }] }, ['jane']],
    [
      { $any: [{ 'spec.type': { $exists: true }, kind: 'user' }, { kind: 'group' }] },
      ['team', 'jane', 'Kim Lee'],
    ],
  ])('take the predicate %j', async (query, expected) => {
    expect(namesOf(await ask('POST', '/entities/by-query', { query }))).toEqual(expected);
  });

  it.each<[string, string, unknown]>([
    ['GET', '/entities?limit=-1', undefined],
    ['GET', '/entities?offset=x', undefined],
    ['GET', '/entities?order=name', undefined],
    ['GET', '/entities?filter==x', undefined],
    ['GET', '/entity-facets', undefined],
    ['POST', '/entities/by-refs', {}],
    ['POST', '/entities/by-refs', { entityRefs: [7] }],
    ['POST', '/entities/by-refs', '['],
    ['POST', '/entities/by-refs', ' '.repeat(1024 * 1024 + 1)],
    ['POST', '/entities/by-query', { query: { $not: { kind: 'user' } } }],
    ['POST', '/entities/by-query', { query: { $all: [] } }],
    ['POST', '/entities/by-query', { query: { kind: { $regex: '.*' } } }],
    ['POST', '/entities/by-query', { query: { $all: [{ kind: 'a' }, { kind: 'b' }] } }],
    [
      'POST',
      '/entities/by-query',
      {
        query: {
          $all: Array.from({ length: 7 }, (_, at) => ({ $any: [{ [`a${at}`]: 'x' }, { [`b${at}`]: 'x' }] })),
        },
      },
    ],
  ])('refuse %s %s with %j', async (method, url, body) => {
    await expect(ask(method, url, body)).rejects.toMatchObject({
      name: 'InputError',
      code: 'ERR_CATALOG_REQUEST_INVALID',
    });
  });

  it('count facets as they are written', async () => {
    expect(await ask('GET', '/entity-facets?facet=kind&facet=spec.type&filter=kind=user')).toEqual({
      facets: {
        kind: [{ value: 'User', count: 2 }],
        'spec.type': [
          { value: 'a', count: 1 },
          { value: 'b', count: 1 },
        ],
      },
    });
  });

  it('change nothing, and leave other paths alone', async () => {
    await expect(ask('DELETE', '/entities/by-uid/uid-jane')).rejects.toMatchObject({
      name: 'NotImplementedError',
      code: 'ERR_CATALOG_READ_ONLY',
    });
    expect(findRoute('GET', '/other')).toBeUndefined();
    expect(findRoute('POST', '/other')).toBeUndefined();
  });
});
