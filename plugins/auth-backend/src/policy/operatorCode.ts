/**
 * Code of the operator's own, which runs within a sign-in: what it is given, how long it may take, and what an error means
 * that a resolver, a profile transform or an ownership resolver threw.
 *
 * They may refuse a login with any error, `throw new Error('not from acme.org')` included, so an error is a no unless it
 * shows that something broke: a fault of the code, or a part that was away. The difference decides at refresh: a no ends
 * the session, a fault does not.
 */
import { untilOver, type Deadline } from '@vestibule/backend-plugin-api';
import { RefusalError, signInCodeOf } from '@vestibule/plugin-auth-node';

/**
 * A copy of plain data, at any depth. What is neither a list nor a plain object stays what it is: a result of a session
 * is plain JSON, but a proxy-type provider may give anything. What is written into it is for nobody else.
 */
export function ownCopy<T>(value: T, copies = new Map<object, object>()): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known) return known as T;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    copies.set(value, list);
    for (const one of value) list.push(ownCopy<unknown>(one, copies));
    return list as T;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy = Object.create(prototype) as Record<string, unknown>;
  copies.set(value, copy);
  for (const [key, member] of Object.entries(value)) {
    // Defined, not assigned: a member may be called `__proto__`.
    Object.defineProperty(copy, key, {
      value: ownCopy<unknown>(member, copies),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy as T;
}

/**
 * What the act answers, as long as the budget of the request lasts.
 *
 * @param who - For the operator, for example `Resolver 'acme'`.
 * @throws RefusalError `ERR_RESOLVER_TIMEOUT` when that is over first; what the act throws.
 */
export async function answerInTime<T>(budget: Deadline, who: string, act: () => Promise<T> | T): Promise<T> {
  const late = () => new RefusalError('ERR_RESOLVER_TIMEOUT', { hint: `${who} did not answer in time.` });
  if (budget.isOver) throw late();
  return untilOver(budget, (async () => act())(), late);
}

/**
 * By name, as Backstage does: the class may come from another package, or another copy of one. A `TypeError` is also what `fetch`
 * throws when it reaches nobody.
 */
const faultName =
  /^(?:Abort|Aggregate|Assertion|Eval|Range|Reference|ServiceUnavailable|Syntax|Timeout|Type|URI)Error$/;

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
    faultName.test(error.name) ||
    (typeof code === 'string' && systemCode.test(code)) ||
    [status, statusCode].some((one) => typeof one === 'number' && one >= 500)
  );
}
