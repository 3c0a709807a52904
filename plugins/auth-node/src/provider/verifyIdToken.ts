/**
 * Verifies ID tokens: every check of OpenID Connect Core 1.0 section 3.1.3.7, `at_hash` (3.1.3.8), and the rules of RFC
 * 8725 for whoever reads a JWT. The signature is always verified, although section 3.1.3.7 would allow TLS to stand in
 * for it in the code flow: a proxy that ends TLS, or a mistyped metadata URL, must not be able to name people.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClockService } from '@vestibule/backend-plugin-api';
import { compactVerify, decodeProtectedHeader, errors, type CompactJWSHeaderParameters } from 'jose';
import { ProviderAnswerInvalidError } from '../errors.ts';
import type { ProviderKeySet } from './providerKeySet.ts';

/** How far the provider's clock may be ahead of ours. */
const maxClockSkewSeconds = 60;
// OpenID Connect Core 1.0 section 2: "It MUST NOT exceed 255 ASCII characters in length."
const maxSubjectLength = 255;

/** With which algorithms an ID token may be signed: asymmetric ones only. @public */
export const idTokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** One of {@link idTokenAlgorithms}. @public */
export type IdTokenAlgorithm = (typeof idTokenAlgorithms)[number];

/** The claims of a verified ID token. Those not named here are unchecked. @public */
export interface IdTokenClaims {
  iss: string;
  /** 1 to 255 characters. */
  sub: string;
  aud: string | string[];
  /** Seconds since the epoch. */
  exp: number;
  iat: number;
  nonce?: string;
  [claim: string]: unknown;
}

/** What an ID token must match. @public */
export interface IdTokenExpectations {
  keySet: ProviderKeySet;
  /** As the provider's metadata names it; compared exactly. */
  issuer: string;
  clientId: string;
  /** From config, never from the token. */
  algorithms: readonly IdTokenAlgorithm[];
  /**
   * The nonce of the sign-in. A token from a refresh need not carry it (OpenID Connect Core 1.0 section 12.2): then
   * `{ ifPresent: nonce }`, or `{ ifPresent: undefined }` where the nonce is not known any more.
   */
  nonce: string | { ifPresent: string | undefined };
  /** Who it must be, at a refresh. */
  subject?: string;
  /** The access token that came with it, for `at_hash`. */
  accessToken?: string;
  /** What was asked for with `max_age`; then `auth_time` must be there. */
  maxAgeSeconds?: number;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
  signal: AbortSignal;
}

/**
 * Verifies an ID token.
 *
 * @throws `ERR_PROVIDER_ANSWER_INVALID` with the failed check as its hint; nothing in the token may be used then.
 *   `ERR_PROVIDER_UNAVAILABLE` where the provider's keys cannot be read.
 * @public
 */
export async function verifyIdToken(idToken: string, expected: IdTokenExpectations): Promise<IdTokenClaims> {
  checkHeader(idToken, expected.algorithms);
  const { payload, protectedHeader } = await verifySignature(idToken, expected);
  const claims = parseClaims(payload);
  const nowSeconds = Math.floor(expected.now() / 1000);

  check(claims.iss === expected.issuer, 'iss');
  checkAudience(claims, expected.clientId);
  const { exp, iat, nbf, sub } = claims;
  check(isTime(exp) && exp > nowSeconds, 'exp');
  check(isTime(iat) && iat <= nowSeconds + maxClockSkewSeconds, 'iat');
  check(nbf === undefined || (isTime(nbf) && nbf <= nowSeconds + maxClockSkewSeconds), 'nbf');
  check(typeof sub === 'string' && sub.length > 0 && sub.length <= maxSubjectLength, 'sub');
  check(expected.subject === undefined || sub === expected.subject, 'sub');
  checkNonce(claims.nonce, expected.nonce);
  checkAuthenticationTime(claims.auth_time, expected.maxAgeSeconds, nowSeconds);
  if (claims.at_hash !== undefined && expected.accessToken !== undefined) {
    check(isHashOf(claims.at_hash, expected.accessToken, protectedHeader.alg), 'at_hash');
  }
  return claims as IdTokenClaims;
}

