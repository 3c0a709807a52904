/**
 * The keys that sign our tokens: made once for all replicas, rotated, published before their first use, and kept until
 * the last token they signed has expired.
 *
 * Generation 0 signs at once, since no verifier can hold an older set. Every later one signs only 15 minutes after it
 * was published, because verifiers keep a key set for 10. The set is re-read every 10 seconds; while the database is
 * away the last good set goes on signing and verifying.
 */
import { createPrivateKey, createPublicKey, randomUUID, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { ClockService, LoggerService } from '@vestibule/backend-plugin-api';
import type {
  ActiveSigningKey,
  SealingService,
  SigningAlgorithm,
  SigningKeysService,
} from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { tables } from '../database/migrations.ts';
import { activeKey, generateSigningKey } from './algorithms.ts';

/** What private keys are sealed for. */
const purpose = 'signing-keys';
/** No token lives longer, so a key is published this long after its last use. */
export const longestTokenMilliseconds = 86_400_000;
const rereadMilliseconds = 10_000;
const rotationMilliseconds = 7 * 86_400_000;
const publishedBeforeUseMilliseconds = 15 * 60_000;

interface StoredKey {
  generation: number;
  kid: string;
  algorithm: SigningAlgorithm;
  public_jwk: string;
  sealed_private_key: string;
  created_at: number | string;
}

/** A key of the set. `active` is absent where it was sealed under another secret. */
interface SigningKey {
  readonly generation: number;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebKey;
  readonly active: ActiveSigningKey | undefined;
  readonly sealed: string;
  readonly signsFrom: number;
  readonly createdAt: number;
}

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
  /** Sealed keys that need not be sealed anew. */
  let lookedAt: ReadonlySet<string> = new Set();
  let askedAt = 0;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const rows = await database<StoredKey>(tables.signingKeys).select().orderBy('generation', 'desc');
    const known = new Map(keys.map((key) => [key.kid, key]));
    keys = rows.map((row) => {
      const key = known.get(row.kid);
      // Another replica may have sealed anew what did not open here.
      return key && (key.active || key.sealed === row.sealed_private_key) ? key : open(row);
    });
    published = Buffer.from(JSON.stringify({ keys: keys.map((key) => key.publicJwk) }));
    await resealOf(rows);
  }

  function open(row: StoredKey): SigningKey {
    const key = load(row, sealing);
    if (!key.active) {
      logger.warn(
        `the signing key ${key.kid} cannot be opened, so it verifies and does not sign. Sealed under another secret? ` +
          'Put the former one at the end of the list auth.session.secret (ERR_SESSION_NOT_OPENED)',
        { code: 'ERR_SESSION_NOT_OPENED' },
      );
    }
    return key;
  }

  /** Keys outlive a change of the secret: what a former one sealed is sealed anew, before that one is taken away. */
  async function resealOf(rows: readonly StoredKey[]): Promise<void> {
    for (const { kid, sealed_private_key: sealed } of rows) {
      if (lookedAt.has(sealed)) continue;
      const resealed = sealing.reseal(purpose, kid, sealed);
      if (resealed === undefined) continue;
      await database(tables.signingKeys)
        .where({ kid, sealed_private_key: sealed })
        .update({ sealed_private_key: resealed });
    }
    lookedAt = new Set(rows.map((row) => row.sealed_private_key));
  }

  /** Adds a generation. Whoever comes second finds the first one's. */
  async function add(generation: number): Promise<void> {
    const { publicKey, privateKey } = generateSigningKey(algorithm);
    const kid = randomUUID();
    await database(tables.signingKeys)
      .insert({
        generation,
        kid,
        algorithm,
        public_jwk: JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm }),
        sealed_private_key: sealing.seal(purpose, kid, JSON.stringify(privateKey.export({ format: 'jwk' }))),
        created_at: clock.now(),
      })
      .onConflict('generation')
      .ignore();
  }

  function findActive(): SigningKey | undefined {
    const now = clock.now();
    const usable = keys.filter((key) => key.active);
    return usable.find((key) => key.signsFrom <= now) ?? usable.at(-1);
  }

  /** Rotates our newest key, and removes those whose last token has expired. */
  async function maintain(): Promise<void> {
    const now = clock.now();
    const newest = keys.find((key) => key.active && key.algorithm === algorithm);
    if (!newest || newest.createdAt + rotationMilliseconds <= now) {
      await add((keys[0]?.generation ?? -1) + 1);
      await read();
    }
    const active = findActive();
    const spent = keys.filter((key) => key !== active && signedUntil(key) + longestTokenMilliseconds <= now);
    if (spent.length === 0) return;
    const kids = spent.map(({ kid }) => kid);
    await database(tables.signingKeys).whereIn('kid', kids).delete();
    await read();
  }

  /**
   * A key signs until its successor does. The successor can be late: nobody makes one while every replica stands still
   * or the database is away, and then the old key goes on.
   */
  function signedUntil({ generation, createdAt, active }: SigningKey): number {
    const successor = keys.findLast(
      (key) => key.generation > generation && (key.active === undefined) === (active === undefined),
    );
    const planned = createdAt + rotationMilliseconds + publishedBeforeUseMilliseconds;
    return Math.max(planned, successor?.signsFrom ?? 0) + rereadMilliseconds;
  }

  /** Reads the set again; one reading serves all who ask meanwhile. A failure keeps the last good set. */
  function reread(): Promise<void> {
    askedAt = clock.now();
    reading ??= read()
      .then(maintain)
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
      const active = findActive()?.active;
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

function load(row: StoredKey, sealing: Pick<SealingService, 'open'>): SigningKey {
  const createdAt = Number(row.created_at);
  const publicJwk = JSON.parse(row.public_jwk) as JsonWebKey;
  const privateJwk = sealing.open(purpose, row.kid, row.sealed_private_key);
  return {
    generation: row.generation,
    kid: row.kid,
    algorithm: row.algorithm,
    publicKey: createPublicKey({ key: publicJwk, format: 'jwk' }),
    publicJwk,
    active:
      privateJwk === undefined
        ? undefined
        : activeKey({
            kid: row.kid,
            algorithm: row.algorithm,
            privateKey: createPrivateKey({ key: JSON.parse(privateJwk) as JsonWebKey, format: 'jwk' }),
          }),
    sealed: row.sealed_private_key,
    signsFrom: row.generation === 0 ? createdAt : createdAt + publishedBeforeUseMilliseconds,
    createdAt,
  };
}
