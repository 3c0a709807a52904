/**
 * Predicates, `{ $all: [{ kind: 'User' }, { 'spec.type': { $in: ['a', 'b'] } }] }`, as the filter that a `CatalogService`
 * takes: sets of which one must hold. What a filter cannot say, such as `$not`, is refused.
 */
import { isObject } from '@vestibule/backend-plugin-api';
import {
  CATALOG_FILTER_EXISTS,
  type EntityFilter,
  type EntityFilterSet,
} from '@vestibule/plugin-catalog-node';
import { invalid } from './askedOfRoutes.ts';

/** More would be no question of a person. */
const mostSets = 100;
const mostConditions = 100;
const mostLevels = 20;

/** @throws InputError `ERR_CATALOG_REQUEST_INVALID`. */
export function filterOfPredicate(predicate: unknown): EntityFilter | undefined {
  if (predicate === undefined || predicate === null) return undefined;
  const sets = setsOf(predicate, 1);
  return sets.some((set) => Object.keys(set).length === 0) ? undefined : sets;
}

function setsOf(predicate: unknown, level: number): EntityFilterSet[] {
  if (level > mostLevels) throw invalid('query', `it is nested deeper than ${mostLevels} levels`);
  if (!isObject(predicate)) {
    throw invalid('query', 'a predicate is no object');
  }
  return Object.entries(predicate)
    .map(([key, value]) => alternativesOf(key, value, level))
    .reduce(both, [{}]);
}

function alternativesOf(key: string, value: unknown, level: number): EntityFilterSet[] {
  const inner = (): EntityFilterSet[][] => listOf(key, value).map((one) => setsOf(one, level + 1));
  if (key === '$all') return inner().reduce(both, [{}]);
  if (key === '$any') return inner().flat();
  if (key.startsWith('$')) throw invalid('query', `${key} is not offered here`);
  if (typeof value !== 'object' || value === null) return [{ [key]: textOf(value) }];
  const [[operator, operand] = [], ...others] = Object.entries(value);
  if (others.length === 0 && operator === '$exists' && operand === true)
    return [{ [key]: CATALOG_FILTER_EXISTS }];
  if (others.length === 0 && operator === '$in') return [{ [key]: listOf(operator, operand).map(textOf) }];
  throw invalid('query', `${operator ?? 'an empty condition'} is not offered here`);
}

/** Both hold. Of one key a set can say one thing only. */
function both(left: readonly EntityFilterSet[], right: readonly EntityFilterSet[]): EntityFilterSet[] {
  if (left.length * right.length > mostSets)
    throw invalid('query', `it has more than ${mostSets} alternatives`);
  return left.flatMap((one) =>
    right.map((other) => {
      const twice = Object.keys(other).find((key) => Object.hasOwn(one, key));
      if (twice !== undefined) throw invalid('query', `it asks twice for ${twice}`);
      const set = { ...one, ...other };
      if (Object.keys(set).length > mostConditions)
        throw invalid('query', `it has more than ${mostConditions} conditions`);
      return set;
    }),
  );
}

function listOf(operator: string, value: unknown): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw invalid('query', `${operator} takes a list`);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid('query', 'a value is no text');
}
