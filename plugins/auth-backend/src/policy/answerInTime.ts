/** Waiting for code of the operator's own, which may hang and need not look at its signal. */
import { untilAborted } from '@vestibule/backend-plugin-api';
import { RefusalError } from '@vestibule/plugin-auth-node';

/**
 * What the act answers, as long as the budget of the request lasts.
 *
 * @param who - For the operator, for example `Resolver 'acme'`.
 * @throws RefusalError `ERR_RESOLVER_TIMEOUT` when the signal ends first; what the act throws.
 */
export async function answerInTime<T>(
  signal: AbortSignal,
  who: string,
  act: () => Promise<T> | T,
): Promise<T> {
  const late = () => new RefusalError('ERR_RESOLVER_TIMEOUT', { hint: `${who} did not answer in time.` });
  if (signal.aborted) throw late();
  return untilAborted(signal, (async () => act())(), late);
}