/** Before anything else: what the header may ask for (RFC 8725 sections 3.1, 3.10 and 3.11). */
function checkHeader(idToken: string, algorithms: readonly string[]): void {
  let header;
  try {
    header = decodeProtectedHeader(idToken);
  } catch {
    throw invalid('form');
  }
  const { alg, typ } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    const shown = typeof alg === 'string' && /^[A-Za-z0-9]{1,10}$/.test(alg) ? alg : 'another one';
    throw invalid('alg', `The configured algorithm is ${algorithms.join(', ')}; the token names ${shown}.`);
  }
  // Keys come from the provider's key set, extensions are not known here.
  for (const name of ['crit', 'jwk', 'jku', 'x5u']) check(!Object.hasOwn(header, name), `header ${name}`);
  // A token of another kind is typed as such, for example at+jwt or logout+jwt.
  check(typ === undefined || (typeof typ === 'string' && /^(?:application\/)?jwt$/i.test(typ)), 'header typ');
}

async function verifySignature(
  idToken: string,
  { keySet, algorithms, signal }: IdTokenExpectations,
): Promise<{ payload: Uint8Array; protectedHeader: CompactJWSHeaderParameters }> {
  const options = { algorithms: [...algorithms] };
  const keys = await keySet.get(signal);
  try {
    return await compactVerify(idToken, keys, options);
  } catch (error) {
    const isKeyUnknown = error instanceof errors.JWKSNoMatchingKey;
    // A key that does not fit may be a rotation as well: providers also reuse an id, or name none.
    if (!isKeyUnknown && !(error instanceof errors.JWSSignatureVerificationFailed))
      throw invalid('signature');
    const newer = await keySet.newerThan(keys, signal).catch((unavailable: unknown) => {
      // A signature that does not fit has failed its check, whether or not the keys can be read again.
      throw isKeyUnknown ? unavailable : invalid('signature');
    });
    return await compactVerify(idToken, newer, options).catch(() => {
      throw invalid('signature');
    });
  }
}

function parseClaims(payload: Uint8Array): Partial<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { ...claims };
  } catch {
    // Told below; the parser's message quotes the token.
  }
  throw invalid('payload');
}

/** Rules 3 to 5 of section 3.1.3.7. */
function checkAudience({ aud, azp }: { aud?: unknown; azp?: unknown }, clientId: string): void {
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  check(audiences.every((audience) => typeof audience === 'string') && audiences.includes(clientId), 'aud');
  // With several audiences somebody else could have asked for the token; `azp` says who did.
  check(azp === clientId || (azp === undefined && audiences.length === 1), 'azp');
}

function checkNonce(nonce: unknown, expected: IdTokenExpectations['nonce']): void {
  if (typeof expected === 'string') return check(expected !== '' && nonce === expected, 'nonce');
  const { ifPresent } = expected;
  check(nonce === undefined || ifPresent === undefined || nonce === ifPresent, 'nonce');
}

function checkAuthenticationTime(
  authTime: unknown,
  maxAgeSeconds: number | undefined,
  nowSeconds: number,
): void {
  if (maxAgeSeconds === undefined) return;
  check(isTime(authTime) && authTime + maxAgeSeconds >= nowSeconds - maxClockSkewSeconds, 'auth_time');
}

/** The left half of the hash whose size the algorithm names; EdDSA, which names none, hashes with SHA-512. */
function isHashOf(hash: unknown, accessToken: string, algorithm: string): boolean {
  const bits = /(?:256|384|512)$/.exec(algorithm)?.[0] ?? '512';
  const digest = createHash(`sha${bits}`).update(accessToken, 'ascii').digest();
  const wanted = Buffer.from(digest.subarray(0, digest.length / 2).toString('base64url'));
  const given = Buffer.from(typeof hash === 'string' ? hash : '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function check(holds: boolean, name: string): void {
  if (!holds) throw invalid(name);
}

function invalid(name: string, detail?: string): ProviderAnswerInvalidError {
  return new ProviderAnswerInvalidError(
    `ID token ${name}`,
    detail === undefined
      ? {}
      : {
          hint: `Failed check: ID token ${name}. ${detail}`,
        },
  );
}
