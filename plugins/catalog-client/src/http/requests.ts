/**
 * Requests to a Backstage catalog, as `@backstage/catalog-client` writes them: the same paths, the same order of
 * parameters, values percent-encoded as in a URI template (RFC 6570 section 3.2.1).
 */
import type { CompoundEntityRef } from '@vestibule/catalog-model';
import type {
  EntityFilter,
  GetEntitiesByRefsRequest,
  GetEntitiesRequest,
  QueryEntitiesRequest,
} from '@vestibule/plugin-catalog-node';
import { readAskedRef } from '../query/askedRef.ts';
import { checkFilterKey, checkText, readEntityFilter, refuse } from '../query/entityFilter.ts';
import { checkPageNumber } from '../query/pageNumbers.ts';
import { withIdentifyingFields } from '../query/requiredFields.ts';

/** One HTTP request, relative to the catalog's base URL. */
export interface CatalogRequest {
  method: 'GET' | 'POST';
  /** Path and query. */
  path: string;
  body?: string;
}

/** `GET /entities/by-name/{kind}/{namespace}/{name}`; letter case is kept. */
export function entityByNameRequest(ref: string | CompoundEntityRef): CatalogRequest {
  const { kind, namespace, name } = readAskedRef(ref);
  return { method: 'GET', path: `/entities/by-name/${[kind, namespace, name].map(encode).join('/')}` };
}

/** `GET /entities`. */
export function entitiesRequest(request: GetEntitiesRequest): CatalogRequest {
  const { fields, limit, filter, offset, after, order } = request;
  const orders = order === undefined ? [] : [order].flat();
  return {
    method: 'GET',
    path: `/entities${query([
      ...fieldList('fields', withIdentifyingFields(fields)),
      ...pageNumber('limit', limit),
      ...filterParameters(filter),
      ...pageNumber('offset', offset),
      ...text('after', after),
      ...orders.map((one): Parameter => ['order', encode(`${direction(one.order)}:${orderKey(one.field)}`)]),
    ])}`,
  };
}

/** `POST /entities/by-refs`. The catalog compares references as they are, so they are sent in lower case. */
export function entitiesByRefsRequest(
  refs: readonly string[],
  request: Omit<GetEntitiesByRefsRequest, 'entityRefs'>,
): CatalogRequest {
  const fields = withIdentifyingFields(request.fields);
  return {
    method: 'POST',
    path: `/entities/by-refs${query(filterParameters(request.filter))}`,
    body: JSON.stringify({ entityRefs: refs, ...(fields && { fields }) }),
  };
}

/** `GET /entities/by-query`. With a cursor, only `fields` and `limit` are sent besides. */
export function entitiesByQueryRequest(request: QueryEntitiesRequest): CatalogRequest {
  const { fields, limit, offset, orderFields, cursor, filter, fullTextFilter } = request;
  const shared = [...fieldList('fields', withIdentifyingFields(fields)), ...pageNumber('limit', limit)];
  const orders = orderFields === undefined ? [] : [orderFields].flat();
  return {
    method: 'GET',
    path: `/entities/by-query${query(
      cursor !== undefined
        ? [...shared, ...text('cursor', cursor)]
        : [
            ...shared,
            ...pageNumber('offset', offset),
            ...orders.map((one): Parameter => [
              'orderField',
              encode(`${orderKey(one.field)},${direction(one.order)}`),
            ]),
            ...filterParameters(filter),
            ...text('fullTextFilterTerm', fullTextFilter?.term),
            ...fieldList('fullTextFilterFields', fullTextFilter?.fields),
          ],
    )}`,
  };
}

type Parameter = readonly [name: string, encodedValue: string];

function query(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  return `?${parameters.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

function filterParameters(filter: EntityFilter | undefined): Parameter[] {
  return (readEntityFilter(filter) ?? []).map((conditions) => {
    const parts = conditions.flatMap(({ key, values }) =>
      values.map((value) => (value === undefined ? key : `${key}=${value}`)),
    );
    return ['filter', encode(parts.join(','))];
  });
}

function fieldList(name: string, fields: readonly string[] | undefined): Parameter[] {
  if (fields === undefined || fields.length === 0) return [];
  fields.forEach(checkFilterKey);
  return [[name, fields.map(encode).join(',')]];
}

function pageNumber(name: 'limit' | 'offset', value: number | undefined): Parameter[] {
  checkPageNumber(name, value);
  return value === undefined ? [] : [[name, String(value)]];
}

function text(name: string, value: string | undefined): Parameter[] {
  if (value === undefined) return [];
  checkText(value, `'${name}'`);
  return [[name, encode(value)]];
}

function orderKey(field: string): string {
  checkFilterKey(field);
  return field;
}

function direction(order: 'asc' | 'desc'): string {
  return order === 'asc' || order === 'desc' ? order : refuse("An order is neither 'asc' nor 'desc'.");
}

/** All but the unreserved characters of RFC 3986; encodeURIComponent leaves five more. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
