/**
 * Service keys from files, `backend.auth.pluginKeyStore` of type `static`: for all plugins and replicas the same. The first
 * key signs; the others are published, so that tokens of the key before the last change are still verified.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  ConfigError,
  configProblemAt,
  type Config,
  type ConfigProblem,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import type { AuthServiceConfig } from './authConfig.ts';
import type { ServiceKeys } from './serviceKeys.ts';

const defaultAlgorithm = 'ES256';
const minimumRsaBits = 2048;

/** What a key must be for an algorithm (RFC 7518 section 3.1, RFC 8037). */
const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/**
 * Reads the keys; `undefined` where they are kept in the database.
 *
 * @param config - Tells where the keys stand that are wrong.
 * @throws `ERR_CONFIG_INVALID` that names each file that cannot be used.
 */
export function readStaticServiceKeys(settings: AuthServiceConfig, config: Config): ServiceKeys | undefined {
  const { pluginKeyStore } = settings;
  if (pluginKeyStore?.type !== 'static') return undefined;
  const problems: ConfigProblem[] = [];
  const publicKeys: JsonObject[] = [];
  let signing: { kid: string; privateKey: KeyObject; algorithm: string } | undefined;

  pluginKeyStore.static.keys.forEach(({ publicKeyFile, privateKeyFile, keyId, algorithm }, index) => {
    const alg = algorithm ?? defaultAlgorithm;
    const publicKey = attempt(index, 'publicKeyFile', () => {
      const key = createPublicKey({
        key: readPem(publicKeyFile, /-----BEGIN PUBLIC KEY-----/),
        format: 'pem',
      });
      const jwk = key.export({ format: 'jwk' }) as JsonObject;
      if (!fits(key, jwk, alg)) throw new Error(`holds no key for ${alg}`);
      return jwk;
    });
    if (publicKey) publicKeys.push({ ...publicKey, kid: keyId, alg });
    if (index > 0 || privateKeyFile === undefined) return;
    const privateKey = attempt(index, 'privateKeyFile', () => {
      const key = createPrivateKey({
        key: readPem(privateKeyFile, /-----BEGIN PRIVATE KEY-----/),
        format: 'pem',
      });
      const own = createPublicKey(key).export({ format: 'jwk' });
      if (publicKey && JSON.stringify(own) !== JSON.stringify(publicKey)) {
        throw new Error('is not the private half of publicKeyFile');
      }
      return key;
    });
    if (privateKey) signing = { kid: keyId, privateKey, algorithm: alg };
  });

  if (problems.length > 0 || !signing) throw new ConfigError(problems);
  const key = signing;
  return { signingKey: async () => key, publicKeys: async () => publicKeys };

  function attempt<T>(index: number, key: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      problems.push(
        configProblemAt(config, `backend.auth.pluginKeyStore.static.keys[${index}].${key}`, {
          what: isOfOpenSsl(error) ? 'holds no such key' : (error as Error).message,
          suggestion: 'Public keys are SPKI, private ones PKCS#8, both PEM.',
        }),
      );
      return undefined;
    }
  }
}

/** The text of a PEM file. What it holds appears in no message. */
function readPem(file: string, header: RegExp): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, {
      cause: error,
    });
  }
  if (!header.test(text)) throw new Error('holds no such key');
  return text;
}

function isOfOpenSsl(error: unknown): boolean {
  return /^ERR_OSSL/.test(String((error as NodeJS.ErrnoException).code));
}

function fits(key: KeyObject, jwk: JsonObject, algorithm: string): boolean {
  if (algorithm in curves) return jwk['crv'] === curves[algorithm];
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return jwk['crv'] === 'Ed25519';
  return jwk['kty'] === 'RSA' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= minimumRsaBits;
}
