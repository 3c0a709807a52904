/** The parameters of the authorization request (OpenID Connect Core 1.0 section 3.1.2.1, RFC 7636 section 4.3). */
import { InputError } from '@vestibule/backend-plugin-api';
import { isScopeToken, type AuthorizationRequest } from '@vestibule/plugin-auth-node';
import type { OidcSettings } from './config.ts';

/** @throws InputError `ERR_AUTH_SCOPE_INVALID`. */
export function authorizationParameters(
  { scopes, callbackUrl, state, nonce, codeChallenge }: AuthorizationRequest,
  { prompt, startUrlSearchParams }: OidcSettings,
): Record<string, string> {
  if (!scopes.every(isScopeToken)) {
    throw new InputError('ERR_AUTH_SCOPE_INVALID', 'The scopes asked for are malformed.');
  }
  const sentPrompt = promptFor(prompt, scopes);
  return {
    response_type: 'code',
    scope: scopes.join(' '),
    redirect_uri: redirectUri(callbackUrl).href,
    state,
    nonce,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    ...(sentPrompt !== undefined && { prompt: sentPrompt }),
    ...startUrlSearchParams,
  };
}

/** The callback URL as both requests name it: it must be the same, character by character (RFC 6749 section 4.1.3). */
export function redirectUri(callbackUrl: string): URL {
  const url = new URL(callbackUrl);
  url.search = '';
  url.hash = '';
  return url;
}

/** Without consent a provider gives no refresh token (OpenID Connect Core 1.0 section 11). */
function promptFor(prompt: string | undefined, scopes: readonly string[]): string | undefined {
  if (prompt === 'auto') return undefined;
  return prompt ?? (scopes.includes('offline_access') ? 'consent' : undefined);
}
