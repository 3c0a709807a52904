/** Says what came where something else was expected. No value is quoted: it may be a secret. */

/** For example `undefined`, `a value of type string`, `an object with the keys id, scope`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object') return `a value of type ${typeof value}`;
  if (value instanceof Promise) return 'a promise';
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with the keys ${keys.slice(0, 8).join(', ')}`;
}

/** What is imported and `undefined` has a usual cause. */
export const hintForUndefined =
  'Where two files import each other, the value may not be there yet; or the file has no export of that name.';
