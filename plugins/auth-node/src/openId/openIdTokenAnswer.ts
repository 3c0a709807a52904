/** Reading what the token endpoint answered (RFC 6749 section 5.1). */
import type { TokenEndpointResponse } from 'openid-client';
import { ProviderAnswerInvalidError } from '../errors.ts';
import type { ProviderTokens } from '../provider/oauthProvider.ts';

/** What is kept of an answer before openid-client reads it. */
export interface GivenTokens {
  idToken?: string;
}

/**
 * Takes the ID token out of an answer: `verifyIdToken` is the one that checks it, and says what was expected.
 *
 * @throws `ERR_PROVIDER_ANSWER_INVALID` for one that is no text.
 */
export function idTokenOf(
  { id_token: idToken, ...document }: Record<string, unknown>,
  given: GivenTokens,
): Record<string, unknown> {
  if (idToken === undefined) return document;
  if (typeof idToken !== 'string') throw malformed('id_token');
  given.idToken = idToken;
  return document;
}

/**
 * The tokens of an answer, but for the ID token, which belongs to them only once it has been verified. They go into
 * headers and forms: visible ASCII only (RFC 6749 appendix A.12 and A.17).
 *
 * @throws `ERR_PROVIDER_ANSWER_INVALID`.
 */
export function tokensOf(answer: TokenEndpointResponse): ProviderTokens {
  if (answer.token_type !== 'bearer') throw malformed('token_type');
  for (const token of [answer.access_token, answer.refresh_token]) {
    if (token !== undefined && !/^[\x20-\x7E]+$/.test(token)) throw malformed('token');
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

function malformed(member: string): ProviderAnswerInvalidError {
  return new ProviderAnswerInvalidError(`token answer, ${member}`, { isMalformed: true });
}
