/**
 * The keys of one plugin's service tokens. Each process makes its own and keeps the private half in memory; the public
 * half goes to the plugin's database before the first signature, so that every replica can publish it.
 *
 * A key signs for one hour and is published for three, so it outlives every token it signed (one hour at most). While the
 * database is away a key goes on signing for another hour, and the keys last read stay published.
 */
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { migrate } from '@vestibule/database-migrations';
import {
  once,
  type ClockService,
  type DatabaseService,
  type JsonObject,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';

const keysTable = 'vestibule_service_keys';
const signsForMilliseconds = 60 * 60 * 1000;
const signsAtMostMilliseconds = 2 * signsForMilliseconds;
const publishedForMilliseconds = 3 * signsForMilliseconds;

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  /** For example `ES256`. */
  algorithm: string;
}

export interface ServiceKeys {
  /** The key to sign with now; published already. @throws what the database throws when there is no usable key. */
  signingKey(): Promise<SigningKey>;
  /** The public keys of all replicas (RFC 7517). */
  publicKeys(): Promise<JsonObject[]>;
}

interface OwnKey extends SigningKey {
  publicKey: JsonObject;
  createdAtMilliseconds: number;
}

export function createServiceKeys(options: {
  database: DatabaseService;
  logger: LoggerService;
  clock: ClockService;
}): ServiceKeys {
  const { database, logger, clock } = options;
  let own: OwnKey[] = [];
  let making: Promise<OwnKey> | undefined;
  let reading: Promise<JsonObject[]> | undefined;
  let lastRead: JsonObject[] | undefined;
  const connected = once(async (): Promise<Knex> => {
    const knex = await database.getClient();
    if (!database.migrations?.skip)
      await migrate(knex, { table: 'vestibule_service_migrations', migrations });
    return knex;
  });

  return {
    async signingKey() {
      const newest = own.at(-1);
      const age = newest ? clock.now() - newest.createdAtMilliseconds : Infinity;
      if (newest && age < signsForMilliseconds) return newest;
      try {
        return await makeOnce();
      } catch (error) {
        if (!newest || age >= signsAtMostMilliseconds) throw error;
        logger.warn('A new service key could not be stored; the old one signs on', error as Error);
        return newest;
      }
    },
    async publicKeys() {
      try {
        reading ??= readAll().finally(() => (reading = undefined));
        lastRead = await reading;
      } catch (error) {
        // An empty answer would make others refuse good tokens.
        if (!lastRead && live().length === 0) throw error;
        logger.warn('Service keys could not be read; the last ones stay published', error as Error);
      }
      const kids = new Set(lastRead?.map((key) => key['kid']));
      return [...(lastRead ?? []), ...live().flatMap((key) => (kids.has(key.kid) ? [] : [key.publicKey]))];
    },
  };

  function live(): OwnKey[] {
    own = own.filter((key) => clock.now() - key.createdAtMilliseconds < publishedForMilliseconds);
    return own;
  }

  async function makeOnce(): Promise<OwnKey> {
    making ??= make().finally(() => (making = undefined));
    return making;
  }

  async function make(): Promise<OwnKey> {
    const key = generateKey(clock.now());
    const knex = await connected();
    await knex(keysTable).where('expires_at', '<', clock.now()).delete();
    await knex(keysTable).insert({
      id: key.kid,
      key: JSON.stringify(key.publicKey),
      expires_at: key.createdAtMilliseconds + publishedForMilliseconds,
    });
    own = [...live(), key];
    return key;
  }

  async function readAll(): Promise<JsonObject[]> {
    const knex = await connected();
    const rows = await knex<{ key: string }>(keysTable)
      .where('expires_at', '>=', clock.now())
      .orderBy('expires_at')
      .select('key');
    return rows.map((row) => JSON.parse(row.key) as JsonObject);
  }
}

/** Never changed once it was released: `serviceKeys.test.ts` holds the checksum. */
export const migrations = [
  {
    id: '001-service-keys',
    up: async (knex: Knex.Transaction) =>
      knex.schema.createTable(keysTable, (table) => {
        table.string('id', 64).primary();
        table.text('key').notNullable();
        // Milliseconds since 1970.
        table.bigInteger('expires_at').notNullable().index();
      }),
  },
];

function generateKey(createdAtMilliseconds: number): OwnKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  const { kty, x, y, crv } = publicKey.export({ format: 'jwk' });
  const jwk = { kty, x, y, crv, kid, alg: 'ES256' } as JsonObject;
  return { kid, privateKey, algorithm: 'ES256', publicKey: jwk, createdAtMilliseconds };
}
