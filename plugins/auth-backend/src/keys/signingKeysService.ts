/** The default of `signingKeysServiceRef`: what `settings.keyStore` says, opened when sign-in starts. */
import { clockServiceRef, coreServices, createServiceFactory } from '@vestibule/backend-plugin-api';
import { sealingServiceRef, signingKeysServiceRef } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef } from '../database/authDatabase.ts';
import { authSettingsServiceRef } from '../settings.ts';
import { longestTokenMilliseconds } from '../tokenLifetimes.ts';
import { createLateKeys } from './lateKeys.ts';
import { openKeyStore } from './openKeyStore.ts';

/** @see signingKeysServiceRef */
export const signingKeysServiceFactory = createServiceFactory({
  service: signingKeysServiceRef,
  deps: {
    settings: authSettingsServiceRef,
    config: coreServices.rootConfig,
    database: authDatabaseServiceRef,
    sealing: sealingServiceRef,
    lifecycle: coreServices.lifecycle,
    logger: coreServices.logger,
    clock: clockServiceRef,
  },
  factory({ settings, config, database, sealing, lifecycle, logger, clock }) {
    const keys = createLateKeys(async () => {
      await sealing.ready();
      return openKeyStore({
        settings: settings.keyStore,
        algorithm: settings.identityTokenAlgorithm,
        tokenLifetimeMilliseconds: longestTokenMilliseconds,
        database: await database.client(),
        config,
        sealing,
        logger,
        clock,
      });
    });
    lifecycle.addShutdownHook(() => keys.stop());
    return keys;
  },
});
