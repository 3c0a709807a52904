/** The signature algorithms of our tokens (RFC 7518 section 3.1, RFC 8037): asymmetric only. */
import { generateKeyPairSync, sign, type KeyObject, type SignKeyObjectInput, constants } from 'node:crypto';
import type { ActiveSigningKey, SigningAlgorithm } from '@vestibule/plugin-auth-node';

const rsa = { modulusLength: 2048 };
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
// JOSE wants r and s side by side (RFC 7518 section 3.4), not OpenSSL's DER.
const ecdsa = { dsaEncoding: 'ieee-p1363' } as const;

interface Algorithm {
  readonly generate: () => { publicKey: KeyObject; privateKey: KeyObject };
  readonly digest: string | null;
  /** The curve of its keys; absent for RSA. */
  readonly curve?: string;
  readonly options: Omit<SignKeyObjectInput, 'key'>;
}

const algorithms = {
  ES256: {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    digest: 'sha256',
    curve: 'prime256v1',
    options: ecdsa,
  },
  ES384: {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    digest: 'sha384',
    curve: 'secp384r1',
    options: ecdsa,
  },
  ES512: {
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    digest: 'sha512',
    curve: 'secp521r1',
    options: ecdsa,
  },
  RS256: { generate: () => generateKeyPairSync('rsa', rsa), digest: 'sha256', options: {} },
  RS384: { generate: () => generateKeyPairSync('rsa', rsa), digest: 'sha384', options: {} },
  RS512: { generate: () => generateKeyPairSync('rsa', rsa), digest: 'sha512', options: {} },
  PS256: { generate: () => generateKeyPairSync('rsa', rsa), digest: 'sha256', options: pss },
  PS384: { generate: () => generateKeyPairSync('rsa', rsa), digest: 'sha384', options: pss },
  PS512: { generate: () => generateKeyPairSync('rsa', rsa), digest: 'sha512', options: pss },
  EdDSA: { generate: () => generateKeyPairSync('ed25519'), digest: null, curve: 'ed25519', options: {} },
} as const satisfies Record<SigningAlgorithm, Algorithm>;

/** Makes a key pair. */
export function generateSigningKey(algorithm: SigningAlgorithm): {
  publicKey: KeyObject;
  privateKey: KeyObject;
} {
  return algorithms[algorithm].generate();
}

/** A key that is held here and signs with `node:crypto`, which is about eight times as fast as WebCrypto. */
export function activeKey(options: {
  kid: string;
  algorithm: SigningAlgorithm;
  privateKey: KeyObject;
}): ActiveSigningKey {
  const { kid, algorithm, privateKey } = options;
  const { digest, options: how } = algorithms[algorithm];
  const input = { key: privateKey, ...how };
  return { kid, algorithm, sign: async (data) => Promise.resolve(sign(digest, data, input)) };
}

/** Whether a key, public or private, can be used with the algorithm (RFC 7518 sections 3.3 to 3.5: RSA from 2048 bits). */
export function keyFitsAlgorithm(algorithm: SigningAlgorithm, key: KeyObject): boolean {
  const { curve }: Algorithm = algorithms[algorithm];
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (curve === undefined) return type === 'rsa' && (details?.modulusLength ?? 0) >= rsa.modulusLength;
  return type === 'ec' ? details?.namedCurve === curve : type === curve;
}
