/**
 * Keeps auth transactions in the browser: one sealed cookie each, so that several tabs sign in at once and nothing is
 * written on the server at a start. At most 8 of them and 6 KB together, and the oldest goes first.
 *
 * A cookie is bound to its provider and its state (RFC 9700 section 4.7.1); the environment is in what is sealed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClockService } from '@vestibule/backend-plugin-api';
import { RefusalError, fingerprint, type SealingService } from '@vestibule/plugin-auth-node';
import type { ProviderCookies } from '../http/providerCookies.ts';
import {
  readTransaction,
  transactionLifetimeMilliseconds,
  transactionText,
  type AuthTransaction,
} from './transaction.ts';

/** What cookies are sealed for. */
const purpose = 'attempt';
const maximumTransactions = 8;
const maximumBytes = 6 * 1024;
// Browsers drop a larger cookie without a word (RFC 6265 section 6.1), and the sign-in would fail at its end.
const maximumCookieBytes = 4096;

/** The transactions of one provider, in all of its environments: those share the bounds. */
export class AuthTransactions {
  constructor(
    private readonly providerId: string,
    private readonly cookies: ProviderCookies['transactions'],
    private readonly sealing: Pick<SealingService, 'seal' | 'open'>,
    private readonly clock: ClockService,
  ) {}

  /**
   * Sets the cookie of a new transaction, and removes those that are too old or too many.
   *
   * @throws `ERR_AUTH_PARAMETER_INVALID` where the transaction is too large for a cookie.
   */
  begin(request: IncomingMessage, response: ServerResponse, transaction: AuthTransaction): void {
    const { cookies, clock } = this;
    const name = cookies.nameOf(fingerprint(transaction.state));
    const value = this.sealing.seal(purpose, this.labelOf(name), transactionText(transaction));
    let bytes = name.length + value.length;
    if (bytes > maximumCookieBytes) {
      throw new RefusalError('ERR_AUTH_PARAMETER_INVALID', {
        hint: `The attempt needs a cookie of ${bytes} bytes: too many scopes, or too long an address.`,
      });
    }
    let kept = 1;
    let removed = 0;
    let isFull = false;
    for (const other of this.earlierIn(request)) {
      isFull ||= kept >= maximumTransactions || bytes + other.size > maximumBytes;
      if (other.transaction && this.isAlive(other.transaction) && !isFull) {
        kept += 1;
        bytes += other.size;
      } else if (removed < maximumTransactions) {
        // Bounded, so that a forged set of cookies does not amplify the response.
        removed += 1;
        cookies.named(other.name).clear(response);
      }
    }
    const now = clock.now();
    cookies.named(name).set(response, value, { now, expiresAt: now + transactionLifetimeMilliseconds });
  }

  /**
   * Opens the transaction behind a `state`, and removes its cookie: whatever follows, it is spent. `undefined` where no
   * cookie of this browser opens with the state.
   */
  take(
    request: IncomingMessage,
    response: ServerResponse,
    state: string,
  ): { transaction: AuthTransaction; isExpired: boolean } | undefined {
    const name = this.cookies.nameOf(fingerprint(state));
    const value = new Map(this.cookies.all(request)).get(name);
    if (value === undefined) return undefined;
    this.cookies.named(name).clear(response);
    const transaction = this.open(name, value);
    if (transaction?.state !== state) return undefined;
    return { transaction, isExpired: !this.isAlive(transaction) };
  }

  /** The earlier ones of a request, the newest first. */
  private earlierIn(request: IncomingMessage) {
    return this.cookies
      .all(request)
      .map(([name, sealed]) => ({
        name,
        size: name.length + sealed.length,
        transaction: this.open(name, sealed),
      }))
      .sort((a, b) => (b.transaction?.startedAt ?? 0) - (a.transaction?.startedAt ?? 0));
  }

  private open(name: string, value: string): AuthTransaction | undefined {
    const text = this.sealing.open(purpose, this.labelOf(name), value);
    return text === undefined ? undefined : readTransaction(text);
  }

  private labelOf(name: string): string {
    return `attempt:${this.providerId}:${name}`;
  }

  private isAlive({ startedAt }: AuthTransaction): boolean {
    return startedAt + transactionLifetimeMilliseconds > this.clock.now();
  }
}
