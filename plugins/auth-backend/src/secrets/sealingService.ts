/** The default of `sealingServiceRef`: keys derived from one secret, which is found when sign-in starts. */
import { randomBytes } from 'node:crypto';
import {
  coreServices,
  createServiceFactory,
  once,
  runtimeModeServiceRef,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { sealingServiceRef, type SealingPurpose, type SealingService } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef, type AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { authSettingsServiceRef } from '../settings.ts';
import {
  createMarkedTokens,
  deriveKey,
  expandKey,
  extractKey,
  open,
  seal,
  type SealingKey,
} from './sealing.ts';
import { sessionSecretWeakness } from './secretProblems.ts';

/** Sealing under a secret that is asked for when it is needed. */
export function sealingUnder(secret: () => string): Omit<SealingService, 'ready'> {
  const keys = new Map<string, SealingKey>();

  /** The last one: a session is sealed and opened under two keys, one after the other. */
  let last: { secret: string; salt: string; extracted: Buffer } | undefined;
  function extracted(salt: string): Buffer {
    const now = secret();
    if (last?.salt !== salt || last.secret !== now)
      last = { secret: now, salt, extracted: extractKey(now, salt) };
    return last.extracted;
  }

  function keyOf(purpose: SealingPurpose): SealingKey {
    if (typeof purpose !== 'string') return expandKey(extracted(purpose.salt), purpose.name);
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

/**
 * The secret from which keys are derived: `auth.session.secret`, or, where a config lacks it, one that is generated once and
 * kept in the database, where all replicas find it. In production a weak one was refused before, see `secretProblems.ts`.
 */
export async function findSealingSecret(options: {
  configured: string | undefined;
  isProduction: boolean;
  logger: LoggerService;
  database: AuthDatabase;
}): Promise<string> {
  const { configured, isProduction, logger, database } = options;
  if (configured !== undefined) {
    if (sessionSecretWeakness(configured) !== undefined)
      logger.warn('auth.session.secret is weak; in production it would be refused');
    return configured;
  }
  if (isProduction) {
    logger.warn(
      'auth.session.secret is not set: a sealing secret was generated and is kept in the database. ' +
        'Set auth.session.secret, so that whoever reads the database cannot open what is sealed.',
    );
  }
  return readOrCreate(database);
}

/** Insert unless there, then read back, so that replicas that start at once agree. */
async function readOrCreate(database: AuthDatabase): Promise<string> {
  const knex = await database.client();
  const purpose = 'session';
  await knex(tables.sealingSecrets)
    .insert({ purpose, secret: randomBytes(32).toString('base64url') })
    .onConflict('purpose')
    .ignore();
  const row = await knex<{ purpose: string; secret: string }>(tables.sealingSecrets)
    .where({ purpose })
    .first();
  if (!row) throw new Error('the sealing secret was written but cannot be read back');
  return row.secret;
}
