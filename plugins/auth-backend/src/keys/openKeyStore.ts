/** The default of `signingKeysServiceRef`: what `auth.keyStore` says, opened when sign-in starts, and what that costs. */
import { randomUUID } from 'node:crypto';
import {
  clockServiceRef,
  coreServices,
  createServiceFactory,
  once,
  type Config,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import {
  sealingServiceRef,
  signingKeysServiceRef,
  type SigningAlgorithm,
  type SigningKeysService,
} from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef } from '../database/authDatabase.ts';
import { authSettingsServiceRef } from '../settings.ts';
import { generateSigningKey } from './algorithms.ts';
import type { KeyStoreSettings } from './keyStoreSchema.ts';
import { openSigningKeys, type OpenSigningKeys } from './signingKeys.ts';
import { createFixedKeys, readStaticKeys } from './staticKeys.ts';

/**
 * `database` (the default) keeps the keys for all replicas; `static` reads them from files; `memory` makes one that dies
 * with the process. `firestore` is not offered: the database takes its place, so that a config of Backstage starts
 * unchanged.
 *
 * @throws ConfigError `ERR_CONFIG_VALUE_INVALID` where a file of a static key cannot be used.
 */
export async function openKeyStore(
  options: Omit<Parameters<typeof openSigningKeys>[0], 'algorithm'> & {
    settings: KeyStoreSettings | undefined;
    /** `auth.identityTokenAlgorithm`. */
    algorithm: SigningAlgorithm | undefined;
    config: Config;
    logger: LoggerService;
  },
): Promise<OpenSigningKeys> {
  const { settings = {}, algorithm = 'ES256', config, logger } = options;
  const { provider = 'database' } = settings;
  if (provider !== 'static' && settings.static) {
    logger.warn("auth.keyStore.static has no effect without 'auth.keyStore.provider: static'");
  }
  if (provider === 'static' && options.algorithm !== undefined) {
    logger.warn('auth.identityTokenAlgorithm has no effect with static keys: each says its own algorithm');
  }
  const cost = costs[provider];
  if (cost !== undefined) logger.warn(cost);
  if (provider === 'static')
    return createFixedKeys(await readStaticKeys(settings.static?.keys ?? [], config));
  if (provider !== 'memory') return openSigningKeys({ ...options, algorithm });
  return createFixedKeys([{ kid: randomUUID(), algorithm, ...generateSigningKey(algorithm) }]);
}

const costs: Readonly<Record<string, string>> = {
  memory:
    "auth.keyStore.provider: memory: every token dies with this process, and another replica would not know its key. Use 'database' for anything but a trial.",
  firestore:
    "auth.keyStore.provider: firestore is not offered here: the keys are kept in the database. Set 'provider: database', or 'static' with keys from files.",
};

/**
 * Keys that are opened when sign-in starts, rather than when its services are made.
 *
 * @param open - Runs once it is asked to be ready, and again where it failed.
 */
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
