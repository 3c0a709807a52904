/** The time that one incoming request may spend on calls to providers and the catalog. */
import { startDeadline, untilOver, type Deadline } from '@vestibule/backend-plugin-api';
import { RefusalError } from '../refusalError.ts';

const budgetMilliseconds = 15_000;
const spent = () => new DOMException('The budget of the request is spent', 'TimeoutError');

/**
 * Handles a request with a budget that is over after 15 s. Whoever handles it waits by {@link withinBudget} for what need not
 * look at its signal. Nothing of it outlives the handling.
 *
 * @public
 */
export async function withBudget<T>(handle: (budget: Deadline) => Promise<T>): Promise<T> {
  const { deadline, clear } = startDeadline(budgetMilliseconds, spent);
  try {
    return await handle(deadline);
  } finally {
    clear();
  }
}

/**
 * What the act answers, as long as the budget lasts: nobody waits for a provider that ignores its signal.
 *
 * @throws `ERR_PROVIDER_UNAVAILABLE` when the budget is spent.
 * @public
 */
export async function withinBudget<T>(budget: Deadline, act: Promise<T>): Promise<T> {
  return untilOver(budget, act, tooLate);
}

function tooLate(): RefusalError {
  return new RefusalError('ERR_PROVIDER_UNAVAILABLE', { hint: 'The provider did not answer in time.' });
}
