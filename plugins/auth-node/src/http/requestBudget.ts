/** The time that one incoming request may spend on calls to providers and the catalog. */
import { untilAborted } from '@vestibule/backend-plugin-api';
import { RefusalError } from '../refusalError.ts';

const budgetMilliseconds = 15_000;

/** Ends when the budget of a request is spent: 15 s. @public */
export function budgetSignal(): AbortSignal {
  return AbortSignal.timeout(budgetMilliseconds);
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
