/** The authorization request (OpenID Connect Core 1.0 section 3.1.2.1, RFC 7636 section 4.3) and what its answer names. */
import { InputError } from '@vestibule/backend-plugin-api';
import { ProviderAnswerInvalidError } from '../errors.ts';
import type { AuthorizationRequest } from '../provider/oauthProvider.ts';
import { isScopeToken } from '../provider/scopes.ts';
import type { OpenIdMetadata } from './openIdMetadata.ts';

/** @throws InputError `ERR_AUTH_SCOPE_INVALID`. */
export function authorizationParameters(
  { scopes, callbackUrl, state, nonce, codeChallenge }: AuthorizationRequest,
  { clientId, further }: { clientId: string; further: Readonly<Record<string, string>> },
): Record<string, string> {
  if (!scopes.every(isScopeToken)) {
    throw new InputError('ERR_AUTH_SCOPE_INVALID', 'The scopes asked for are malformed.');
  }
  const parameters = {
    client_id: clientId,
    response_type: 'code',
    scope: scopes.join(' '),
    redirect_uri: redirectUri(callbackUrl).href,
    state,
    nonce,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  };
  // First, so that nothing a provider module adds can replace what the sign-in rests on.
  return Object.assign({}, further, parameters);
}

/** The callback URL as both requests name it: it must be the same, character by character (RFC 6749 section 4.1.3). */
export function redirectUri(callbackUrl: string): URL {
  const url = new URL(callbackUrl);
  url.search = '';
  url.hash = '';
  return url;
}

/** RFC 9207 section 2.4: present where it was announced, and equal wherever it is present. */
export function checkIssuerParameter(
  parameters: URLSearchParams,
  metadata: OpenIdMetadata,
  key: string | undefined,
): void {
  const issuers = parameters.getAll('iss');
  const isExpected = metadata.authorization_response_iss_parameter_supported === true || issuers.length > 0;
  if (isExpected && (issuers.length !== 1 || issuers[0] !== metadata.issuer)) {
    throw new ProviderAnswerInvalidError('callback iss', {
      details: {
        expected: metadata.issuer,
        given: issuers.length > 0 ? issuers.join(' and ').slice(0, 300) : 'none',
        ...(key !== undefined && { 'changed by': key }),
      },
    });
  }
}
