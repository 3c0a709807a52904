/** The table of the keys that sign our tokens: rows, what they hold, and how one is added. */
import { createPrivateKey, createPublicKey, randomUUID, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { ActiveSigningKey, SealingService, SigningAlgorithm } from '@vestibule/plugin-auth-node';
import type { Knex } from 'knex';
import { tables } from '../database/migrations.ts';
import { activeKey, generateSigningKey } from './algorithms.ts';
import type { ScheduledKey } from './keySchedule.ts';

/** What private keys are sealed for. */
const purpose = 'signing-keys';

/** A row. */
export interface StoredKey {
  generation: number;
  kid: string;
  algorithm: SigningAlgorithm;
  public_jwk: string;
  sealed_private_key: string;
  created_at: number | string;
}

/** A key of the set. `active` is absent where it was sealed under another secret. */
export interface SigningKey extends ScheduledKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebKey;
  readonly active: ActiveSigningKey | undefined;
}

/** All rows, the newest first. */
export async function readKeyRows(database: Knex): Promise<StoredKey[]> {
  return database<StoredKey>(tables.signingKeys).select().orderBy('generation', 'desc');
}

/** Opens a row. */
export function loadKey(row: StoredKey, sealing: Pick<SealingService, 'open'>): SigningKey {
  const { generation, kid, algorithm } = row;
  const publicJwk = JSON.parse(row.public_jwk) as JsonWebKey;
  const privateJwk = sealing.open(purpose, kid, row.sealed_private_key);
  const active =
    privateJwk === undefined
      ? undefined
      : activeKey({
          kid,
          algorithm,
          privateKey: createPrivateKey({ key: JSON.parse(privateJwk) as JsonWebKey, format: 'jwk' }),
        });
  const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
  return {
    generation,
    kid,
    algorithm,
    publicKey,
    publicJwk,
    active,
    createdAt: Number(row.created_at),
  };
}

/** Adds a generation. Whoever comes second finds the first one's. */
export async function addKey(options: {
  database: Knex;
  sealing: Pick<SealingService, 'seal'>;
  algorithm: SigningAlgorithm;
  generation: number;
  now: number;
}): Promise<void> {
  const { database, sealing, algorithm, generation, now } = options;
  const { publicKey, privateKey } = generateSigningKey(algorithm);
  const kid = randomUUID();
  await database(tables.signingKeys)
    .insert({
      generation,
      kid,
      algorithm,
      public_jwk: JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm }),
      sealed_private_key: sealing.seal(purpose, kid, JSON.stringify(privateKey.export({ format: 'jwk' }))),
      created_at: now,
    })
    .onConflict('generation')
    .ignore();
}

/** Seals a private key anew, where a former secret sealed it. */
export async function resealKey(
  row: StoredKey,
  { database, sealing }: { database: Knex; sealing: Pick<SealingService, 'reseal'> },
): Promise<void> {
  const { kid, sealed_private_key: sealed } = row;
  const resealed = sealing.reseal(purpose, kid, sealed);
  if (resealed === undefined) return;
  await database(tables.signingKeys)
    .where({ kid, sealed_private_key: sealed })
    .update({ sealed_private_key: resealed });
}
