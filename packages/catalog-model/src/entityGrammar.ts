/** The grammar of entities as a Backstage catalog enforces it (its "Kubernetes" field format). */

const maximumLength = 63;
const kindPattern = /^[a-zA-Z][a-z0-9A-Z]*$/;
const namePattern = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
// A DNS label (RFC 1123 section 2.1), in lower case.
const namespacePattern = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/;

/** Whether a value can be an entity's `kind`: a letter, then letters and digits, at most 63. @public */
export function isValidEntityKind(value: unknown): value is string {
  return isWithin(value, kindPattern);
}

/**
 * Whether a value can be an entity's `metadata.name`: letters, digits, `-`, `_` and `.`, the first and last a letter or
 * digit, at most 63.
 *
 * @public
 */
export function isValidEntityName(value: unknown): value is string {
  return isWithin(value, namePattern);
}

/** Whether a value can be an entity's `metadata.namespace`: a lower-case DNS label, at most 63. @public */
export function isValidEntityNamespace(value: unknown): value is string {
  return isWithin(value, namespacePattern);
}

function isWithin(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && value.length <= maximumLength && pattern.test(value);
}
