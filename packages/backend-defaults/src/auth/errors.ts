/**
 * Why a caller is refused. Names and texts are those that Backstage's clients know; what was wrong with a token is for the
 * log, in `cause`, and stays out of the answer.
 */
import { AuthenticationError, NotAllowedError, ServiceUnavailableError } from '@vestibule/backend-plugin-api';

/** The texts for tokens that are refused. */
export type TokenRefusal =
  | 'Illegal token'
  | 'Illegal limited user token'
  | 'Failed user token verification'
  | 'Failed plugin token verification'
  | 'Invalid user token in plugin token obo claim'
  | 'Failed to create limited user token, invalid token type'
  | 'Failed to create limited user token, missing user identity proof';

/** Nothing in the token may be believed. HTTP 401. */
export function tokenInvalid(message: TokenRefusal, cause?: unknown): AuthenticationError {
  return new AuthenticationError('ERR_TOKEN_INVALID', message, cause === undefined ? {} : { cause });
}

/** No token came along. HTTP 401. */
export function credentialsMissing(): AuthenticationError {
  return new AuthenticationError('ERR_CREDENTIALS_MISSING', 'Missing credentials');
}

/** The caller's token is good, and the caller of the wrong kind. HTTP 403. */
export function principalNotAllowed(type: string): NotAllowedError {
  return new NotAllowedError(
    'ERR_PRINCIPAL_NOT_ALLOWED',
    `This endpoint does not allow '${type}' credentials`,
  );
}

/** The keys to judge a token could not be read, and none are remembered. HTTP 503: the token may well be good. */
export function keysUnavailable(cause: unknown): ServiceUnavailableError {
  return new ServiceUnavailableError(
    'ERR_TOKEN_KEYS_UNAVAILABLE',
    'Tokens cannot be verified at the moment',
    {
      hint: 'The key set of the plugin that issued the token cannot be read: see the cause, and check discovery.endpoints.',
      retryAfterSeconds: 5,
      cause,
    },
  );
}
