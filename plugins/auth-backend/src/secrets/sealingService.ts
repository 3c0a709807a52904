/** The default of `sealingServiceRef`: keys derived from one secret, which is found when sign-in starts. */
import {
  coreServices,
  createServiceFactory,
  once,
  runtimeModeServiceRef,
} from '@vestibule/backend-plugin-api';
import { sealingServiceRef, type SealingPurpose, type SealingService } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef } from '../database/authDatabase.ts';
import { authSettingsServiceRef } from '../settings.ts';
import { createMarkedTokens } from './markedTokens.ts';
import { deriveKey, open, seal, type SealingKey } from './sealing.ts';
import { findSealingSecret } from './sealingSecret.ts';

/** Sealing under a secret that is asked for when it is needed. */
export function sealingUnder(secret: () => string): Omit<SealingService, 'ready'> {
  const keys = new Map<string, SealingKey>();

  function keyOf(purpose: SealingPurpose): SealingKey {
    if (typeof purpose !== 'string') return deriveKey(secret(), purpose.name, purpose.salt);
    const key = keys.get(purpose) ?? deriveKey(secret(), purpose);
    keys.set(purpose, key);
    return key;
  }

  return {
    seal: (purpose, label, text) => seal(keyOf(purpose), label, text),
    open: (purpose, label, sealed) => open(keyOf(purpose), label, sealed),
    markedTokens: (purpose) => createMarkedTokens(() => keyOf(purpose)),
  };
}

/** @see sealingServiceRef */
export const sealingServiceFactory = createServiceFactory({
  service: sealingServiceRef,
  deps: {
    settings: authSettingsServiceRef,
    database: authDatabaseServiceRef,
    runtimeMode: runtimeModeServiceRef,
    logger: coreServices.logger,
  },
  factory({ settings, database, runtimeMode: { isProduction }, logger }) {
    let secret: string | undefined;
    return {
      ...sealingUnder(() => {
        if (secret === undefined) throw new Error('the sealing secret is not known yet: await ready() first');
        return secret;
      }),
      ready: once(async () => {
        const configured = settings.session?.secret;
        secret = await findSealingSecret({ configured, isProduction, logger, database });
      }),
    };
  },
});
