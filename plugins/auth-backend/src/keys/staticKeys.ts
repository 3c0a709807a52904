/**
 * The key pairs that `auth.keyStore.static.keys` names, read once. What is wrong with a file is found before a token is
 * signed: every fault of every key, with its place in the config, and never with what the file holds.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError, configProblemAt, type Config, type ConfigProblem } from '@vestibule/backend-plugin-api';
import { keyFitsAlgorithm, type SigningAlgorithm } from '@vestibule/plugin-auth-node';
import { activeKey } from './algorithms.ts';
import type { OpenSigningKeys } from './signingKeys.ts';
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
    const publicKey = await readKey(entry.publicKeyFile, publicKeyFile);
    const privateKey = await readKey(entry.privateKeyFile, privateKeyFile);
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

async function readKey(path: string, kind: KeyFile): Promise<{ key: KeyObject } | Fault> {
  const fault = ({ message, suggestion }: Fault) => ({
    message: `names '${path}', which ${message}`,
    suggestion,
  });
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return fault({
      message: reasons[code] ?? `cannot be read (${code})`,
      suggestion: 'A relative path starts at the working directory of the backend, not at the config file.',
    });
  }
  if (kind.other.test(pem)) return fault(kind.ofOther);
  try {
    return { key: kind.parse(pem) };
  } catch {
    return fault(kind.ofNone);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder',
};

/** What a file must hold, and what is said of one that holds something else. */
interface KeyFile {
  readonly parse: (pem: string) => KeyObject;
  /** What is easily taken for it. */
  readonly other: RegExp;
  readonly ofOther: Fault;
  readonly ofNone: Fault;
}

const derivation = 'openssl pkey -in private.key -pubout -out public.key';

const publicKeyFile: KeyFile = {
  parse: createPublicKey,
  // From a private key Node would derive the public one, and nobody would notice which file lies about.
  other: /PRIVATE KEY-----/,
  ofOther: { message: 'holds a private key', suggestion: `Derive the public one: ${derivation}` },
  ofNone: { message: 'holds no public key in PEM', suggestion: `Derive it: ${derivation}` },
};

const privateKeyFile: KeyFile = {
  parse: createPrivateKey,
  other: /-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m,
  ofOther: {
    message: 'holds an encrypted key',
    suggestion: 'Decrypt it: openssl pkcs8 -topk8 -nocrypt -in encrypted.key -out private.key',
  },
  ofNone: {
    message: 'holds no private key in PEM',
    suggestion: 'Make one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private.key',
  },
};

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
      suggestion: `Derive it: ${derivation}`,
    };
  }
  return undefined;
}

/** A key pair and how it is used. */
export interface FixedKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A set that never changes while the process lives: the first key signs, all are published and verify. */
export function createFixedKeys(keys: readonly [FixedKey, ...FixedKey[]]): OpenSigningKeys {
  const active = activeKey(keys[0]);
  const published = Buffer.from(
    JSON.stringify({
      keys: keys.map((key) => ({
        ...key.publicKey.export({ format: 'jwk' }),
        kid: key.kid,
        alg: key.algorithm,
        use: 'sig',
      })),
    }),
  );
  return {
    active: () => active,
    find: async (wanted) => Promise.resolve(keys.find((key) => key.kid === wanted)),
    publicKeySet: () => published,
    stop: () => undefined,
  };
}
