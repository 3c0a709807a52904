/**
 * What is known of a sign-in between its start and its callback. All of it travels sealed, in one cookie, in a form that
 * releases before the union of private states read too: replicas of both run side by side during a rollout.
 */

/** What a provider wants back at the callback. The flow seals it and never looks in. */
export type PrivateState =
  | {
      readonly version: 1;
      readonly kind: 'oauth';
      /** Of OpenID Connect. */
      readonly nonce: string;
      /** Of PKCE (RFC 7636). */
      readonly codeVerifier: string;
    }
  | {
      readonly version: 1;
      readonly kind: 'backstage';
      /** The module's own; absent where it sent none. */
      readonly state?: string;
      readonly cookies: Readonly<Record<string, string>>;
      readonly session: Readonly<Record<string, unknown>>;
    };

/** An auth transaction. */
export interface AuthTransaction {
  /** The opaque random value that goes out as `state`. */
  readonly state: string;
  readonly providerId: string;
  readonly environment: string;
  /** Where the response is posted: an origin that was matched against the allow-list. */
  readonly origin: string;
  readonly flow: 'popup' | 'redirect';
  /** Where the browser goes afterwards with `flow: 'redirect'`; matched as well. */
  readonly redirectUrl?: string;
  readonly scopes: readonly string[];
  readonly privateState: PrivateState;
  readonly startedAt: number;
}

/** A transaction lives this long. */
export const transactionLifetimeMilliseconds = 10 * 60_000;

/** As it is sealed. Earlier releases wrote an empty text for what is absent. */
interface StoredTransaction extends Omit<AuthTransaction, 'state' | 'privateState'> {
  readonly handle: string;
  readonly nonce?: string;
  readonly codeVerifier?: string;
  readonly hosted?: Omit<Extract<PrivateState, { kind: 'backstage' }>, 'version' | 'kind'>;
}

/** The text that is sealed. */
export function transactionText({ state, privateState, ...transaction }: AuthTransaction): string {
  const { kind, version: _version, ...members } = privateState;
  const stored = { handle: state, ...transaction, ...(kind === 'backstage' ? { hosted: members } : members) };
  return JSON.stringify(stored);
}

/** Reads what was sealed. */
export function readTransaction(text: string): AuthTransaction {
  const { handle, nonce, codeVerifier, hosted, ...transaction } = JSON.parse(text) as StoredTransaction;
  if (hosted) {
    const { state, ...kept } = hosted;
    const privateState = { version: 1, kind: 'backstage', ...(state && { state }), ...kept } as const;
    return { state: handle, privateState, ...transaction };
  }
  if (!nonce || !codeVerifier) throw new TypeError('a transaction without nonce or verifier was sealed');
  return { state: handle, privateState: { version: 1, kind: 'oauth', nonce, codeVerifier }, ...transaction };
}
