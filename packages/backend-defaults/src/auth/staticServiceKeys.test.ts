import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { decodeProtectedHeader } from 'jose';
import { createConfig } from '../config/createConfig.ts';
import { readAuthServiceConfig } from './authConfig.ts';
import { readStaticServiceKeys } from './staticServiceKeys.ts';
import { startBackend } from './testing/startBackend.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-keys-'));
  const pairs = {
    one: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    two: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    short: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  };
  for (const [name, { publicKey, privateKey }] of Object.entries(pairs)) write(name, publicKey, privateKey);
  writeFileSync(file('odd.pub'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, name);
function write(name: string, publicKey: KeyObject, privateKey: KeyObject): void {
  writeFileSync(file(`${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(file(`${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
}
const settings = (...keys: JsonObject[]): JsonObject => ({
  backend: { auth: { pluginKeyStore: { type: 'static', static: { keys } } } },
});
const pair = (name: string, rest: JsonObject = {}): JsonObject => ({
  publicKeyFile: file(`${name}.pub`),
  privateKeyFile: file(`${name}.key`),
  keyId: name,
  ...rest,
});

describe('service keys from files', () => {
  it.each([
    ['one', 'ES256'],
    ['rsa', 'RS256'],
    ['rsa', 'PS512'],
  ])('sign calls between plugins: %s with %s', async (name, algorithm) => {
    const backend = await startBackend(
      settings(pair(name, { algorithm }), { publicKeyFile: file('two.pub'), keyId: 'two' }),
    );
    try {
      const { auth } = backend.billing;
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: await auth.getOwnServiceCredentials(),
        targetPluginId: 'reports',
      });
      expect(decodeProtectedHeader(token)).toEqual({
        typ: 'vnd.backstage.plugin',
        alg: algorithm,
        kid: name,
      });
      const response = await fetch(`${backend.url}/api/reports/`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(response.status).toBe(200);
      const published = await (await fetch(`${backend.url}/api/billing/.backstage/auth/v1/jwks.json`)).json();
      expect(published).toMatchObject({
        keys: [
          { kid: name, alg: algorithm },
          { kid: 'two', alg: 'ES256' },
        ],
      });
      expect(JSON.stringify(published)).not.toContain('"d"');
    } finally {
      await backend.stop();
    }
  });

  it.each([
    [
      'that are not there',
      () => pair('one', { publicKeyFile: file('none.pub') }),
      'publicKeyFile cannot be read (ENOENT)',
    ],
    [
      'that hold something else',
      () => pair('one', { publicKeyFile: file('odd.pub') }),
      'publicKeyFile holds no such key',
    ],
    [
      'where a private one stands for the public one',
      () => pair('one', { publicKeyFile: file('one.key') }),
      'publicKeyFile holds no such key',
    ],
    [
      'for another algorithm',
      () => pair('one', { algorithm: 'ES384' }),
      'publicKeyFile holds no key for ES384',
    ],
    [
      'that are too short',
      () => pair('short', { algorithm: 'RS256' }),
      'publicKeyFile holds no key for RS256',
    ],
    [
      'that do not belong together',
      () => pair('one', { privateKeyFile: file('two.key') }),
      'privateKeyFile is not the private half of publicKeyFile',
    ],
  ])('%s are refused by name', (_, key, message) => {
    const config = createConfig(settings(key()));
    expect(() => readStaticServiceKeys(readAuthServiceConfig(config), config)).toThrow(
      `the config has 1 problem\n  backend.auth.pluginKeyStore.static.keys[0].${message}`,
    );
  });

  it('end the start once, not once for each plugin', async () => {
    const failure = startBackend(settings(pair('one', { privateKeyFile: file('two.key') })));
    const message = await failure.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message.split('is not the private half')).toHaveLength(2);
  });
});
