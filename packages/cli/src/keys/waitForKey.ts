/** Waits until a published key signs, and says how far that is. The database is asked, since it decides what replicas do. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { KeyManager, ManagedKey } from '@vestibule/plugin-auth-backend/inspect';

const pollMilliseconds = 2000;

/**
 * Says once a minute how long it takes. A database that does not answer meanwhile is asked again, until the key was due.
 *
 * @throws Error where the key is gone: somebody has removed it.
 */
export async function waitForKey(options: {
  manager: Pick<KeyManager, 'list'>;
  key: ManagedKey;
  clock: ClockService;
  say: (sentence: string) => void;
}): Promise<void> {
  const { manager, key, clock, say } = options;
  let said = Number.POSITIVE_INFINITY;
  for (;;) {
    const current = await stateOf(key, manager, clock);
    if (current && current.state !== 'published') return;
    const minutes = Math.ceil(((current ?? key).signsFrom - clock.now()) / 60_000);
    if (minutes < said) say(`${minutes} ${minutes === 1 ? 'minute' : 'minutes'} to go`);
    said = Math.min(said, minutes);
    await delay(pollMilliseconds);
  }
}

/** `undefined` where the database did not answer. */
async function stateOf(
  { kid, signsFrom }: ManagedKey,
  manager: Pick<KeyManager, 'list'>,
  clock: ClockService,
): Promise<ManagedKey | undefined> {
  const list = await manager.list().catch((error: unknown) => {
    if (clock.now() >= signsFrom) throw error;
    return undefined;
  });
  const found = list?.find((key) => key.kid === kid);
  if (list && !found) throw new Error(`the key ${kid} is no longer in the database`);
  return found;
}
