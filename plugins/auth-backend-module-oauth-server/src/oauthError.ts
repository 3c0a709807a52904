/** How the OAuth server says no: the codes of the specifications, which clients act upon. */

/**
 * Code -> HTTP status where it is sent as JSON (RFC 6749 sections 4.1.2.1 and 5.2, RFC 7591 section 3.2.2, OpenID Connect
 * Core 1.0 section 3.1.2.6).
 */
export const oauthStatuses = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  invalid_scope: 400,
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_token: 401,
  interaction_required: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  access_denied: 403,
  server_error: 500,
  temporarily_unavailable: 503,
} as const;

/** @see OAuthError */
export type OAuthErrorCode = keyof typeof oauthStatuses;

/**
 * A refusal. `message` becomes `error_description`: it quotes no secret and no token. `hint` is for the operator, and
 * stands in the log only.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly hint?: string;

  constructor(code: OAuthErrorCode, description: string, options: { cause?: unknown; hint?: string } = {}) {
    super(description, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = oauthStatuses[code];
    if (options.hint !== undefined) this.hint = options.hint;
  }
}
