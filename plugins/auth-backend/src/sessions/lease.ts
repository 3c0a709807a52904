/** One call to the provider at a time for each session, across replicas: a lease in the session's row. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { Session } from './session.ts';
import type { Sessions } from './sealedSessions.ts';

/** Longer than the budget of a request, so that a lease ends by itself only when its process has died. */
const leaseMilliseconds = 20_000;
const pollMilliseconds = 100;

/**
 * Runs `act` with the session as it is once the lease is ours.
 *
 * @throws `ERR_PROVIDER_UNAVAILABLE` where the lease is not free before the signal ends, `ERR_AUTH_SESSION_ENDED` where
 *   the session has ended meanwhile.
 */
export async function withLease<T>(
  store: Sessions,
  session: Session,
  signal: AbortSignal,
  act: (current: Session) => Promise<T>,
): Promise<T> {
  const owner = randomUUID();
  while (!(await store.takeLease(session, owner, leaseMilliseconds))) {
    await delay(pollMilliseconds, undefined, { signal, ref: false }).catch(() => {
      throw new RefusalError('ERR_PROVIDER_UNAVAILABLE', {
        hint: 'Another request held the session for too long.',
      });
    });
  }
  try {
    const current = await store.find(session.sessionToken, session.providerId, session.environment);
    if (!current) throw new RefusalError('ERR_AUTH_SESSION_ENDED');
    return await act(current);
  } finally {
    await store.releaseLease(session, owner);
  }
}
