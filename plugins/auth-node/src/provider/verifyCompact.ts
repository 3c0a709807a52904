/**
 * The signature of a document in compact form (RFC 7515 section 7.1) under a provider's keys. jose says which key is meant
 * and imports it, once for each reading of the key set; `node:crypto` verifies on the spot, where WebCrypto would hand each
 * signature to another thread and wait for it, several times as long as the signature takes.
 */
import { KeyObject } from 'node:crypto';
import { errors, type JWSHeaderParameters } from 'jose';
import { bytesOfBase64Url } from '../signature/base64Url.ts';
import { isSignedBy, keyFitsAlgorithm, type SignatureAlgorithm } from '../signature/signatureAlgorithms.ts';
import type { ProviderKeys } from './providerKeySet.ts';

/** A header whose algorithm is one of those that are expected. */
export type SignedHeader = JWSHeaderParameters & { alg: SignatureAlgorithm };

/**
 * Verifies.
 *
 * @param header - That of the document. Extensions that it calls critical were refused.
 * @returns the payload.
 * @throws `JWKSNoMatchingKey` where no key is meant, `JWSSignatureVerificationFailed` where the key is not the signer's, and
 *   anything else for what no other key would mend.
 */
export async function verifyCompact(
  document: string,
  header: SignedHeader,
  keys: ProviderKeys,
): Promise<Uint8Array> {
  const [, payload, signature, more] = document.split('.');
  if (payload === undefined || signature === undefined || more !== undefined) {
    throw new errors.JWSInvalid('A compact JWS has three parts.');
  }
  const publicKey = KeyObject.from(await keys(header));
  const [payloadBytes, signatureBytes] = [bytesOfBase64Url(payload), bytesOfBase64Url(signature)];
  if (!payloadBytes || !signatureBytes) throw new errors.JWSInvalid('Payload and signature are base64url.');
  const { alg: algorithm } = header;
  if (publicKey.type !== 'public' || !keyFitsAlgorithm(algorithm, publicKey)) {
    throw new errors.JOSENotSupported(`The key cannot be used with ${algorithm}.`);
  }
  const input = document.slice(0, -1 - signature.length);
  if (isSignedBy({ algorithm, publicKey }, input, signatureBytes)) return payloadBytes;
  throw new errors.JWSSignatureVerificationFailed();
}
