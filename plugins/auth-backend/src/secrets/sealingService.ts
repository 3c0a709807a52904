/**
 * The default of `sealingServiceRef`: keys derived from the sealing secrets, which are found when sign-in starts. The first
 * seals, all open, so that a secret can be replaced while replicas run.
 */
import { randomBytes } from 'node:crypto';
import {
  ConfigError,
  configProblemLine,
  coreServices,
  createServiceFactory,
  followConfig,
  once,
  readConfig,
  runtimeModeServiceRef,
  type Config,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { sealingServiceRef, type SealingPurpose, type SealingService } from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { signingKeySettingsSchema } from '../config.ts';
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
import { sessionSecretProblems, sessionSecretWeakness } from './secretProblems.ts';

/** Of the row that keeps a secret that was made. */
const purpose = 'session';

/** The secrets from which keys are derived: the first seals, all open. */
export type SealingSecrets = readonly [string, ...string[]];

/** Sealing under secrets that are asked for when they are needed. */
export function sealingUnder(secrets: () => SealingSecrets): Omit<SealingService, 'ready'> {
  const keysOf = new Map<string, KeysOfSecret>();

  function keysUnder(secret: string): KeysOfSecret {
    const keys = keysOf.get(secret) ?? keysOfSecret(secret);
    keysOf.set(secret, keys);
    return keys;
  }

  const sealingKey = (purpose: SealingPurpose): SealingKey => keysUnder(secrets()[0])(purpose);

  /** What opens, and whether it was sealed under the secret that seals. Of a text that opens, others are not tried. */
  function find(purpose: SealingPurpose, label: string, sealed: string) {
    for (const [index, secret] of secrets().entries()) {
      const text = open(keysUnder(secret)(purpose), label, sealed);
      if (text !== undefined) return { text, isCurrent: index === 0 };
    }
    return undefined;
  }

  return {
    seal: (purpose, label, text) => seal(sealingKey(purpose), label, text),
    open: (purpose, label, sealed) => find(purpose, label, sealed)?.text,
    reseal(purpose, label, sealed) {
      const found = find(purpose, label, sealed);
      return !found || found.isCurrent ? undefined : seal(sealingKey(purpose), label, found.text);
    },
    markedTokens: (purpose) =>
      createMarkedTokens(() => secrets().map((secret) => keysUnder(secret)(purpose))),
  };
}

type KeysOfSecret = (purpose: SealingPurpose) => SealingKey;

function keysOfSecret(secret: string): KeysOfSecret {
  const keys = new Map<string, SealingKey>();
  /** The last one: a session is sealed and opened under two keys, one after the other. */
  let last: { salt: string; extracted: Buffer } | undefined;

  return (purpose) => {
    if (typeof purpose === 'string') {
      const key = keys.get(purpose) ?? deriveKey(secret, purpose);
      keys.set(purpose, key);
      return key;
    }
    const { name, salt } = purpose;
    if (last?.salt !== salt) last = { salt, extracted: extractKey(secret, salt) };
    return expandKey(last.extracted, name);
  };
}

/** @see sealingServiceRef */
export const sealingServiceFactory = createServiceFactory({
  service: sealingServiceRef,
  deps: {
    config: coreServices.rootConfig,
    settings: authSettingsServiceRef,
    database: authDatabaseServiceRef,
    runtimeMode: runtimeModeServiceRef,
    logger: coreServices.logger,
  },
  factory({ config, settings, database, runtimeMode: { isProduction }, logger }) {
    let secrets: SealingSecrets | undefined;
    const use = (next: SealingSecrets): void => {
      secrets = next;
    };
    return {
      ...sealingUnder(() => {
        if (!secrets) throw new Error('the sealing secret is not known yet: await ready() first');
        return secrets;
      }),
      ready: once(async () => {
        const configured = settings.session?.secret;
        use(await findSealingSecrets({ configured, isProduction, logger, database }));
        followSecrets({ config, isProduction, logger, use });
      }),
    };
  },
});

/**
 * The secrets from which keys are derived: `auth.session.secret`, or, where a config lacks it, one that is generated once and
 * kept in the database, where all replicas find it. In production a weak one was refused before, see `secretProblems.ts`.
 *
 * @param options - `configured`: as the config has it; of a list, the first seals.
 */
export async function findSealingSecrets(options: {
  configured: string | readonly string[] | undefined;
  isProduction: boolean;
  logger: LoggerService;
  database: AuthDatabase;
}): Promise<SealingSecrets> {
  const { configured, isProduction, logger, database } = options;
  const [first, ...former] = listOf(configured);
  if (first !== undefined) {
    if ([first, ...former].some((secret) => sessionSecretWeakness(secret) !== undefined))
      logger.warn('auth.session.secret is weak; in production it would be refused');
    return [first, ...former];
  }
  if (isProduction) {
    logger.warn(
      'auth.session.secret is not set: a sealing secret was generated and is kept in the database. ' +
        'Set auth.session.secret, so that whoever reads the database cannot open what is sealed.',
    );
  }
  return [await readOrCreate(database)];
}

/** Secrets that are replaced while the process lives. Those that would be refused at a start leave the former in use. */
function followSecrets(options: {
  config: Config;
  isProduction: boolean;
  logger: LoggerService;
  use: (secrets: SealingSecrets) => void;
}): void {
  const { config, isProduction, logger, use } = options;
  followConfig({
    config,
    path: 'auth.session.secret',
    onChange() {
      const problems = isProduction ? sessionSecretProblems(config) : [];
      try {
        const { auth } = readConfig({ config, schema: signingKeySettingsSchema, owner: "plugin 'auth'" });
        const [first, ...former] = listOf(auth?.session?.secret);
        if (first === undefined || problems.length > 0) throw new ConfigError(problems);
        use([first, ...former]);
      } catch (error) {
        const found = error instanceof ConfigError ? error.problems : [];
        const reasons = found.map(configProblemLine).join('; ') || 'it is gone';
        logger.error(`auth.session.secret was read again and is not used, the former one is: ${reasons}`);
      }
    },
  });
}

/**
 * The secrets where nothing may be made: as configured, or the one that the database keeps; `undefined` where there is none yet.
 */
export async function readSealingSecrets(
  configured: string | readonly string[] | undefined,
  database: Knex,
): Promise<SealingSecrets | undefined> {
  const [first, ...former] = listOf(configured);
  if (first !== undefined) return [first, ...former];
  const kept = await keptSecret(database);
  return kept === undefined ? undefined : [kept];
}

function listOf(configured: string | readonly string[] | undefined): readonly string[] {
  return typeof configured === 'string' ? [configured] : (configured ?? []);
}

/** Insert unless there, then read back, so that replicas that start at once agree. */
async function readOrCreate(database: AuthDatabase): Promise<string> {
  const knex = await database.client();
  await knex(tables.sealingSecrets)
    .insert({ purpose, secret: randomBytes(32).toString('base64url') })
    .onConflict('purpose')
    .ignore();
  const secret = await keptSecret(knex);
  if (secret === undefined) throw new Error('the sealing secret was written but cannot be read back');
  return secret;
}

async function keptSecret(database: Knex): Promise<string | undefined> {
  const row = await database<{ purpose: string; secret: string }>(tables.sealingSecrets)
    .where({ purpose })
    .first();
  return row?.secret;
}
