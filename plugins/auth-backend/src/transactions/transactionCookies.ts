/**
 * Keeps attempts in the browser: one sealed cookie each, so that several tabs sign in at once and nothing is written on
 * the server at a start. At most 8 attempts and 6 KB of them together, and the oldest goes first.
 *
 * A cookie is bound to its provider, its environment and its handle (RFC 9700 section 4.7.1).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClockService } from '@vestibule/backend-plugin-api';
import { fingerprint, RefusalError } from '@vestibule/plugin-auth-node';
import { clearCookie, readCookies, setCookie, type CookieAttributes } from '../http/cookies.ts';
import { deriveKey, open, seal, type SealingKey } from '../secrets/sealing.ts';
import { attemptLifetimeMilliseconds, type AuthTransaction } from './transaction.ts';

const maximumAttempts = 8;
const maximumBytes = 6 * 1024;
// Browsers drop a larger cookie without a word (RFC 6265 section 6.1), and the sign-in would fail at its end.
const maximumCookieBytes = 4096;

/** What opening an attempt found. */
export type OpenedAttempt =
  | { found: 'attempt'; transaction: AuthTransaction }
  | { found: 'expired'; transaction: AuthTransaction }
  | { found: 'nothing' };

/** The attempts of one provider, in all of its environments: those share the bounds, and so the path. */
export interface TransactionCookies {
  /**
   * Sets the cookie of a new attempt, and removes those that are too old or too many.
   *
   * @throws `ERR_AUTH_PARAMETER_INVALID` where the attempt is too large for a cookie.
   */
  keep(request: IncomingMessage, response: ServerResponse, transaction: AuthTransaction): void;
  /** Opens the attempt behind a `state`, and removes its cookie: whatever follows, it is spent. */
  take(request: IncomingMessage, response: ServerResponse, handle: string): OpenedAttempt;
}

export function createTransactionCookies(options: {
  /** Asked for at the first attempt. */
  secret: () => string;
  providerId: string;
  attributes: CookieAttributes;
  clock: ClockService;
}): TransactionCookies {
  const { providerId, attributes, clock } = options;
  let key: SealingKey | undefined;
  const keyOfAttempts = () => (key ??= deriveKey(options.secret(), 'attempt'));
  // The prefix makes browsers refuse the cookie over http (RFC 6265bis section 4.1.3).
  const prefix = `${attributes.secure ? '__Secure-' : ''}${providerId}-attempt-`;
  const nameOf = (handle: string) => `${prefix}${fingerprint(handle).slice(0, 12)}`;
  const contextOf = (name: string) => `attempt:${providerId}:${name}`;

  function openCookie(name: string, value: string): AuthTransaction | undefined {
    const text = open(keyOfAttempts(), contextOf(name), value);
    return text === undefined ? undefined : (JSON.parse(text) as AuthTransaction);
  }

  return {
    keep(request, response, transaction) {
      const name = nameOf(transaction.handle);
      const value = seal(keyOfAttempts(), contextOf(name), JSON.stringify(transaction));
      let bytes = name.length + value.length;
      if (bytes > maximumCookieBytes) {
        throw new RefusalError('ERR_AUTH_PARAMETER_INVALID', {
          hint: `The attempt needs a cookie of ${bytes} bytes: too many scopes, or too long an address.`,
        });
      }
      const earlier = [...readCookies(request)]
        // Names of another length are none of ours, and are not repeated in the answer.
        .filter(([other]) => other.startsWith(prefix) && other.length === name.length)
        .map(([other, sealed]) => ({
          name: other,
          size: other.length + sealed.length,
          transaction: openCookie(other, sealed),
        }))
        .sort((a, b) => (b.transaction?.startedAt ?? 0) - (a.transaction?.startedAt ?? 0));
      let kept = 1;
      let removed = 0;
      let isFull = false;
      for (const other of earlier) {
        const alive =
          other.transaction && other.transaction.startedAt + attemptLifetimeMilliseconds > clock.now();
        isFull ||= kept >= maximumAttempts || bytes + other.size > maximumBytes;
        if (alive && !isFull) {
          kept += 1;
          bytes += other.size;
        } else if (removed < maximumAttempts) {
          // Bounded, so that a forged set of cookies does not amplify the answer.
          removed += 1;
          clearCookie(response, other.name, attributes);
        }
      }
      setCookie(response, name, value, attributes, {
        maxAgeSeconds: attemptLifetimeMilliseconds / 1000,
        expiresAt: clock.now() + attemptLifetimeMilliseconds,
      });
    },

    take(request, response, handle) {
      const name = nameOf(handle);
      const value = readCookies(request).get(name);
      if (value === undefined) return { found: 'nothing' };
      clearCookie(response, name, attributes);
      const transaction = openCookie(name, value);
      if (transaction?.handle !== handle) return { found: 'nothing' };
      const expired = transaction.startedAt + attemptLifetimeMilliseconds <= clock.now();
      return { found: expired ? 'expired' : 'attempt', transaction };
    },
  };
}
