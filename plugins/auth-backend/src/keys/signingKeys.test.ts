import { systemClock, type ClockService } from '@vestibule/backend-plugin-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@vestibule/database-migrations';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import type { Knex } from 'knex';
import { signingAlgorithms, type SigningAlgorithm } from '@vestibule/plugin-auth-node';
import { migrations, tables } from '../database/migrations.ts';
import { createTokenIssuer } from '../identity/tokenIssuer.ts';
import { deriveKey, open as unseal } from '../secrets/sealing.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import { openSigningKeys } from './signingKeys.ts';
import type { OpenSigningKeys } from './signingKeys.ts';
import { createSealing } from '../testing/sealing.ts';

const day = 86_400_000;
let databases: TestDatabase[];
let knexes: Knex[];
const opened: OpenSigningKeys[] = [];
beforeAll(async () => {
  databases = await testDatabases();
  knexes = await Promise.all(databases.map(async ({ connect }) => connect('auth')));
  await Promise.all(knexes.map(async (knex) => migrate(knex, { table: tables.migrations, migrations })));
});
afterAll(async () => {
  for (const keys of opened) keys.stop();
  await Promise.all(databases.map(async ({ cleanup }) => cleanup()));
});

async function open(
  database: Knex,
  clock: ClockService,
  { algorithm = 'ES256', secret = 'one secret' }: { algorithm?: SigningAlgorithm; secret?: string } = {},
): Promise<OpenSigningKeys> {
  const keys = await openSigningKeys({
    database,
    sealing: createSealing(secret),
    algorithm,
    logger: silentLogger,
    clock,
  });
  opened.push(keys);
  return keys;
}

const published = (keys: OpenSigningKeys) => JSON.parse(keys.publicKeySet().toString()) as JSONWebKeySet;
const kids = (keys: OpenSigningKeys) => published(keys).keys.map(({ kid }) => kid);

