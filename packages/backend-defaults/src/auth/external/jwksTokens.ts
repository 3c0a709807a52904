/**
 * `type: jwks`: tokens of somebody else's issuer, verified with the keys that it publishes. The caller is
 * `external:<sub>`, or `external:<subjectPrefix>:<sub>`.
 *
 * The keys are asked for only when the token says that it is meant for this entry, so that strangers' tokens cause no calls.
 */
import {
  CodedError,
  createExpiringMap,
  statusOfError,
  type ClockService,
} from '@vestibule/backend-plugin-api';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { RemoteKeySet } from '../remoteKeySet.ts';
import { signatureAlgorithms, tokenHash } from '../tokens.ts';
import type { ExternalTokens } from './externalTokens.ts';
import { entriesOf, type JwksAccessOptions } from './externalAccessConfig.ts';

const rememberMilliseconds = 5 * 60 * 1000;
const maxRemembered = 2000;

export function createJwksTokens(
  options: JwksAccessOptions,
  keySet: RemoteKeySet,
  clock: ClockService,
): ExternalTokens {
  const algorithms = listOf(options.algorithm) ?? signatureAlgorithms;
  const issuer = listOf(options.issuer);
  const audience = listOf(options.audience);
  const prefix = options.subjectPrefix === undefined ? 'external:' : `external:${options.subjectPrefix}:`;
  const verified = createExpiringMap<string>({ clock, maxEntries: maxRemembered });

  return {
    async verify(token) {
      const cacheKey = tokenHash(token);
      const known = verified.get(cacheKey);
      if (known !== undefined) return known;
      try {
        if (!mayBeMeant(token)) return undefined;
        const { payload } = await jwtVerify(token, async (header) => keySet.getKey(header), {
          algorithms,
          currentDate: new Date(clock.now()),
          ...(issuer && { issuer }),
          ...(audience && { audience }),
        });
        const { sub, exp = Infinity } = payload;
        if (typeof sub !== 'string' || sub === '') return undefined;
        const subject = `${prefix}${sub}`;
        verified.set(cacheKey, subject, Math.min(exp * 1000, clock.now() + rememberMilliseconds));
        return subject;
      } catch (error) {
        if (error instanceof CodedError && statusOfError(error) === 503) throw error;
        return undefined;
      }
    },
  };

  /** Whether the token, unverified, names an algorithm, an issuer and an audience of this entry. */
  function mayBeMeant(token: string): boolean {
    const { alg = '' } = decodeProtectedHeader(token);
    const { iss = '', aud = [] } = decodeJwt(token);
    return (
      algorithms.includes(alg) &&
      (issuer?.includes(iss) ?? true) &&
      (audience?.some((one) => [aud].flat().includes(one)) ?? true)
    );
  }
}

function listOf(value: string | string[] | undefined): string[] | undefined {
  return value === undefined ? undefined : entriesOf(value);
}
