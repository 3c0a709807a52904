/**
 * Verifies ID tokens: every check of OpenID Connect Core 1.0 section 3.1.3.7, `at_hash` (3.1.3.8), and the rules of RFC
 * 8725 for whoever reads a JWT. The signature is always verified, although section 3.1.3.7 would allow TLS to stand in
 * for it in the code flow: a proxy that ends TLS, or a mistyped metadata URL, must not be able to name people.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { ProviderKeySet } from './providerKeySet.ts';
import {
  checksOf,
  clockCheck,
  isTime,
  maxClockSkewSeconds,
  verifySignedDocument,
  type OpenIdConfigKeys,
} from './verifySignedDocument.ts';

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
  /** What an operator can change, named where a check fails. Default: nothing. */
  configKeys?: OpenIdConfigKeys;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
  signal: AbortSignal;
}

const { check } = checksOf('ID token');

/**
 * Verifies an ID token. Members that are `null` or empty count as missing.
 *
 * @throws `ERR_PROVIDER_ANSWER_INVALID` with the failed check as its hint; nothing in the token may be used then.
 *   `ERR_PROVIDER_UNAVAILABLE` where the provider's keys cannot be read.
 * @public
 */
export async function verifyIdToken(idToken: string, expected: IdTokenExpectations): Promise<IdTokenClaims> {
  const { configKeys: keys = {}, keySet, algorithms, signal } = expected;
  const { claims, algorithm } = await verifySignedDocument(
    idToken,
    { keySet, algorithms, algorithmKey: keys.idTokenAlgorithm, signal },
    checksOf('ID token'),
  );
  const nowSeconds = Math.floor(expected.now() / 1000);
  for (const name of ['iss', 'aud', 'exp', 'iat', 'sub']) {
    check(claims[name] !== undefined, name, {
      given: undefined,
      isMalformed: true,
      advice: 'It is missing.',
    });
  }

  check(claims['iss'] === expected.issuer, 'iss', {
    expected: expected.issuer,
    given: claims['iss'],
    key: keys.issuer,
    ...(keys.metadataUrl !== undefined && {
      advice: `Compare ${keys.metadataUrl} with the provider: the token is of another issuer than its metadata.`,
    }),
  });
  checkAudience(claims, expected.clientId, keys.clientId);
  const { exp, iat, nbf, sub } = claims;
  check(isTime(exp) && exp > nowSeconds, 'exp', clockCheck('after', exp, nowSeconds));
  const latest = nowSeconds + maxClockSkewSeconds;
  check(isTime(iat) && iat <= latest, 'iat', clockCheck('at most a minute after', iat, nowSeconds));
  check(
    nbf === undefined || (isTime(nbf) && nbf <= latest),
    'nbf',
    clockCheck('at most a minute after', nbf, nowSeconds),
  );
  check(typeof sub === 'string' && sub.length <= maxSubjectLength, 'sub', {
    expected: `a text of at most ${maxSubjectLength} characters`,
  });
  // Whose they are stays between the provider and the session.
  check(expected.subject === undefined || sub === expected.subject, 'sub', {
    expected: 'the subject of the session',
    given: 'another one',
  });
  checkNonce(claims['nonce'], expected.nonce);
  checkAuthenticationTime(claims['auth_time'], expected.maxAgeSeconds, nowSeconds);
  if (claims['at_hash'] !== undefined && expected.accessToken !== undefined) {
    check(isHashOf(claims['at_hash'], expected.accessToken, algorithm), 'at_hash', {
      expected: 'the hash of the access token that came with it',
      given: 'another one',
    });
  }
  return claims as IdTokenClaims;
}

/** Rules 3 to 5 of section 3.1.3.7. */
function checkAudience(
  { aud, azp }: { aud?: unknown; azp?: unknown },
  clientId: string,
  key: string | undefined,
): void {
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  const isForUs = audiences.every((audience) => typeof audience === 'string') && audiences.includes(clientId);
  const advice = key === undefined ? {} : { advice: `Compare ${key} with the provider.` };
  check(isForUs, 'aud', { expected: clientId, given: aud, key, ...advice });
  // With several audiences somebody else could have asked for the token; `azp` says who did.
  check(azp === clientId || (azp === undefined && audiences.length === 1), 'azp', {
    expected: clientId,
    given: azp,
    key,
  });
}

function checkNonce(nonce: unknown, expected: IdTokenExpectations['nonce']): void {
  const failure = {
    expected: 'the nonce of this sign-in',
    given: nonce === undefined ? undefined : 'another one',
  };
  if (typeof expected === 'string') return check(expected !== '' && nonce === expected, 'nonce', failure);
  const { ifPresent } = expected;
  check(nonce === undefined || ifPresent === undefined || nonce === ifPresent, 'nonce', failure);
}

function checkAuthenticationTime(
  authTime: unknown,
  maxAgeSeconds: number | undefined,
  nowSeconds: number,
): void {
  if (maxAgeSeconds === undefined) return;
  const oldest = nowSeconds - maxAgeSeconds;
  check(
    isTime(authTime) && authTime >= oldest - maxClockSkewSeconds,
    'auth_time',
    clockCheck(`at most ${maxAgeSeconds} seconds (max_age) before`, authTime, nowSeconds),
  );
}

/** The left half of the hash whose size the algorithm names; EdDSA, which names none, hashes with SHA-512. */
function isHashOf(hash: unknown, accessToken: string, algorithm: string): boolean {
  const bits = /(?:256|384|512)$/.exec(algorithm)?.[0] ?? '512';
  const digest = createHash(`sha${bits}`).update(accessToken, 'ascii').digest();
  const wanted = Buffer.from(digest.subarray(0, digest.length / 2).toString('base64url'));
  const given = Buffer.from(typeof hash === 'string' ? hash : '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
