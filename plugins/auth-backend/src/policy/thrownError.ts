/**
 * What an error means that a resolver, a profile transform or an ownership resolver threw.
 *
 * They may refuse a login with any error, `throw new Error('not from acme.org')` included, so an error is a no unless it
 * shows that something broke: a fault of the code, or a part that was away. The difference decides at refresh: a no ends
 * the session, a fault does not.
 */
import { RefusalError, signInCodeOf } from '@vestibule/plugin-auth-node';

/** By name, as Backstage does: the class may come from another package, or another copy of one. */
const faultNames: ReadonlySet<string> = new Set([
  'AbortError',
  'AggregateError',
  'AssertionError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'ServiceUnavailableError',
  'SyntaxError',
  'TimeoutError',
  // Also what `fetch` throws when it reaches nobody.
  'TypeError',
  'URIError',
]);

/** Of the operating system (`ECONNREFUSED`, `EAI_AGAIN`) and of Node's own HTTP client. */
const systemCode = /^(?:UND_ERR_|E(?!RR_))[A-Z0-9_]+$/;

/**
 * The refusal that an error becomes. One of the closed list stays what it is; the words of any other are for the operator
 * only.
 *
 * @param denied - The code of a no.
 */
export function refusalOfThrown(
  error: unknown,
  denied: 'ERR_RESOLVER_DENIED' | 'ERR_PROFILE_DENIED',
): RefusalError {
  if (error instanceof RefusalError) return error;
  const code = signInCodeOf(error);
  if (code) {
    const { message } = error as Error;
    return new RefusalError(code, { cause: error, hint: message });
  }
  return new RefusalError(isFault(error) ? 'ERR_RESOLVER_FAILED' : denied, { cause: error });
}

/** By name, for the same reason. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}

function isFault(error: unknown): boolean {
  // Whoever throws a text or nothing did not mean to say anything in particular.
  if (!(error instanceof Error)) return true;
  const { code, status, statusCode } = error as { code?: unknown; status?: unknown; statusCode?: unknown };
  return (
    faultNames.has(error.name) ||
    (typeof code === 'string' && systemCode.test(code)) ||
    [status, statusCode].some((one) => typeof one === 'number' && one >= 500)
  );
}
