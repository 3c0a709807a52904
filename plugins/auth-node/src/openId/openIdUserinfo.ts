/**
 * The userinfo endpoint (OpenID Connect Core 1.0 section 5.3): a JSON object, or the same signed, as a JSON Web Token with
 * the content type `application/jwt` (section 5.3.2). What is signed is verified; what is encrypted cannot be read here.
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import {
  callProvider,
  jsonObjectOf,
  unreadable,
  type ProviderCallOptions,
} from '../provider/providerCalls.ts';
import type { ProviderKeySet } from '../provider/providerKeySet.ts';
import {
  checksOf,
  clockCheck,
  isTime,
  maxClockSkewSeconds,
  verifySignedDocument,
  type OpenIdConfigKeys,
} from '../provider/verifySignedDocument.ts';
import type { SignatureAlgorithm } from '../signature/signatureAlgorithms.ts';

/** What a userinfo document must match. */
export interface UserinfoExpectations {
  endpoint: string;
  accessToken: string;
  /** That of the ID token, or of the session. */
  subject: string;
  issuer: string;
  clientId: string;
  /** With which algorithms the document may be signed: from config, or else from the metadata. */
  algorithms: readonly SignatureAlgorithm[];
  /** Whether config says that the document is signed; then no other will do. */
  mustBeSigned: boolean;
  keySet: ProviderKeySet;
  configKeys: OpenIdConfigKeys;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
}

const { check, invalid } = checksOf('userinfo');

/**
 * @returns The document, without members that are `null` or empty; its `sub` is the subject.
 * @throws `ERR_PROVIDER_ANSWER_UNREADABLE` for what is neither JSON nor signed; `ERR_PROVIDER_ANSWER_INVALID` where a check
 *   fails: then nothing of it may be used. What the call itself throws.
 */
export async function readUserinfo(
  expected: UserinfoExpectations,
  call: ProviderCallOptions,
): Promise<Record<string, unknown> & { sub: string }> {
  const { endpoint, accessToken, mustBeSigned, configKeys } = expected;
  const init = {
    method: 'GET',
    headers: {
      authorization: `Bearer ${accessToken}`,
      accept: mustBeSigned ? 'application/jwt' : 'application/json, application/jwt;q=0.9',
    },
  };
  const response = await callProvider(endpoint, init, call);
  const isSigned = /^application\/jwt\s*(?:;|$)/i.test(response.headers['content-type'] ?? '');
  check(isSigned || !mustBeSigned, 'form', {
    expected: 'a signed document (application/jwt)',
    given: response.headers['content-type'],
    key: configKeys.userinfoAlgorithm,
  });
  const claims = isSigned
    ? await verifiedClaims(response.text.trim(), expected, call.signal)
    : jsonObjectOf(endpoint, response, init);
  const { sub } = claims;
  if (typeof sub !== 'string') {
    throw invalid('sub', {
      given: sub,
      isMalformed: true,
      advice: 'Every userinfo document names its subject.',
    });
  }
  // OpenID Connect Core 1.0 section 5.3.2: a sub that differs makes the document somebody else's.
  check(sub === expected.subject, 'sub', { expected: 'that of the ID token', given: 'another one' });
  return Object.assign({}, claims, { sub });
}

async function verifiedClaims(
  document: string,
  expected: UserinfoExpectations,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { endpoint, algorithms, keySet, issuer, clientId, configKeys } = expected;
  // RFC 7516 section 9: five parts are an encrypted document.
  if (document.split('.').length === 5) {
    throw unreadable(
      endpoint,
      'the document is encrypted, and this portal has no key to open it; have the provider sign it only (userinfo_encrypted_response_alg)',
    );
  }
  const { claims } = await verifySignedDocument(
    document,
    { keySet, algorithms, algorithmKey: configKeys.userinfoAlgorithm, signal },
    checksOf('userinfo'),
  );
  const { iss, aud, exp, iat, nbf } = claims;
  const nowSeconds = Math.floor(expected.now() / 1000);
  const latest = nowSeconds + maxClockSkewSeconds;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  check(iss === undefined || iss === issuer, 'iss', { expected: issuer, given: iss, key: configKeys.issuer });
  check(aud === undefined || audiences.includes(clientId), 'aud', {
    expected: clientId,
    given: aud,
    key: configKeys.clientId,
  });
  check(exp === undefined || (isTime(exp) && exp > nowSeconds), 'exp', clockCheck('after', exp, nowSeconds));
  for (const [name, time] of [
    ['iat', iat],
    ['nbf', nbf],
  ] as const) {
    const isPast = time === undefined || (isTime(time) && time <= latest);
    check(isPast, name, clockCheck('at most a minute after', time, nowSeconds));
  }
  return claims;
}
