/** What is known of a sign-in between its start and its callback. All of it travels sealed, in one cookie. */

/** An attempt. */
export interface AuthTransaction {
  /** The opaque random value that goes out as `state`. */
  handle: string;
  providerId: string;
  environment: string;
  /** Where the answer is posted: an origin that was matched against the allow-list. */
  origin: string;
  flow: 'popup' | 'redirect';
  /** Where the browser goes afterwards with `flow: 'redirect'`; matched as well. */
  redirectUrl?: string;
  scopes: readonly string[];
  nonce: string;
  codeVerifier: string;
  startedAt: number;
  /** What a hosted Backstage module wants back at the callback: its own state, cookies and session. */
  hosted?: {
    state: string;
    cookies: Readonly<Record<string, string>>;
    session: Readonly<Record<string, unknown>>;
  };
}

/** An attempt lives this long. */
export const attemptLifetimeMilliseconds = 10 * 60_000;