describe('signing keys', () => {
  it('of replicas that start at once are the same', async () => {
    for (const knex of knexes) {
      await knex(tables.signingKeys).delete();
      const replicas = await Promise.all([1, 2, 3].map(async () => open(knex, systemClock)));
      expect(new Set(replicas.map((keys) => keys.active().kid)).size).toBe(1);
      expect(kids(replicas[0]!)).toHaveLength(1);
    }
  });

  it('are rotated after a week; a new one is published 15 minutes before it signs, and the old one outlives its tokens', async () => {
    const [knex] = knexes as [Knex];
    await knex(tables.signingKeys).delete();
    let now = Date.now();
    const clock = { now: () => now };
    const first = (await open(knex, clock)).active().kid;

    now += 7 * day;
    const rotated = await open(knex, clock);
    expect(kids(rotated)).toHaveLength(2);
    expect(rotated.active().kid).toBe(first);
    now += 15 * 60_000;
    const second = rotated.active().kid;
    expect(second).not.toBe(first);
    expect(kids(rotated)).toContain(first);

    now += day;
    expect(kids(await open(knex, clock))).toContain(first);
    now += 60_000;
    expect(kids(await open(knex, clock))).toEqual([second]);
  });

  it('survive a restart, and a key of another replica is found when a token names it', async () => {
    const [knex] = knexes as [Knex];
    await knex(tables.signingKeys).delete();
    let now = Date.now();
    const before = await open(knex, { now: () => now });
    const { kid } = before.active();
    expect((await open(knex, { now: () => now })).active().kid).toBe(kid);

    now += 8 * day;
    const after = await open(knex, { now: () => now });
    const newest = kids(after).find((one) => one !== kid);
    expect(await before.find(newest ?? '')).toBeDefined();
  });

  it('sealed under another secret still verify, and are not used to sign', async () => {
    const [knex] = knexes as [Knex];
    await knex(tables.signingKeys).delete();
    const { kid } = (await open(knex, systemClock)).active();
    const other = await open(knex, systemClock, { secret: 'another secret' });
    expect(other.active().kid).not.toBe(kid);
    expect(kids(other)).toContain(kid);
  });

  it('keep their private half out of the database, and open under the secret only', async () => {
    for (const knex of knexes) {
      await knex(tables.signingKeys).delete();
      const { kid } = (await open(knex, systemClock)).active();
      const [row] = await knex<{ sealed_private_key: string }>(tables.signingKeys);
      const columns = Object.values(row ?? {}).map(String);
      const sealed = row!.sealed_private_key;
      const { d } = JSON.parse(unseal(deriveKey('one secret', 'signing-keys'), kid, sealed)!) as {
        d: string;
      };
      expect(d).toEqual(expect.stringMatching(/^[\w-]{43}$/));
      for (const column of columns) {
        expect(column).not.toContain(d);
        expect(Buffer.from(column, 'base64url').includes(Buffer.from(d, 'base64url'))).toBe(false);
        expect(column).not.toContain('"d"');
      }
      expect(unseal(deriveKey('another secret', 'signing-keys'), kid, sealed)).toBeUndefined();
      expect(unseal(deriveKey('one secret', 'signing-keys'), 'another kid', sealed)).toBeUndefined();
    }
  });

  it('outlive what they signed even where their successor came late, because everything stood still', async () => {
    const [knex] = knexes as [Knex];
    await knex(tables.signingKeys).delete();
    let now = Date.now();
    const clock = { now: () => now };
    const { kid } = (await open(knex, clock)).active();
    now += 60 * day;
    const afterwards = await open(knex, clock);
    expect(afterwards.active().kid).toBe(kid);
    // From here on the successor signs; the last token of the old key lives for another day.
    now += 15 * 60_000;
    expect((await open(knex, clock)).active().kid).not.toBe(kid);
    now += day;
    expect(kids(await open(knex, clock))).toContain(kid);
    now += 60_000;
    expect(kids(await open(knex, clock))).not.toContain(kid);
  });

  it('are asked for at most once a second for unknown key ids, while the database is away as well', async () => {
    const [knex] = knexes as [Knex];
    await knex(tables.signingKeys).delete();
    let now = Date.now();
    let queries = 0;
    let isDown = false;
    const counting = new Proxy(knex, {
      apply(target, _, [table]: [string]) {
        queries += 1;
        if (isDown) throw new Error('the database is away');
        return target(table);
      },
    });
    const keys = await open(counting, { now: () => now });
    for (isDown of [false, true]) {
      now += 1001;
      queries = 0;
      for (let round = 0; round < 50; round += 1) await keys.find(`made-up-${round}`);
      expect(queries).toBe(1);
    }
    isDown = false;
    expect(await keys.find(keys.active().kid)).toBeDefined();
  });

  it('go on with the last good set while the database is away', async () => {
    const database = (await testDatabases())[0]!;
    const knex = await database.connect('auth');
    await migrate(knex, { table: tables.migrations, migrations });
    let now = Date.now();
    const keys = await open(knex, { now: () => now });
    const { kid } = keys.active();
    await database.cleanup();
    now += 60_000;
    expect(await keys.find('a kid that nobody knows')).toBeUndefined();
    expect(keys.active().kid).toBe(kid);
    expect(kids(keys)).toEqual([kid]);
  });
});

describe('tokens', () => {
  it.each(signingAlgorithms)('signed with %s are accepted by jose', async (algorithm) => {
    const [knex] = knexes as [Knex];
    await knex(tables.signingKeys).delete();
    const keys = await open(knex, systemClock, { algorithm });
    const tokens = createTokenIssuer({
      keys,
      issuer: 'https://portal.example.com/api/auth',
      lifetimeSeconds: 600,
      omitOwnership: false,
      clock: systemClock,
    });
    const { token } = await tokens.issue({
      sub: 'user:default/jane',
      ent: ['user:default/jane'],
      additional: { aud: 'somebody else', exp: 0, team: 'a' },
    });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(published(keys)), {
      audience: 'backstage',
    });
    expect(protectedHeader).toMatchObject({ alg: algorithm, typ: 'vnd.backstage.user' });
    expect(payload).toMatchObject({ sub: 'user:default/jane', ent: ['user:default/jane'], team: 'a' });
    expect(payload.exp! - payload.iat!).toBe(600);
    expect(await tokens.verify(token)).toEqual({ sub: 'user:default/jane', isLimited: false });
  });
});
