/** The keys of our tokens: how they are made, and how they sign. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  leastModulusLength,
  signatureParameters,
  type ActiveSigningKey,
  type SigningAlgorithm,
} from '@vestibule/plugin-auth-node';

/** Makes a key pair. */
export function generateSigningKey(algorithm: SigningAlgorithm): {
  publicKey: KeyObject;
  privateKey: KeyObject;
} {
  const { curve } = signatureParameters[algorithm];
  if (curve === undefined) return generateKeyPairSync('rsa', { modulusLength: leastModulusLength });
  return curve === 'ed25519' ? generateKeyPairSync(curve) : generateKeyPairSync('ec', { namedCurve: curve });
}

/** A key that is held here and signs with `node:crypto`, which is about eight times as fast as WebCrypto. */
export function activeKey(options: {
  kid: string;
  algorithm: SigningAlgorithm;
  privateKey: KeyObject;
}): ActiveSigningKey {
  const { kid, algorithm, privateKey } = options;
  const { digest, options: how } = signatureParameters[algorithm];
  const input = { key: privateKey, ...how };
  return { kid, algorithm, sign: async (data) => Promise.resolve(sign(digest, data, input)) };
}
