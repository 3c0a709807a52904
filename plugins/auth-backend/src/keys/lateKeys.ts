/** Keys that are opened when sign-in starts, rather than when its services are made. */
import { once } from '@vestibule/backend-plugin-api';
import type { SigningKeysService } from '@vestibule/plugin-auth-node';

/** Keys that are there. */
export interface OpenSigningKeys extends Omit<SigningKeysService, 'ready'> {
  /** Ends what they do by themselves. */
  stop(): void;
}

/** @param open - Runs once it is asked to be ready, and again where it failed. */
export function createLateKeys(open: () => Promise<OpenSigningKeys>): SigningKeysService & { stop(): void } {
  let keys: OpenSigningKeys | undefined;

  function opened(): OpenSigningKeys {
    if (!keys) throw new Error('the signing keys are not open yet: await ready() first');
    return keys;
  }

  return {
    ready: once(async () => {
      keys = await open();
    }),
    active: () => opened().active(),
    find: async (kid) => opened().find(kid),
    publicKeySet: () => opened().publicKeySet(),
    stop: () => keys?.stop(),
  };
}
