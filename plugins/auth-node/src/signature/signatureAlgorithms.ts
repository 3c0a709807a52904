/**
 * The signature algorithms of our tokens and of what providers sign (RFC 7518 section 3.1, RFC 8037, RFC 9864), as
 * `node:crypto` does them: asymmetric only.
 */
import { constants, verify, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import type { SigningAlgorithm } from '../services/signingKeys.ts';

/** An algorithm of {@link signatureParameters}: those for our tokens, and the other name of EdDSA. @public */
export type SignatureAlgorithm = SigningAlgorithm | 'Ed25519';

/** What `node:crypto` is told for an algorithm. @public */
export interface SignatureParameters {
  readonly digest: string | null;
  /** The curve of its keys; absent for RSA. */
  readonly curve?: string;
  readonly options: Omit<SignKeyObjectInput, 'key'>;
}

/** The least size of an RSA key, in bits (RFC 7518 sections 3.3 and 3.5). @public */
export const leastModulusLength = 2048;

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
// JOSE wants r and s side by side (RFC 7518 section 3.4), not OpenSSL's DER.
const sideBySide = { dsaEncoding: 'ieee-p1363' } as const;
const ed25519 = { digest: null, curve: 'ed25519', options: {} };

/** How each algorithm signs and verifies. @public */
export const signatureParameters: Readonly<Record<SignatureAlgorithm, SignatureParameters>> = {
  ES256: { digest: 'sha256', curve: 'prime256v1', options: sideBySide },
  ES384: { digest: 'sha384', curve: 'secp384r1', options: sideBySide },
  ES512: { digest: 'sha512', curve: 'secp521r1', options: sideBySide },
  RS256: { digest: 'sha256', options: {} },
  RS384: { digest: 'sha384', options: {} },
  RS512: { digest: 'sha512', options: {} },
  PS256: { digest: 'sha256', options: pss },
  PS384: { digest: 'sha384', options: pss },
  PS512: { digest: 'sha512', options: pss },
  EdDSA: ed25519,
  Ed25519: ed25519,
};

/** Whether a key, public or private, can be used with the algorithm (RFC 7518 sections 3.3 to 3.5, RFC 8037). @public */
export function keyFitsAlgorithm(algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  const { curve } = signatureParameters[algorithm];
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (curve === undefined) return type === 'rsa' && (details?.modulusLength ?? 0) >= leastModulusLength;
  return type === 'ec' ? details?.namedCurve === curve : type === curve;
}

/**
 * Whether a signature is the key's, in the form that a JWS has. The caller has seen that the key fits the algorithm.
 *
 * @param input - A JWS signing input (RFC 7515 section 5.1).
 * @public
 */
export function isSignedBy(
  { algorithm, publicKey }: { readonly algorithm: SignatureAlgorithm; readonly publicKey: KeyObject },
  input: string,
  signature: Uint8Array,
): boolean {
  const { digest, options } = signatureParameters[algorithm];
  return verify(digest, Buffer.from(input), { key: publicKey, ...options }, signature);
}
