/**
 * "Absent" has three spellings: a member that is missing, `null`, or an empty text. Providers use all of them for what a
 * specification calls OPTIONAL, so a document is read once into the one spelling, where it comes in. A REQUIRED member
 * that is empty is then missing, which whoever needs it says.
 */

/** The document without its members that are `null` or empty. What its members hold stays as it is. @public */
export function withoutAbsentMembers(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
}

/** The same of a query: an empty parameter counts as omitted (RFC 6749 section 3.1). @public */
export function withoutEmptyParameters(parameters: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...parameters].filter(([, value]) => value !== ''));
}
