/** The public keys with which a provider signs (RFC 7517), as its `jwks_uri` publishes them. */
import { isObject, type ClockService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import { createLocalJWKSet } from 'jose';
import { withoutAbsentMembers } from './absentMembers.ts';
import { createLastGoodCopy, type LastGoodCopy } from './lastGoodCopy.ts';
import { readProviderDocument, unreadable } from './providerCalls.ts';

// What jose's own remote key set uses. A key that the provider has withdrawn stops to count after this time.
const maxAgeMilliseconds = 600_000;

/** One reading of the key set: finds the key for a token's header. @public */
export type ProviderKeys = ReturnType<typeof createLocalJWKSet> & {
  /** The `kid` of each key, for people; `(none)` of one that has none. */
  readonly keyIds: readonly string[];
};

/**
 * The keys, kept and shared. A token with an unknown `kid` has them read again at once, at most ten times a minute, so
 * that a rotation in the middle of a login succeeds.
 *
 * @public
 */
export type ProviderKeySet = LastGoodCopy<ProviderKeys>;

/**
 * Creates the key set of a provider. Nothing is read before a token is to be verified.
 *
 * @param options - `jwksUri`: https, or http to loopback; the caller has checked it. `now`: milliseconds since the epoch.
 * @public
 */
export function createProviderKeySet(options: {
  jwksUri: string;
  http: OutboundHttp;
  timeoutMilliseconds: number;
  now: ClockService['now'];
}): ProviderKeySet {
  const { jwksUri, http, timeoutMilliseconds, now } = options;
  return createLastGoodCopy({
    maxAgeMilliseconds,
    now,
    async read() {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const document = await readProviderDocument(jwksUri, { http, signal, timeoutMilliseconds });
      const { keys: given } = document;
      const keys = Array.isArray(given) ? given.filter(isObject).map(withoutAbsentMembers) : [];
      try {
        if (keys.length > 0) {
          const find = createLocalJWKSet({ keys });
          return Object.assign(find, {
            keyIds: keys.map(({ kid }) => (typeof kid === 'string' ? kid : '(none)')),
          });
        }
      } catch {
        // Told below.
      }
      throw unreadable(jwksUri, 'what it answers is no JSON Web Key Set, or one without a key');
    },
  });
}
