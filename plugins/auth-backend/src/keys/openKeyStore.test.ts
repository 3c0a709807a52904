/** What `auth.keyStore` opens, and what it says of files that cannot be used. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readRootConfig } from '@vestibule/backend-defaults';
import { migrate } from '@vestibule/database-migrations';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import { checkConfig, ConfigError, systemClock, type Config } from '@vestibule/backend-plugin-api';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import type { Knex } from 'knex';
import type { SigningAlgorithm } from '@vestibule/plugin-auth-node';
import { authConfigSchema } from '../config.ts';
import { migrations, tables } from '../database/migrations.ts';
import { createTokenIssuer } from '../identity/tokenIssuer.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import type { KeyStoreSettings } from './keyStoreSchema.ts';
import { openKeyStore } from './openKeyStore.ts';
import type { OpenSigningKeys } from './signingKeys.ts';
import { createSealing } from '../testing/sealing.ts';

let folder: string;
let databases: TestDatabase[];
let knex: Knex;
const opened: OpenSigningKeys[] = [];
let warnings: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vestibule-keys-'));
  databases = await testDatabases();
  knex = await databases[0]!.connect('auth');
  await migrate(knex, { table: tables.migrations, migrations });
});
beforeEach(() => {
  warnings = [];
});
afterAll(async () => {
  for (const keys of opened) keys.stop();
  await Promise.all(databases.map(async ({ cleanup }) => cleanup()));
  await rm(folder, { recursive: true });
});

async function open(
  settings: KeyStoreSettings | undefined,
  options: { algorithm?: SigningAlgorithm; config?: Config } = {},
): Promise<OpenSigningKeys> {
  const keys = await openKeyStore({
    settings,
    algorithm: options.algorithm,
    config: options.config ?? (await readRootConfig({ data: {} })),
    database: knex,
    sealing: createSealing('one secret'),
    logger: { ...silentLogger, warn: (message) => void warnings.push(message) },
    clock: systemClock,
  });
  opened.push(keys);
  return keys;
}

async function write(name: string, key: KeyObject, type: 'spki' | 'pkcs8', cipher?: string): Promise<string> {
  const file = join(folder, name);
  const encryption = cipher ? { cipher: 'aes-256-cbc', passphrase: cipher } : {};
  await writeFile(file, key.export({ format: 'pem', type, ...encryption } as never));
  return file;
}

async function pair(
  name: string,
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
) {
  return {
    publicKeyFile: await write(`${name}.pub`, publicKey, 'spki'),
    privateKeyFile: await write(`${name}.key`, privateKey, 'pkcs8'),
  };
}

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const tokensOf = (keys: OpenSigningKeys) =>
  createTokenIssuer({
    keys,
    issuer: 'https://portal.example.com/api/auth',
    lifetimeSeconds: 3600,
    omitOwnership: true,
    clock: systemClock,
  });
const issue = async (keys: OpenSigningKeys) =>
  (await tokensOf(keys).issue({ sub: 'user:default/jane', ent: [], additional: {} })).token;
const publishedBy = (keys: OpenSigningKeys) => JSON.parse(keys.publicKeySet().toString()) as JSONWebKeySet;

describe('static keys', () => {
  it('sign with the first pair and publish all of them, so that tokens of the one before still verify', async () => {
    const before = { ...(await pair('before', p256())), keyId: 'before' };
    const now = {
      ...(await pair('now', generateKeyPairSync('rsa', { modulusLength: 2048 }))),
      keyId: 'now',
      algorithm: 'RS256' as const,
    };
    const old = await open({ provider: 'static', static: { keys: [before] } });
    const keys = await open({ provider: 'static', static: { keys: [now, before] } });
    expect(publishedBy(keys).keys.map(({ kid, alg }) => [kid, alg])).toEqual([
      ['now', 'RS256'],
      ['before', 'ES256'],
    ]);
    expect(keys.publicKeySet().toString()).not.toMatch(/"(?:d|p|q)":/);
    for (const token of [await issue(keys), await issue(old)]) {
      await jwtVerify(token, createLocalJWKSet(publishedBy(keys)), { audience: 'backstage' });
      expect(await tokensOf(keys).verify(token)).toEqual({ sub: 'user:default/jane', isLimited: false });
    }
    expect(keys.active().kid).toBe('now');
    expect(await keys.find('other')).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('make auth.identityTokenAlgorithm one without effect, which is said', async () => {
    const key = { ...(await pair('algorithm', p256())), keyId: 'a' };
    const keys = await open({ provider: 'static', static: { keys: [key] } }, { algorithm: 'RS512' });
    expect(keys.active().algorithm).toBe('ES256');
    expect(warnings).toEqual([expect.stringContaining('auth.identityTokenAlgorithm has no effect')]);
  });

  it('are refused with the place of each file that cannot be used, all at once, and nothing of what they hold', async () => {
    const good = await pair('good', p256());
    const other = await pair('other', p256());
    const encrypted = await write('encrypted.key', p256().privateKey, 'pkcs8', 'pass phrase');
    const small = await pair('small', generateKeyPairSync('rsa', { modulusLength: 1024 }));
    const noise = join(folder, 'noise.key');
    await writeFile(noise, 'swordfish');
    const entries: [string, string, string?][] = [
      [join(folder, 'missing.pub'), good.privateKeyFile],
      [good.privateKeyFile, folder],
      [good.publicKeyFile, encrypted],
      [noise, noise],
      [other.publicKeyFile, good.privateKeyFile],
      [good.publicKeyFile, good.privateKeyFile, 'ES384'],
      [small.publicKeyFile, small.privateKeyFile, 'RS256'],
      [good.publicKeyFile, good.privateKeyFile, 'EdDSA'],
    ];
    const file = join(folder, 'app-config.yaml');
    const lines = entries.map(
      ([publicKeyFile, privateKeyFile, algorithm = 'ES256'], index) =>
        `        - { publicKeyFile: ${publicKeyFile}, privateKeyFile: ${privateKeyFile}, keyId: k${index}, algorithm: ${algorithm} }`,
    );
    await writeFile(
      file,
      `auth:\n  keyStore:\n    provider: static\n    static:\n      keys:\n${lines.join('\n')}\n`,
    );
    const config = await readRootConfig({ files: [file], environment: {} });
    const settings = config.get<KeyStoreSettings>('auth.keyStore');
    const error = await open(settings, { config }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ConfigError)) throw new Error('was opened');
    expect(
      error.problems.map(({ path, message, location }) => [
        path.replace('auth.keyStore.static.', ''),
        message.replace(/^.*, which /, '').replace(/^auth\S+ /, ''),
        location?.line,
      ]),
    ).toEqual([
      ['keys[0].publicKeyFile', 'does not exist', 6],
      ['keys[1].publicKeyFile', 'holds a private key', 7],
      ['keys[1].privateKeyFile', 'is a folder', 7],
      ['keys[2].privateKeyFile', 'holds an encrypted key', 8],
      ['keys[3].publicKeyFile', 'holds no public key in PEM', 9],
      ['keys[3].privateKeyFile', 'holds no private key in PEM', 9],
      ['keys[4].publicKeyFile', 'is not the public key of privateKeyFile: no token would verify', 10],
      ['keys[5].algorithm', 'cannot be done with the key: ec, prime256v1', 11],
      ['keys[6].algorithm', 'cannot be done with the key: rsa, 1024 bits', 12],
      ['keys[7].algorithm', 'cannot be done with the key: ec, prime256v1', 13],
    ]);
    expect(error.message).not.toMatch(/BEGIN|swordfish/);
    expect(error.problems.every(({ suggestion }) => suggestion !== undefined)).toBe(true);
  });
});

describe('the other key stores', () => {
  it('in memory make a key of this process alone, and say so', async () => {
    const [one, other] = [await open({ provider: 'memory' }), await open({ provider: 'memory' })];
    expect(one.active().kid).not.toBe(other.active().kid);
    expect(await tokensOf(one).verify(await issue(one))).toEqual({
      sub: 'user:default/jane',
      isLimited: false,
    });
    expect(await tokensOf(other).verify(await issue(one))).toBeUndefined();
    expect(warnings[0]).toContain('every token dies with this process');
    expect((await open({ provider: 'memory' }, { algorithm: 'EdDSA' })).active().algorithm).toBe('EdDSA');
  });

  it('are the database where none is named, and where firestore is, which is said', async () => {
    const { kid } = (await open(undefined)).active();
    expect(warnings).toEqual([]);
    const instead = await open({ provider: 'firestore', firestore: { projectId: 'portal' } });
    expect(instead.active().kid).toBe(kid);
    expect(warnings).toEqual([expect.stringContaining('the keys are kept in the database')]);
  });

  it('leave files of static keys unread, and say so', async () => {
    const unread = [{ publicKeyFile: '/nowhere', privateKeyFile: '/nowhere', keyId: 'x' }];
    await open({ static: { keys: unread } });
    expect(warnings).toEqual([expect.stringContaining('auth.keyStore.static has no effect')]);
  });
});

it.each([
  [{ provider: 'datbase' }, 'auth.keyStore.provider'],
  [{ provider: 'static' }, 'auth.keyStore.static'],
  [{ provider: 'static', static: { keys: [] } }, 'auth.keyStore.static.keys'],
  [{ provider: 'static', static: { keys: [{ keyId: 'a' }] } }, 'auth.keyStore.static.keys[0].publicKeyFile'],
  [
    {
      provider: 'static',
      static: { keys: ['a', 'a'].map((keyId) => ({ keyId, publicKeyFile: 'p', privateKeyFile: 'k' })) },
    },
    'auth.keyStore.static.keys[1].keyId',
  ],
  [{ provdier: 'static' }, 'auth.keyStore.provdier'],
])('config %j is refused at %s before anything is opened', async (keyStore, path) => {
  const config = await readRootConfig({ data: { auth: { keyStore } } });
  const { problems } = checkConfig({
    config,
    schemas: [{ schema: authConfigSchema, owner: "plugin 'auth'" }],
  });
  expect(problems.map((problem) => problem.path)).toContain(path);
});
