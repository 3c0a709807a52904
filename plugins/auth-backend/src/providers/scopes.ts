/** Lists of OAuth scopes (RFC 6749 section 3.3). */
import { RefusalError } from '@vestibule/plugin-auth-node';

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
const maximumScopes = 100;

/** Splits a list as Backstage does, at white space, commas and bars. */
export function splitScopes(list: string | readonly string[] | undefined): string[] {
  const parts = typeof list === 'string' ? list.split(/[\s,|]+/) : (list ?? []).flatMap(splitScopes);
  return parts.filter((scope) => scope !== '');
}

/** Joins lists, each scope once, in the order of their first appearance. */
export function joinScopes(...lists: (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}

/**
 * The scopes of a query parameter.
 *
 * @throws `ERR_AUTH_SCOPE_INVALID`.
 */
export function parseScopes(parameter: string | undefined): string[] {
  const scopes = splitScopes(parameter);
  if (scopes.length > maximumScopes || !scopes.every((scope) => scopeToken.test(scope))) {
    throw new RefusalError('ERR_AUTH_SCOPE_INVALID');
  }
  return scopes;
}
