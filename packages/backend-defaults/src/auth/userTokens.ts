/**
 * Verifies the auth plugin's user tokens, full and limited, with the keys at `<auth>/.well-known/jwks.json`.
 *
 * The issuer is not compared: which keys are trusted is decided by where they are read, and a backend may be known under
 * several addresses. What was verified is remembered until the token ends, and for 5 minutes at most, so that a key that
 * was withdrawn is soon without effect.
 */
import {
  CodedError,
  createExpiringMap,
  statusOfError,
  type ClockService,
} from '@vestibule/backend-plugin-api';
import { jwtVerify } from 'jose';
import { tokenInvalid } from './errors.ts';
import type { RemoteKeySet } from './remoteKeySet.ts';
import { claimedType, signatureAlgorithms, tokenHash, tokenTypes } from './tokens.ts';

const rememberMilliseconds = 5 * 60 * 1000;
const maxRemembered = 2000;

export interface VerifiedUser {
  userEntityRef: string;
  expiresAtEpochSeconds: number;
  isLimited: boolean;
}

export interface UserTokens {
  /** What was verified a moment ago, by the hash of the token. */
  known(hash: string): VerifiedUser | undefined;
  /**
   * @returns `undefined` when the token does not say that it is a user's.
   * @throws AuthenticationError `ERR_TOKEN_INVALID`: a check failed, nothing in the token may be believed.
   */
  verify(token: string): Promise<VerifiedUser | undefined>;
}

export function createUserTokens(keySet: RemoteKeySet, clock: ClockService): UserTokens {
  const verified = createExpiringMap<VerifiedUser>({ clock, maxEntries: maxRemembered });
  return {
    known: (hash) => verified.get(hash),
    async verify(token) {
      const typ = claimedType(token);
      if (typ !== tokenTypes.user && typ !== tokenTypes.limitedUser) return undefined;
      const key = tokenHash(token);
      const known = verified.get(key);
      if (known) return known;

      const user = await check(token, typ, keySet, clock.now());
      verified.set(
        key,
        user,
        Math.min(user.expiresAtEpochSeconds * 1000, clock.now() + rememberMilliseconds),
      );
      return user;
    },
  };
}

async function check(
  token: string,
  typ: string,
  keySet: RemoteKeySet,
  nowMilliseconds: number,
): Promise<VerifiedUser> {
  const isLimited = typ === tokenTypes.limitedUser;
  try {
    const { payload } = await jwtVerify(token, async (header) => keySet.getKey(header), {
      algorithms: signatureAlgorithms,
      typ,
      requiredClaims: ['iat', 'exp', 'sub'],
      currentDate: new Date(nowMilliseconds),
      // Limited tokens carry no audience.
      ...(!isLimited && { audience: 'backstage' }),
    });
    if (typeof payload.sub !== 'string' || payload.sub === '' || payload.exp === undefined) {
      throw new Error('the token has no subject');
    }
    return { userEntityRef: payload.sub, expiresAtEpochSeconds: payload.exp, isLimited };
  } catch (error) {
    if (error instanceof CodedError && statusOfError(error) === 503) throw error;
    throw tokenInvalid('Failed user token verification', error);
  }
}
