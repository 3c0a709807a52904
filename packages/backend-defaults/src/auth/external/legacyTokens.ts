/**
 * `type: legacy`, and `backend.auth.keys`: tokens that callers sign with a secret shared with us (HS256, `sub`
 * `backstage-server`, no `aud`). The secret verifies nothing else, and nothing else verifies these tokens.
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { ExternalTokens } from './externalTokens.ts';
import type { LegacyAccessOptions } from './externalAccessConfig.ts';

const algorithm = 'HS256';
const claimedSubject = 'backstage-server';

export function createLegacyTokens(
  { secret, subject }: LegacyAccessOptions,
  clock: ClockService,
): ExternalTokens {
  // Reads both alphabets of base64.
  const key = Uint8Array.from(Buffer.from(secret, 'base64url'));
  return {
    async verify(token) {
      try {
        const { sub, aud } = decodeJwt(token);
        if (decodeProtectedHeader(token).alg !== algorithm || sub !== claimedSubject || aud) return undefined;
        // The algorithm comes from here, not from the token (RFC 8725 section 3.1).
        await jwtVerify(token, key, { algorithms: [algorithm], currentDate: new Date(clock.now()) });
        return subject;
      } catch {
        return undefined;
      }
    },
  };
}
