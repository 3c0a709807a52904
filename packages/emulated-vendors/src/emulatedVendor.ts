/** What every emulated vendor is given, and what it can do. */

/** An application that was registered at the vendor. @public */
export interface EmulatedClient {
  clientId: string;
  clientSecret: string;
  /** Compared without query and without a slash at the end, as the emulator does it. */
  redirectUris: readonly string[];
}

/** Someone with an account at the vendor; the people of `@vestibule/dev-idp` are such. @public */
export interface EmulatedPerson {
  /** What `authorize(url, { as })` takes; at GitHub also the login. */
  id: string;
  name: string;
  email: string;
  /** At Google the claim `email_verified`; GitHub's emulator calls every address verified. Default: true. */
  emailVerified?: boolean;
  /** At Google the claim `hd`; `false` for a private account. Default: the domain of the address, but for gmail.com. */
  hostedDomain?: string | false;
}

/** A request that reached the vendor, without those of {@link EmulatedVendor.authorize}. @public */
export interface EmulatedRequest {
  method: string;
  /** With its query, for example `/user/orgs?per_page=100&page=1`. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** What was answered. */
  status: number;
}

/** A running vendor. @public */
export interface EmulatedVendor {
  /** For example `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string;
  /**
   * Follows an authorization URL through the vendor's own login page.
   *
   * @returns The callback URL to which the browser is sent, with `code` and `state`.
   * @throws Error when the vendor shows an error page instead, or nobody of that id can sign in.
   */
  authorize(url: string | URL, answer: { as: string }): Promise<string>;
  /** Takes back every token that was given for a person, as when they remove the application in their settings. */
  revoke(person: string): Promise<void>;
  requests(): readonly EmulatedRequest[];
  resetRequests(): void;
  stop(): Promise<void>;
}
