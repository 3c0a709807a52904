/** Reading what the token endpoint answered (RFC 6749 section 5.1). */
import type { CodedError } from '@vestibule/backend-plugin-api';
import type { TokenEndpointResponse } from 'openid-client';
import { ProviderAnswerInvalidError, ProviderUnavailableError } from '../errors.ts';
import type { ProviderTokens } from '../provider/oauthProvider.ts';

/**
 * The tokens of an answer, but for the ID token, which belongs to them only once it has been verified. They go into
 * headers and forms: visible ASCII only (RFC 6749 appendix A.12 and A.17).
 *
 * @throws `ERR_PROVIDER_ANSWER_INVALID`.
 */
export function tokensOf(answer: TokenEndpointResponse): ProviderTokens {
  if (answer.token_type !== 'bearer') throw new ProviderAnswerInvalidError('token answer, token_type');
  for (const token of [answer.access_token, answer.refresh_token]) {
    if (token !== undefined && !/^[\x20-\x7E]+$/.test(token))
      throw new ProviderAnswerInvalidError('token answer, token');
  }
  return {
    accessToken: answer.access_token,
    tokenType: answer.token_type,
    ...(answer.scope !== undefined && { scopes: answer.scope.split(' ').filter((scope) => scope !== '') }),
    // Some providers count in fractions; what is made of it is stored in whole milliseconds.
    ...(answer.expires_in !== undefined && { expiresInSeconds: Math.floor(answer.expires_in) }),
    ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
  };
}

/**
 * What says nothing about the session, such as a failed check of a notice of maintenance in JSON: an outage, by which no
 * session ends.
 */
export function unreadable(error: CodedError): ProviderUnavailableError {
  return new ProviderUnavailableError('The sign-in provider cannot be reached right now.', {
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: error,
  });
}

/** Whether the answer is known to hold no tokens: openid-client keeps it in the cause of its error. */
export function lacksTokens(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; typeof cause === 'object' && cause !== null && depth < 5; depth += 1) {
    const { body } = cause as { body?: unknown };
    if (typeof body === 'object' && body !== null) return !('access_token' in body) && !('id_token' in body);
    cause = (cause as { cause?: unknown }).cause;
  }
  return false;
}
