/** The keys that sign tokens, as a tool sees them beside the backends that use them: what there is, and one more. */
import { readConfig, type ClockService, type Config } from '@vestibule/backend-plugin-api';
import type { SealingService, SigningAlgorithm } from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { signingKeySettingsSchema } from '../config.ts';
import { tables } from '../database/migrations.ts';
import { SigningKeysError } from '../errors.ts';
import { readSealingSecrets, sealingUnder } from '../secrets/sealingService.ts';
import { findActive, signsFrom, signsUntil, verifiesUntil } from './keySchedule.ts';
import { addKey, loadKey, readKeyRows, type SigningKey } from './keyTable.ts';

/**
 * A key of the database. Times are milliseconds since the epoch.
 *
 * @public
 */
export interface ManagedKey {
  /** The `kid`. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** `published` waits until verifiers know it, `unopened` was sealed under another secret: it verifies only. */
  readonly state: 'signs' | 'published' | 'verifies' | 'unopened';
  readonly madeAt: number;
  /** Replicas publish a key within 10 seconds of its making. */
  readonly publishedAt: number;
  readonly signsFrom: number;
  /** Without a successor that is there yet: when it is due. */
  readonly signsUntil: number;
  /** What it signed has expired, and it is removed. */
  readonly verifiesUntil: number;
}

/** Where keys are, by `auth.keyStore`. @public */
export type KeyPlace =
  | { readonly provider: 'database' }
  | { readonly provider: 'memory' }
  | {
      readonly provider: 'static';
      /** The first signs. */
      readonly keys: readonly {
        readonly kid: string;
        readonly algorithm: SigningAlgorithm;
        readonly publicKeyFile: string;
        readonly privateKeyFile: string;
      }[];
    };

/** Where the config says that keys are. @throws `ERR_CONFIG_INVALID`. @public */
export function keyPlaceOf(config: Config): KeyPlace {
  const { provider = 'database', static: files } = settingsOf(config).keyStore ?? {};
  if (provider === 'memory') return { provider };
  if (provider !== 'static') return { provider: 'database' };
  const keys = files?.keys.map(({ keyId: kid, algorithm = 'ES256', publicKeyFile, privateKeyFile }) => ({
    kid,
    algorithm,
    publicKeyFile,
    privateKeyFile,
  }));
  return { provider, keys: keys ?? [] };
}

/** Lists and rotates the keys of a database. @public */
export interface KeyManager {
  /** All keys, the newest first. @throws `ERR_SIGNING_KEYS_MISSING` where no backend has made one yet. */
  list(): Promise<ManagedKey[]>;
  /**
   * Publishes a new key, which signs 15 minutes later, in all replicas. Where one is published already and does not sign yet, no
   * other is made.
   *
   * @throws `ERR_SIGNING_KEYS_MISSING`; `ERR_SIGNING_KEYS_NOT_OPENED` where the config has another secret than the backend.
   */
  rotate(): Promise<{ readonly key: ManagedKey; readonly isNew: boolean }>;
}

/**
 * The keys in the database of plugin `auth`, whether its backends run or not.
 *
 * @param options - `config`: that of the backends, for the secret under which keys are sealed, and the algorithm of a new one.
 * @public
 */
export function createKeyManager(options: {
  database: Knex;
  config: Config;
  clock: ClockService;
}): KeyManager {
  const { database, config, clock } = options;
  const { session, identityTokenAlgorithm: algorithm = 'ES256' } = settingsOf(config);

  async function read(): Promise<{ keys: SigningKey[]; sealing: Omit<SealingService, 'ready'> }> {
    const isThere = await database.schema.hasTable(tables.signingKeys);
    const secrets = isThere ? await readSealingSecrets(session?.secret, database) : undefined;
    const rows = secrets ? await readKeyRows(database) : [];
    if (!secrets || rows.length === 0) {
      throw new SigningKeysError('ERR_SIGNING_KEYS_MISSING', 'this database has no keys that sign tokens', {
        hint: 'Start the backend on it once: it makes the first one.',
      });
    }
    const sealing = sealingUnder(() => secrets);
    return { keys: rows.map((row) => loadKey(row, sealing)), sealing };
  }

  function factsOf(keys: readonly SigningKey[]): ManagedKey[] {
    const now = clock.now();
    const active = findActive(keys, now);
    return keys.map((key) => {
      const from = signsFrom(key);
      const used = from > now ? 'published' : 'verifies';
      const { kid, algorithm, createdAt } = key;
      return {
        kid,
        algorithm,
        state: key === active ? 'signs' : key.active ? used : 'unopened',
        madeAt: createdAt,
        publishedAt: createdAt,
        signsFrom: from,
        signsUntil: signsUntil(key, keys),
        verifiesUntil: verifiesUntil(key, keys),
      };
    });
  }

  const published = (keys: readonly ManagedKey[]) => keys.find(({ state }) => state === 'published');

  return {
    list: async () => factsOf((await read()).keys),
    async rotate() {
      const { keys, sealing } = await read();
      const [newest] = keys;
      if (!newest || !keys.some((key) => key.active)) {
        throw new SigningKeysError(
          'ERR_SIGNING_KEYS_NOT_OPENED',
          'no key in this database opens under the secret of this config',
          { hint: 'Give the config that the backend runs with: auth.session.secret has to be the same.' },
        );
      }
      const waiting = published(factsOf(keys));
      if (waiting) return { key: waiting, isNew: false };
      const now = clock.now();
      await addKey({ database, sealing, algorithm, generation: newest.generation + 1, now });
      const made = published(await this.list());
      if (!made) throw new Error('the key was written but cannot be read back');
      return { key: made, isNew: true };
    },
  };
}

function settingsOf(config: Config) {
  return readConfig({ config, schema: signingKeySettingsSchema, owner: "plugin 'auth'" }).auth ?? {};
}
