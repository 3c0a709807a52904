/**
 * Keeps attempts in the browser: one sealed cookie each, so that several tabs sign in at once and nothing is written on
 * the server at a start. At most 8 attempts and 6 KB of them together, and the oldest goes first.
 *
 * A cookie is bound to its provider, its environment and its handle (RFC 9700 section 4.7.1).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { clearCookie, readCookies, setCookie, type CookieAttributes } from '../routes/cookies.ts';
import { deriveKey, fingerprint, open, seal } from '../secrets/sealing.ts';
import { attemptLifetimeMilliseconds, type Attempt } from './attempt.ts';

const maximumAttempts = 8;
const maximumBytes = 6 * 1024;

/** What opening an attempt found. */
export type OpenedAttempt =
  { found: 'attempt'; attempt: Attempt } | { found: 'expired'; attempt: Attempt } | { found: 'nothing' };

/** The attempts of one provider in one environment. */
export interface AttemptCookies {
  /** Sets the cookie of a new attempt, and removes those that are too old or too many. */
  keep(request: IncomingMessage, response: ServerResponse, attempt: Attempt): void;
  /** Opens the attempt behind a `state`, and removes its cookie: whatever follows, it is spent. */
  take(request: IncomingMessage, response: ServerResponse, handle: string): OpenedAttempt;
}

export function createAttemptCookies(options: {
  secret: string;
  providerId: string;
  attributes: CookieAttributes;
  clock: Clock;
}): AttemptCookies {
  const { providerId, attributes, clock } = options;
  const key = deriveKey(options.secret, 'attempt');
  // The prefix makes browsers refuse the cookie over http (RFC 6265bis section 4.1.3).
  const prefix = `${attributes.secure ? '__Secure-' : ''}${providerId}-attempt-`;
  const nameOf = (handle: string) => `${prefix}${fingerprint(handle).slice(0, 12)}`;
  const contextOf = (name: string) => `attempt:${providerId}:${name}`;

  function openCookie(name: string, value: string): Attempt | undefined {
    const text = open(key, contextOf(name), value);
    return text === undefined ? undefined : (JSON.parse(text) as Attempt);
  }

  return {
    keep(request, response, attempt) {
      const name = nameOf(attempt.handle);
      const value = seal(key, contextOf(name), JSON.stringify(attempt));
      let bytes = name.length + value.length;
      const earlier = [...readCookies(request)]
        .filter(([other]) => other.startsWith(prefix))
        .map(([other, sealed]) => ({
          name: other,
          size: other.length + sealed.length,
          attempt: openCookie(other, sealed),
        }))
        .sort((a, b) => (b.attempt?.startedAt ?? 0) - (a.attempt?.startedAt ?? 0));
      let kept = 1;
      let removed = 0;
      for (const other of earlier) {
        const alive = other.attempt && other.attempt.startedAt + attemptLifetimeMilliseconds > clock();
        if (alive && kept < maximumAttempts && bytes + other.size <= maximumBytes) {
          kept += 1;
          bytes += other.size;
        } else if (removed < maximumAttempts) {
          // Bounded, so that a forged set of cookies does not amplify the answer.
          removed += 1;
          clearCookie(response, other.name, attributes);
        }
      }
      setCookie(response, name, value, attributes, attemptLifetimeMilliseconds / 1000);
    },

    take(request, response, handle) {
      const name = nameOf(handle);
      const value = readCookies(request).get(name);
      if (value === undefined) return { found: 'nothing' };
      clearCookie(response, name, attributes);
      const attempt = openCookie(name, value);
      if (attempt?.handle !== handle) return { found: 'nothing' };
      const expired = attempt.startedAt + attemptLifetimeMilliseconds <= clock();
      return { found: expired ? 'expired' : 'attempt', attempt };
    },
  };
}
