/** CatalogService over a list of entities: for the file catalog, for tests, and for directories that fit in memory. */
import { z } from 'zod';
import { isObject } from '@vestibule/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import {
  CATALOG_FILTER_EXISTS,
  CatalogUnavailableError,
  type CatalogRequestOptions,
  type CatalogService,
  type EntityFilter,
} from '@vestibule/plugin-catalog-node';
import { readAskedRef } from '../query/askedRef.ts';
import { checkFilterKey, readEntityFilter, refuse } from '../query/entityFilter.ts';
import { checkPageNumber } from '../query/pageNumbers.ts';
import { fullTextFilterSchema, orderFieldsSchema } from '../query/queryShapes.ts';
import { withIdentifyingFields } from '../query/requiredFields.ts';
import { containsText, indexEntity, matchesFilter, sortValue, type IndexedEntity } from './searchIndex.ts';
import { selectFields } from './selectFields.ts';

const defaultPageSize = 20;

/**
 * Creates a catalog of the given entities, with their relations as they stand there. Whoever asks sees all of them.
 * Answers are copies.
 *
 * @example
 * ```ts
 * createServiceFactory({
 *   service: catalogServiceRef,
 *   deps: {},
 *   factory: () => createInMemoryCatalog([{ apiVersion: 'v1', kind: 'User', metadata: { name: 'jane' } }]),
 * });
 * ```
 * @public
 */
export function createInMemoryCatalog(entities: readonly Entity[]): CatalogService {
  const indexed = entities.map(indexEntity);
  const byRef = new Map(indexed.map((one) => [one.ref, one]));

  return {
    async getEntityByRef(entityRef, caller) {
      const ref = stringifyEntityRef(readAskedRef(entityRef));
      throwIfEnded(caller);
      const found = byRef.get(ref);
      return found && selectFields(found.entity, undefined);
    },

    async getEntities(request = {}, caller) {
      const { filter, fields, order, offset, limit, after } = request;
      const query: Query = { ...(filter && { filter }), ...(order && { orderFields: [order].flat() }) };
      const page = pageOf(after === undefined ? query : readCursor(after), { fields, offset, limit });
      throwIfEnded(caller);
      return { items: page.items };
    },

    async getEntitiesByRefs({ entityRefs, filter, fields }, caller) {
      const refs = entityRefs.map((ref) => stringifyEntityRef(readAskedRef(ref)));
      const sets = readEntityFilter(filter);
      const wanted = withIdentifyingFields(fields);
      throwIfEnded(caller);
      return {
        items: refs.map((ref) => {
          const found = byRef.get(ref);
          return found && matchesFilter(found, sets) ? selectFields(found.entity, wanted) : undefined;
        }),
      };
    },

    async queryEntities(request = {}, caller) {
      const {
        cursor,
        fields,
        filter,
        orderFields,
        fullTextFilter,
        offset,
        limit = defaultPageSize,
      } = request;
      const query: Query =
        cursor !== undefined
          ? readCursor(cursor)
          : {
              ...(filter && { filter }),
              ...(orderFields && { orderFields: [orderFields].flat() }),
              ...(fullTextFilter && { fullTextFilter }),
            };
      const page = pageOf(query, { fields, offset: cursor === undefined ? offset : undefined, limit });
      throwIfEnded(caller);
      const { start, totalItems } = page;
      return {
        items: page.items,
        totalItems,
        pageInfo: {
          ...(start + limit < totalItems && { nextCursor: writeCursor({ ...query, offset: start + limit }) }),
          ...(start > 0 && { prevCursor: writeCursor({ ...query, offset: Math.max(0, start - limit) }) }),
        },
      };
    },
  };

  function pageOf(
    query: Query,
    {
      fields,
      offset,
      limit,
    }: { fields?: string[] | undefined; offset?: number | undefined; limit?: number | undefined },
  ): { items: Entity[]; totalItems: number; start: number } {
    const { filter, orderFields = [], fullTextFilter } = query;
    const sets = readEntityFilter(filter);
    const wanted = withIdentifyingFields(fields);
    orderFields.forEach(({ field }) => checkFilterKey(field));
    checkPageNumber('offset', offset);
    checkPageNumber('limit', limit);
    const found = indexed.filter(
      (one) =>
        matchesFilter(one, sets) &&
        (!fullTextFilter || containsText(one, fullTextFilter.term, fullTextFilter.fields)),
    );
    found.sort((a, b) => compare(a, b, orderFields));
    const start = query.offset ?? offset ?? 0;
    return {
      items: found
        .slice(start, limit === undefined ? undefined : start + limit)
        .map(({ entity }) => selectFields(entity, wanted)),
      totalItems: found.length,
      start,
    };
  }
}

/** What a cursor carries from page to page. */
interface Query {
  filter?: EntityFilter;
  orderFields?: { field: string; order: 'asc' | 'desc' }[];
  fullTextFilter?: { term: string; fields?: string[] };
  offset?: number;
}

/** By the given fields, then by reference. What lacks a field comes last. */
function compare(a: IndexedEntity, b: IndexedEntity, orders: NonNullable<Query['orderFields']>): number {
  for (const { field, order } of orders) {
    const [left, right] = [sortValue(a, field), sortValue(b, field)];
    if (left === right) continue;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return (left < right ? -1 : 1) * (order === 'desc' ? -1 : 1);
  }
  return a.ref < b.ref ? -1 : 1;
}

// JSON has no symbols; a NUL stands in no value that passes the checks.
const anyValue = '\u0000';

/** A caller can write a cursor as well. The conditions of a filter are checked with the filter. */
const cursorSchema = z.object({
  filter: z.custom<EntityFilter>((filter) => [filter].flat().every(isObject)).optional(),
  orderFields: orderFieldsSchema.optional(),
  fullTextFilter: fullTextFilterSchema.optional(),
  offset: z.number().optional(),
});

function writeCursor(query: Query): string {
  const text = JSON.stringify(query, (_, value: unknown) => (typeof value === 'symbol' ? anyValue : value));
  return Buffer.from(text).toString('base64url');
}

function readCursor(cursor: string): Query {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString(), (_, inner: unknown) =>
      inner === anyValue ? CATALOG_FILTER_EXISTS : inner,
    );
  } catch {
    return refuse('The cursor is none of this catalog.');
  }
  const read = cursorSchema.safeParse(value);
  if (!read.success) return refuse('The cursor is none of this catalog.');
  const { filter, orderFields, fullTextFilter, offset } = read.data;
  checkPageNumber('offset', offset);
  return {
    ...(filter && { filter }),
    ...(orderFields && { orderFields }),
    ...(fullTextFilter && { fullTextFilter }),
    ...(offset !== undefined && { offset }),
  };
}

function throwIfEnded({ signal }: CatalogRequestOptions): void {
  if (!signal?.aborted) return;
  throw new CatalogUnavailableError('The software catalog did not answer in time.', {
    hint: 'The caller stopped waiting for the catalog.',
    cause: signal.reason,
  });
}
