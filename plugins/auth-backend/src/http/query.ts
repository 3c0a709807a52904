/** Reading a query string: each parameter at most once (RFC 6749 section 3.1). */
import type { RouteContext } from '@vestibule/koa-handler';
import { RefusalError } from '@vestibule/plugin-auth-node';

/** The parameters of a request. */
export type Query = ReadonlyMap<string, string>;

/**
 * Parses the query.
 *
 * @throws `ERR_AUTH_PARAMETER_REPEATED`, `ERR_AUTH_PARAMETER_INVALID` for one with a control character.
 */
export function readQuery(ctx: RouteContext): Query {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(ctx.querystring)) {
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    const isInvalid = /[\u0000-\u001f\u007f]/.test(name + value);
    if (query.has(name) || isInvalid) {
      const code = query.has(name) ? 'ERR_AUTH_PARAMETER_REPEATED' : 'ERR_AUTH_PARAMETER_INVALID';
      throw new RefusalError(code, { hint: `The parameter is ${JSON.stringify(name)}.` });
    }
    query.set(name, value);
  }
  return query;
}

/** The value of a parameter; one that is there without a value counts as absent. */
export function parameter(query: Query, name: string): string | undefined {
  return query.get(name) || undefined;
}
