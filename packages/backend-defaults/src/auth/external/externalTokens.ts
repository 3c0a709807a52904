/** What each kind of entry of `backend.auth.externalAccess` makes. */

/** The tokens of one entry. */
export interface ExternalTokens {
  /**
   * The caller's subject; `undefined` for a token that this entry does not accept.
   *
   * @throws `ERR_TOKEN_KEYS_UNAVAILABLE` when the token may be good and the keys to judge it cannot be read, or
   *   `ERR_EXTERNAL_HANDLER_TIMEOUT` when nobody said so in time.
   */
  verify(token: string): Promise<string | undefined>;
}
