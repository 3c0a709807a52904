/**
 * Verifies logout tokens, by which a provider tells that a session of its own has ended: every step of OpenID Connect
 * Back-Channel Logout 1.0 section 2.6, but that a token counts once, which takes a memory.
 */
import { isObject, type ClockService } from '@vestibule/backend-plugin-api';
import type { ProviderKeySet } from './providerKeySet.ts';
import type { IdTokenAlgorithm } from './verifyIdToken.ts';
import {
  checksOf,
  clockCheck,
  isTime,
  maxClockSkewSeconds,
  verifySignedDocument,
  type OpenIdConfigKeys,
} from './verifySignedDocument.ts';

// Section 2.4.
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const longestIdentifier = 255;

/** What a verified logout token says. `subject`, `sessionId` or both are there. @public */
export interface LogoutToken {
  issuer: string;
  /** Of the person: without `sessionId`, all of their sessions end. */
  subject?: string;
  /** The claim `sid`, as ID tokens of that session have it. */
  sessionId?: string;
  /** The claim `jti`: a token counts once. */
  tokenId: string;
  /** Milliseconds since the epoch. Afterwards the token is refused in any case. */
  expiresAt: number;
}

/** What a logout token must match. */
export interface LogoutTokenExpectations {
  keySet: ProviderKeySet;
  /** As the provider's metadata names it; compared exactly. */
  issuer: string;
  clientId: string;
  /** Those of ID tokens (section 2.6, step 3). */
  algorithms: readonly IdTokenAlgorithm[];
  /** What an operator can change, named where a check fails. Default: nothing. */
  configKeys?: OpenIdConfigKeys;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
  signal: AbortSignal;
}

const checks = checksOf('logout token');
const { check } = checks;

/**
 * Verifies a logout token.
 *
 * @throws `ERR_PROVIDER_ANSWER_INVALID` with the failed check as its hint; nothing in the token may be used then.
 *   `ERR_PROVIDER_UNAVAILABLE` where the provider's keys cannot be read.
 */
export async function verifyLogoutToken(
  logoutToken: string,
  expected: LogoutTokenExpectations,
): Promise<LogoutToken> {
  const { configKeys: keys = {}, keySet, algorithms, signal, issuer, clientId } = expected;
  const { claims } = await verifySignedDocument(
    logoutToken,
    { keySet, algorithms, algorithmKey: keys.idTokenAlgorithm, typed: 'logout+jwt', signal },
    checks,
  );
  const { iss, aud, exp, iat, sub, sid, jti, events } = claims;
  const nowSeconds = Math.floor(expected.now() / 1000);
  check(iss === issuer, 'iss', { expected: issuer, given: iss, key: keys.issuer });
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  const isForUs = audiences.every((one) => typeof one === 'string') && audiences.includes(clientId);
  check(isForUs, 'aud', { expected: clientId, given: aud, key: keys.clientId });
  check(isTime(exp) && exp > nowSeconds, 'exp', clockCheck('after', exp, nowSeconds));
  check(
    isTime(iat) && iat <= nowSeconds + maxClockSkewSeconds,
    'iat',
    clockCheck('at most a minute after', iat, nowSeconds),
  );
  check(sub !== undefined || sid !== undefined, 'sub', { expected: 'sub, sid or both', given: undefined });
  for (const [name, value] of Object.entries({ sub, sid })) {
    check(value === undefined || isIdentifier(value), name, {
      expected: `a text of at most ${longestIdentifier} characters`,
    });
  }
  check(isIdentifier(jti), 'jti', { expected: `a text of at most ${longestIdentifier} characters` });
  // With `null` or an empty value members count as missing, which an object without members is not.
  check(isObject(events) && isObject(events[logoutEvent]), 'events', {
    expected: `an object with the member ${logoutEvent}, an object`,
  });
  // What an ID token has, so that none is taken for a logout token. Even an empty one is refused.
  check(!hasNonce(logoutToken), 'nonce', { expected: 'none', given: 'one' });
  return {
    issuer,
    ...(typeof sub === 'string' && { subject: sub }),
    ...(typeof sid === 'string' && { sessionId: sid }),
    tokenId: jti as string,
    expiresAt: (exp as number) * 1000,
  };
}

function isIdentifier(value: unknown): boolean {
  return typeof value === 'string' && value.length <= longestIdentifier;
}

/** As the token has it: of the claims, those that are empty have been left out. Its payload has been parsed before. */
function hasNonce(logoutToken: string): boolean {
  const payload = Buffer.from(logoutToken.split('.')[1] ?? '', 'base64url').toString();
  return Object.hasOwn(JSON.parse(payload) as object, 'nonce');
}
