/** The time that one incoming request may spend on calls to providers and the catalog. */
import { untilAborted } from '@vestibule/backend-plugin-api';
import { RefusalError } from '../refusalError.ts';

const budgetMilliseconds = 15_000;

/**
 * Handles a request with a signal that ends when its budget is spent: 15 s. Whoever handles it waits by {@link withinBudget}
 * for what need not look at the signal. Nothing of it outlives the handling.
 *
 * @public
 */
export async function withBudget<T>(handle: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const budget = new AbortController();
  const spent = (): void =>
    budget.abort(new DOMException('The budget of the request is spent', 'TimeoutError'));
  const timer = setTimeout(spent, budgetMilliseconds).unref();
  try {
    return await handle(budget.signal);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What the act answers, as long as the budget lasts: nobody waits for a provider that ignores the signal.
 *
 * @throws `ERR_PROVIDER_UNAVAILABLE` when the budget is spent.
 * @public
 */
export async function withinBudget<T>(signal: AbortSignal, act: Promise<T>): Promise<T> {
  return untilAborted(
    signal,
    act,
    () => new RefusalError('ERR_PROVIDER_UNAVAILABLE', { hint: 'The provider did not answer in time.' }),
  );
}
