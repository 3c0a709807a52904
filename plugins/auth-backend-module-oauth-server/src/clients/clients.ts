/** Clients of the OAuth server, of whichever kind, as the rest of it sees them. */

/** How a client proves at the token endpoint who it is, as it registered. `client_secret`: by header or in the body. */
export type ClientAuthentication = 'none' | 'client_secret_basic' | 'client_secret_post' | 'client_secret';

/** One client. */
export interface OAuthClient {
  /** What it calls itself with: the id in the config, the URL of its metadata document, or a UUID that was given out. */
  readonly id: string;
  /** For people. As the config has it; otherwise as the client named itself, and never trusted. */
  readonly name: string;
  readonly authentication: ClientAuthentication;
  /**
   * Whether an authorization may end there: compared as a whole with what the client registered (RFC 9700 section 2.1),
   * but for the port of a loopback address of a client with a metadata document (RFC 8252 section 7.3).
   */
  isRedirectUriAllowed(redirectUri: string): boolean;
}

/**
 * What a client sent to prove who it is (RFC 6749 section 2.3). With method `none` it says no more than an id. A public
 * client may send nothing at all, not even that: Backstage's command redeems codes, refreshes and revokes so. Then the code
 * or token says whose it is, which must be a client of method `none`; a client that has a secret must prove it.
 */
export type ClientCredentials =
  | { readonly clientId: string; readonly method: 'none' }
  | {
      readonly clientId: string;
      readonly secret: string;
      readonly method: 'client_secret_basic' | 'client_secret_post';
    };

/** One client that has proven who it is. */
export type AuthenticatedClient = Pick<OAuthClient, 'id'>;

/** Who comes to the token endpoint. */
export interface CallingClient extends AuthenticatedClient {
  /** Whether by a secret. Otherwise the id is what the caller says, and need not even be one of a client. */
  readonly isProven: boolean;
}

/** Finds clients. */
export interface OAuthClients {
  /**
   * The client of that id; `undefined` where there is none. A metadata document is fetched, or comes from the cache.
   *
   * @throws OAuthError `invalid_client` for a document that is not allowed or is at fault; `temporarily_unavailable` where
   *   it cannot be fetched, or the signal ends first.
   */
  find(clientId: string, options: { signal: AbortSignal }): Promise<OAuthClient | undefined>;
  /**
   * The client that these credentials belong to, proven by the method it registered. Compares in constant time, and does
   * not tell a client that is not there from a secret that is wrong. A client with a metadata document is public and known
   * by its id alone, which must be an allowed one; its document is not fetched, so that tokens can be renewed and revoked
   * while it cannot be reached.
   *
   * @throws OAuthError `invalid_client`; `temporarily_unavailable` while the database is away.
   */
  authenticate(credentials: ClientCredentials): Promise<AuthenticatedClient>;
}
