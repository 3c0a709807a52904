/** The service `vestibule.auth.signingKeys`: the keys that sign our tokens. */
import type { KeyObject } from 'node:crypto';
import { createServiceRef } from '@vestibule/backend-plugin-api';
import { defaultServiceFactory } from './defaultServices.ts';

/** The algorithms for our tokens (RFC 7518 section 3.1, RFC 8037), as a discovery document lists them: asymmetric only. @public */
export const signingAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const;

/** An algorithm for our tokens. @public */
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A key that may sign now. @public */
export interface ActiveSigningKey {
  /** The `kid` by which verifiers find the public half. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /**
   * Signs. The private half never leaves whoever has it, which may be a key management service or an HSM.
   *
   * @param data - A JWS signing input (RFC 7515 section 5.1), in ASCII.
   * @returns the bytes of the signature as a JWS has them: of ECDSA, r and s side by side (RFC 7518 section 3.4). A rejection
   *   is an outage: sign-in refuses with `ERR_AUTH_UNAVAILABLE`, and no session ends by it.
   */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** The public half of a key that signed, or may still sign. @public */
export interface VerificationKey {
  readonly publicKey: KeyObject;
  readonly algorithm: SigningAlgorithm;
}

/**
 * The keys that sign our tokens. Replace it with one factory for {@link signingKeysServiceRef}.
 *
 * A key stands in {@link SigningKeysService.publicKeySet} before its first use, and until the last token it signed has
 * expired: verifiers may keep a key set for 10 minutes, and a token lives for at most a day. What replicas sign, each of them
 * verifies. A store that goes away later stops neither signing nor verifying.
 *
 * @public
 */
export interface SigningKeysService {
  /**
   * Resolves once there is a key to sign with; the other methods are for afterwards. Sign-in awaits it while it starts, after
   * the config was judged, so that a factory asks no store. A later call resolves at once, or tries again what failed.
   */
  ready(): Promise<void>;
  /** The key to sign with. */
  active(): ActiveSigningKey;
  /** The key behind a `kid`, whatever its age; `undefined` for one that is none of ours. Never rejects for want of a store. */
  find(kid: string): Promise<VerificationKey | undefined>;
  /** The key set (RFC 7517 section 5) as the bytes of its JSON. Public halves only. */
  publicKeySet(): Buffer;
}

/**
 * The keys that sign our tokens. By default what `auth.keyStore` says: the database, shared by all replicas and rotated; files;
 * or the memory of the process.
 *
 * @public
 */
export const signingKeysServiceRef = createServiceRef<SigningKeysService>({
  id: 'vestibule.auth.signingKeys',
  defaultFactory: async () => defaultServiceFactory('signingKeysServiceFactory'),
});
