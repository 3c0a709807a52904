/**
 * Filters, checked before anybody is asked. The catalog's syntax `key=value,key=value` has no escape, it trims what
 * stands between commas, it joins conditions on one key by OR, and it takes a filter without conditions for "everything"
 * (OWASP ASVS 5.0, V1.2: what cannot be encoded is refused). Both catalogs of this package check alike, so that what works
 * with the demo works in production.
 */
import { asciiLowerCase } from '@vestibule/catalog-model';
import {
  CATALOG_FILTER_EXISTS,
  CatalogQueryUnsafeError,
  type EntityFilter,
} from '@vestibule/plugin-catalog-node';

/** Longer keys and values are left out of the catalog's search index, so that they can never match. */
const maximumLength = 200;

/** One condition: any of the values, or with `undefined` among them, any value at all. */
export interface FilterCondition {
  key: string;
  values: readonly (string | undefined)[];
}

/**
 * The sets of a filter, of which one must hold; each is a list of conditions, which must all hold. Order is kept.
 *
 * @throws CatalogQueryUnsafeError `ERR_CATALOG_QUERY_UNSAFE`.
 */
export function readEntityFilter(filter: EntityFilter | undefined): FilterCondition[][] | undefined {
  if (filter === undefined) return undefined;
  const sets = [filter].flat();
  if (sets.length === 0)
    refuse('A filter that is an empty list would match everything; leave it out to mean that.');
  return sets.map((set) => {
    const conditions = Object.entries(set).map(([key, given]) => {
      checkFilterKey(key);
      const values = [given].flat();
      if (values.length === 0) refuse(`The filter has no value for '${key}'.`);
      return { key, values: values.map((value) => readValue(key, value)) };
    });
    if (conditions.length === 0) {
      refuse('A filter without conditions would match everything; leave it out to mean that.');
    }
    const keys = new Set(conditions.map(({ key }) => asciiLowerCase(key)));
    if (keys.size < conditions.length) {
      refuse('A filter names one key twice in different letter case; the catalog would accept either value.');
    }
    return conditions;
  });
}

/**
 * Checks a path such as `spec.profile.email`, in filters, fields and orders.
 *
 * @throws CatalogQueryUnsafeError `ERR_CATALOG_QUERY_UNSAFE`.
 */
export function checkFilterKey(key: string): void {
  // Printable ASCII without space, comma and equals sign.
  if (typeof key === 'string' && key.length <= maximumLength && /^[!-+\--<>-~]+$/.test(key)) return;
  refuse('A key is empty, longer than 200 characters, or has characters that keys cannot have.');
}

function readValue(key: string, value: unknown): string | undefined {
  if (value === CATALOG_FILTER_EXISTS) return undefined;
  if (typeof value !== 'string') refuse(`The value for '${key}' is not a text.`);
  if (value === '') refuse(`The value for '${key}' is empty.`);
  if (value.length > maximumLength) refuse(`The value for '${key}' is longer than 200 characters.`);
  if (value.trim() !== value) refuse(`The value for '${key}' begins or ends with a space.`);
  if (value.includes(',')) refuse(`The value for '${key}' has a comma, which separates conditions.`);
  checkText(value, `The value for '${key}'`);
  return value;
}

/**
 * Refuses control characters (C0, DEL, C1, line separators) and halves of surrogate pairs, which UTF-8 cannot carry.
 *
 * @throws CatalogQueryUnsafeError `ERR_CATALOG_QUERY_UNSAFE`.
 */
export function checkText(text: string, what: string): void {
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)) refuse(`${what} has control characters or broken Unicode.`);
}

export function refuse(reason: string): never {
  throw new CatalogQueryUnsafeError(reason);
}
