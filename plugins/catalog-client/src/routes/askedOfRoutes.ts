/** Reads what a request to the routes of the catalog asks for, in the syntax of `@backstage/catalog-client`. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { InputError, isObject } from '@vestibule/backend-plugin-api';
import {
  CATALOG_FILTER_EXISTS,
  type EntityFilter,
  type EntityFilterSet,
} from '@vestibule/plugin-catalog-node';
import { fullTextFilterSchema, orderFieldsSchema } from '../query/queryShapes.ts';

/** That of Backstage's client is 90 KB of references at most. */
const maximumBodyBytes = 1024 * 1024;

/** One field and a direction. */
export interface FieldOrder {
  field: string;
  order: 'asc' | 'desc';
}

/**
 * `filter=a=b,c=d&filter=e`: conditions of one parameter all hold, of the parameters one; several for one key are
 * alternatives, and a key alone asks whether it is there.
 */
export function readFilter(parameters: URLSearchParams): EntityFilter | undefined {
  const sets = parameters.getAll('filter').map((text): EntityFilterSet => {
    const set = new Map<string, (string | symbol)[]>();
    for (const condition of text.split(',').map((one) => one.trim())) {
      if (condition === '') continue;
      const at = condition.indexOf('=');
      const key = (at < 0 ? condition : condition.slice(0, at)).trim();
      if (key === '') throw invalid('filter', 'a condition has no key');
      const value = at < 0 ? CATALOG_FILTER_EXISTS : condition.slice(at + 1).trim();
      set.set(key, [...(set.get(key) ?? []), value]);
    }
    return Object.fromEntries(set);
  });
  const filled = sets.filter((set) => Object.keys(set).length > 0);
  return filled.length > 0 ? filled : undefined;
}

/** `fields=a,b`, once or several times. */
export function readList(parameters: URLSearchParams, name: string): string[] | undefined {
  const list = parameters
    .getAll(name)
    .flatMap((text) => text.split(','))
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return list.length > 0 ? list : undefined;
}

/** A whole number from zero. */
export function readNumber(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalid(name, 'it is no whole number');
}

/** `order=asc:metadata.name` and `orderField=metadata.name,asc`. */
export function readOrder(
  parameters: URLSearchParams,
  name: 'order' | 'orderField',
): FieldOrder[] | undefined {
  const list = parameters.getAll(name).map((text): FieldOrder => {
    const [, direction, after] = /^(asc|desc):(.+)$/.exec(text) ?? [];
    const [, before, given = 'asc'] = /^([^,]+)(?:,(asc|desc))?$/.exec(text) ?? [];
    const found = name === 'order' ? { field: after, order: direction } : { field: before, order: given };
    if (!found.field)
      throw invalid(name, `it has not the form ${name === 'order' ? 'asc:field' : 'field,asc'}`);
    return { field: found.field, order: found.order === 'desc' ? 'desc' : 'asc' };
  });
  return list.length > 0 ? list : undefined;
}

/** @throws InputError `ERR_CATALOG_REQUEST_INVALID` where the body is no JSON object, or larger than 1 MB. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBodyBytes) throw invalid('body', 'it is larger than 1 MB');
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (isObject(value)) return value;
  } catch {
    // Told below, as for what is JSON and no object.
  }
  throw invalid('body', 'it is no JSON object');
}

const querySchema = z.object({
  cursor: z.string().nullish(),
  limit: z.int().nonnegative().nullish(),
  offset: z.int().nonnegative().nullish(),
  orderBy: orderFieldsSchema.nullish(),
  fullTextFilter: fullTextFilterSchema.nullish(),
  fields: z.array(z.string()).nullish(),
  query: z.unknown().optional(),
});

/** Reads the body of `POST /entities/by-query`. @throws InputError `ERR_CATALOG_REQUEST_INVALID`. */
export function readQuery(body: Record<string, unknown>): z.infer<typeof querySchema> {
  const read = querySchema.safeParse(body);
  if (read.success) return read.data;
  throw invalid(read.error.issues[0]?.path.join('.') ?? 'body', 'it has not the form that Backstage reads');
}

/** @throws InputError where it is given and no list of texts. */
export function textsOf(body: Record<string, unknown>, name: string): string[] | undefined {
  const given = body[name];
  if (given === undefined || given === null) return undefined;
  if (Array.isArray(given) && given.every((one) => typeof one === 'string')) return given;
  throw invalid(name, 'it is no list of texts');
}

export function invalid(name: string, problem: string): InputError {
  return new InputError('ERR_CATALOG_REQUEST_INVALID', `Invalid ${name}: ${problem}`);
}
