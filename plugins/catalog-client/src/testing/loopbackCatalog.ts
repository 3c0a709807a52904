/** A catalog on loopback that reads the wire as a Backstage catalog does. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BackstageCredentials } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';
import { CATALOG_FILTER_EXISTS, type EntityFilterSet } from '@vestibule/plugin-catalog-node';
import { createInMemoryCatalog } from '../file/inMemoryCatalog.ts';

const credentials: BackstageCredentials = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'service', subject: 'plugin:catalog' },
};

export interface LoopbackCatalog {
  /** What `core.discovery` gives for the plugin `catalog`. */
  baseUrl: string;
  /** Requests so far, as `GET /path?query`. */
  requests: string[];
  close(): Promise<void>;
}

export async function startLoopbackCatalog(entities: readonly Entity[]): Promise<LoopbackCatalog> {
  const catalog = createInMemoryCatalog(entities);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request).then(
      (value) => {
        response.writeHead(value === undefined ? 404 : 200, {
          'content-type': 'application/json; charset=utf-8',
        });
        response.end(JSON.stringify(value ?? { error: { name: 'NotFoundError', message: 'No entity' } }));
      },
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });

  async function answer(request: IncomingMessage): Promise<unknown> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const query = readQuery(url.searchParams);
    switch (url.pathname) {
      case '/api/catalog/entities':
        return (await catalog.getEntities(query, { credentials })).items;
      case '/api/catalog/entities/by-query':
        return catalog.queryEntities(query, { credentials });
      case '/api/catalog/entities/by-refs': {
        const body = JSON.parse(await bodyOf(request)) as { entityRefs: string[]; fields?: string[] };
        const { items } = await catalog.getEntitiesByRefs({ ...query, ...body }, { credentials });
        return { items: items.map((item) => item ?? null) };
      }
      default: {
        const [kind = '', namespace = '', name = ''] = url.pathname
          .replace('/api/catalog/entities/by-name/', '')
          .split('/')
          .map(decodeURIComponent);
        return catalog.getEntityByRef({ kind, namespace, name }, { credentials });
      }
    }
  }

  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/catalog`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Order = { field: string; order: 'asc' | 'desc' };

/** The parameters of all routes at once; which one reads which is the catalog's business. */
function readQuery(parameters: URLSearchParams): {
  filter?: EntityFilterSet[];
  fields?: string[];
  order?: Order[];
  orderFields?: Order[];
  limit?: number;
  offset?: number;
  cursor?: string;
  fullTextFilter?: { term: string; fields?: string[] };
} {
  const filters = parameters.getAll('filter').map(readFilterSet);
  const fields = parameters.get('fields');
  const order = parameters.getAll('order').map((text) => {
    const [direction, field] = text.split(':') as ['asc' | 'desc', string];
    return { field, order: direction };
  });
  const orderFields = parameters.getAll('orderField').map((text) => {
    const [field, direction] = text.split(',') as [string, 'asc' | 'desc'];
    return { field, order: direction };
  });
  const [limit, offset, cursor, term] = ['limit', 'offset', 'cursor', 'fullTextFilterTerm'].map((name) =>
    parameters.get(name),
  );
  const termFields = parameters.get('fullTextFilterFields');
  return {
    ...(filters.length > 0 && { filter: filters }),
    ...(fields && { fields: fields.split(',') }),
    ...(order.length > 0 && { order }),
    ...(orderFields.length > 0 && { orderFields }),
    ...(limit && { limit: Number(limit) }),
    ...(offset && { offset: Number(offset) }),
    ...(cursor && { cursor }),
    ...(term && { fullTextFilter: { term, ...(termFields && { fields: termFields.split(',') }) } }),
  };
}

/** As the server reads it: split at commas, trimmed, the same key twice joined. */
function readFilterSet(text: string): EntityFilterSet {
  const set: Record<string, (string | symbol)[]> = {};
  for (const statement of text.split(',').map((part) => part.trim())) {
    const equals = statement.indexOf('=');
    const key = equals === -1 ? statement : statement.slice(0, equals).trim();
    (set[key] ??= []).push(equals === -1 ? CATALOG_FILTER_EXISTS : statement.slice(equals + 1).trim());
  }
  return set;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
