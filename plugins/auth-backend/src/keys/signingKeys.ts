/**
 * The keys that sign our tokens: made once for all replicas, rotated, published before their first use, and kept until
 * the last token they signed has expired.
 *
 * The set is re-read every 10 seconds; while the database is away the last good set goes on signing and verifying. When a key
 * signs, `keySchedule.ts` says.
 */
import type { ClockService, LoggerService } from '@vestibule/backend-plugin-api';
import type { SealingService, SigningAlgorithm, SigningKeysService } from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { tables } from '../database/migrations.ts';
import { findActive, rereadMilliseconds, rotationMilliseconds, verifiesUntil } from './keySchedule.ts';
import { addKey, loadKey, readKeyRows, resealKey, type SigningKey, type StoredKey } from './keyTable.ts';

/** Keys that are there. */
export interface OpenSigningKeys extends Omit<SigningKeysService, 'ready'> {
  /** Ends what they do by themselves. */
  stop(): void;
}

/** Opens the key set, and makes the first key where there is none. */
export async function openSigningKeys(options: {
  database: Knex;
  sealing: Pick<SealingService, 'seal' | 'open' | 'reseal'>;
  algorithm: SigningAlgorithm;
  logger: LoggerService;
  clock: ClockService;
}): Promise<OpenSigningKeys> {
  const { database, sealing, algorithm, logger, clock } = options;
  let keys: readonly SigningKey[] = [];
  let published = Buffer.alloc(0);
  const unopened = new Set<string>();
  let askedAt = 0;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const rows = await readKeyRows(database);
    const known = new Map(keys.map((key) => [key.kid, key]));
    keys = rows.map((row) => {
      const key = known.get(row.kid);
      // What did not open may do so now: another replica has sealed it anew, or the secrets are others.
      return key?.active ? key : open(row);
    });
    published = Buffer.from(JSON.stringify({ keys: keys.map((key) => key.publicJwk) }));
    // Keys outlive a change of the secret: what a former one sealed is sealed anew, before that one is taken away.
    for (const row of rows) await resealKey(row, { database, sealing });
  }

  function open(row: StoredKey): SigningKey {
    const key = loadKey(row, sealing);
    if (!key.active && !unopened.has(key.kid)) {
      unopened.add(key.kid);
      logger.warn(
        `the signing key ${key.kid} cannot be opened, so it verifies and does not sign. Sealed under another secret? ` +
          'Put the former one at the end of the list auth.session.secret (ERR_SESSION_NOT_OPENED)',
        { code: 'ERR_SESSION_NOT_OPENED' },
      );
    }
    return key;
  }

  /** Rotates our newest key, and removes those whose last token has expired. */
  async function maintain(): Promise<void> {
    const now = clock.now();
    const newest = keys.find((key) => key.active && key.algorithm === algorithm);
    if (!newest || newest.createdAt + rotationMilliseconds <= now) {
      const generation = (keys[0]?.generation ?? -1) + 1;
      await addKey({ database, sealing, algorithm, generation, now });
      await read();
    }
    const active = findActive(keys, now);
    const spent = keys.filter((key) => key !== active && verifiesUntil(key, keys) <= now);
    if (spent.length === 0) return;
    const kids = spent.map(({ kid }) => kid);
    await database(tables.signingKeys).whereIn('kid', kids).delete();
    await read();
  }

  async function readAgain(): Promise<void> {
    askedAt = clock.now();
    await read();
    await maintain();
  }

  /** Reads the set again; one reading serves all who ask meanwhile. A failure keeps the last good set. */
  function reread(): Promise<void> {
    reading ??= readAgain()
      .catch((error: unknown) => {
        logger.warn('the signing keys could not be re-read; the last good set stays in use', error as Error);
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  await read();
  await maintain();
  askedAt = clock.now();
  const timer = setInterval(() => void reread(), rereadMilliseconds).unref();

  return {
    active() {
      const active = findActive(keys, clock.now())?.active;
      if (!active) throw new Error('there is no signing key that can be used');
      return active;
    },
    async find(kid) {
      const find = () => keys.find((key) => key.kid === kid);
      if (!find() && clock.now() - askedAt > 1000) await reread();
      return find();
    },
    publicKeySet: () => published,
    stop: () => clearInterval(timer),
  };
}
