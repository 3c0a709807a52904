/**
 * The key pairs that `auth.keyStore.static.keys` names, read once. What is wrong with a file is found before a token is
 * signed: every fault of every key, with its place in the config, and never with what the file holds.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError, configProblemAt, type Config, type ConfigProblem } from '@vestibule/backend-plugin-api';
import type { SigningAlgorithm } from '@vestibule/plugin-auth-node';
import { keyFitsAlgorithm } from './algorithms.ts';
import type { FixedKey } from './fixedKeys.ts';
import type { StaticKeySettings } from './keyStoreSchema.ts';

const keysPath = ['auth', 'keyStore', 'static', 'keys'] as const;

/** A file that cannot be used: what is said after its key, and the next step. */
interface Fault {
  readonly message: string;
  readonly suggestion?: string;
}

/**
 * Reads the key pairs.
 *
 * @param config - Tells where each entry stands.
 * @throws ConfigError `ERR_CONFIG_VALUE_INVALID` for each file that cannot be read, holds no such key, or does not fit.
 */
export async function readStaticKeys(
  entries: readonly StaticKeySettings[],
  config: Config,
): Promise<[FixedKey, ...FixedKey[]]> {
  const problems: ConfigProblem[] = [];
  const keys: FixedKey[] = [];
  for (const [index, entry] of entries.entries()) {
    const report = (key: keyof StaticKeySettings, { message: what, suggestion }: Fault) =>
      problems.push(configProblemAt(config, [...keysPath, index, key], { what, suggestion }));
    const { keyId: kid, algorithm = 'ES256' } = entry;
    const [publicKey, privateKey] = [
      await readKey(entry.publicKeyFile, parsePublicKey),
      await readKey(entry.privateKeyFile, parsePrivateKey),
    ];
    if ('message' in publicKey) report('publicKeyFile', publicKey);
    if ('message' in privateKey) report('privateKeyFile', privateKey);
    if ('message' in publicKey || 'message' in privateKey) continue;
    const misfit = misfitOf(algorithm, publicKey.key, privateKey.key);
    if (misfit) report(misfit.key, misfit);
    else keys.push({ kid, algorithm, publicKey: publicKey.key, privateKey: privateKey.key });
  }
  const [first, ...others] = keys;
  if (problems.length > 0 || !first) throw new ConfigError(problems);
  return [first, ...others];
}

async function readKey(
  path: string,
  parse: (pem: string) => KeyObject | Fault,
): Promise<{ key: KeyObject } | Fault> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const reason = reasons[code] ?? `cannot be read (${code})`;
    return {
      message: `names '${path}', which ${reason}`,
      suggestion: 'A relative path starts at the working directory of the backend, not at the config file.',
    };
  }
  const key = parse(pem);
  return 'message' in key ? { ...key, message: `names '${path}', which ${key.message}` } : { key };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder',
};

function parsePublicKey(pem: string): KeyObject | Fault {
  // From a private key Node would derive the public one, and nobody would notice which file lies about.
  if (pem.includes('PRIVATE KEY-----')) {
    return {
      message: 'holds a private key',
      suggestion: 'Derive the public one: openssl pkey -in private.key -pubout -out public.key',
    };
  }
  try {
    return createPublicKey(pem);
  } catch {
    return {
      message: 'holds no public key in PEM',
      suggestion: 'Derive it: openssl pkey -in private.key -pubout -out public.key',
    };
  }
}

function parsePrivateKey(pem: string): KeyObject | Fault {
  if (/-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    return {
      message: 'holds an encrypted key',
      suggestion: 'Decrypt it: openssl pkcs8 -topk8 -nocrypt -in encrypted.key -out private.key',
    };
  }
  try {
    return createPrivateKey(pem);
  } catch {
    return {
      message: 'holds no private key in PEM',
      suggestion: 'Make one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private.key',
    };
  }
}

function misfitOf(
  algorithm: SigningAlgorithm,
  publicKey: KeyObject,
  privateKey: KeyObject,
): (Fault & { key: 'algorithm' | 'publicKeyFile' }) | undefined {
  if (!keyFitsAlgorithm(algorithm, privateKey)) {
    const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = privateKey;
    const size = details?.namedCurve ?? (details?.modulusLength && `${details.modulusLength} bits`);
    return {
      key: 'algorithm',
      message: `is ${algorithm}, which cannot be done with the key: ${type}${size ? `, ${size}` : ''}`,
      suggestion:
        'ES256, ES384 and ES512 take EC keys on P-256, P-384 and P-521; RS and PS take RSA keys of 2048 bits or more; EdDSA takes Ed25519.',
    };
  }
  if (!createPublicKey(privateKey).equals(publicKey)) {
    return {
      key: 'publicKeyFile',
      message: 'is not the public key of privateKeyFile: no token would verify',
      suggestion: 'Derive it: openssl pkey -in private.key -pubout -out public.key',
    };
  }
  return undefined;
}
