/** Numbers of a query: how many, and from where. */
import { refuse } from './entityFilter.ts';

/**
 * Checks an optional `limit` or `offset`.
 *
 * @throws CatalogQueryUnsafeError `ERR_CATALOG_QUERY_UNSAFE` unless it is a whole number from 0.
 */
export function checkPageNumber(name: 'limit' | 'offset', value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return;
  refuse(`'${name}' is not a whole number from 0.`);
}
