/**
 * GitHub's token endpoint. It reports errors with status 200 and a member `error`, separates scopes by commas, and gives
 * refresh tokens only for applications whose tokens expire.
 */
import type { OutboundHttp } from '@vestibule/outbound-http';
import {
  createProviderFetch,
  ProviderAnswerInvalidError,
  ProviderRefusedError,
} from '@vestibule/plugin-auth-node';
import { commonHeaders, unreadable } from './githubApi.ts';

/** What GitHub gave, checked. */
export interface GitHubTokens {
  accessToken: string;
  tokenType: string;
  /** As granted; empty for GitHub Apps, whose permissions are not scopes. */
  scopes: string[];
  expiresInSeconds?: number;
  refreshToken?: string;
}

interface TokenRequest {
  url: string;
  clientId: string;
  clientSecret: string;
  /** What proves the grant: a code with its verifier, or a refresh token. */
  grant: Readonly<Record<string, string>>;
  http: OutboundHttp;
  timeoutMilliseconds: number;
  signal: AbortSignal;
}

/** @throws ProviderRefusedError, ProviderAnswerInvalidError, ProviderUnavailableError, ProviderAnswerUnreadableError. */
export async function requestTokens(request: TokenRequest): Promise<GitHubTokens> {
  const { url, clientId, clientSecret, grant } = request;
  const response = await createProviderFetch(request)(url, {
    method: 'POST',
    headers: {
      'user-agent': commonHeaders['user-agent'],
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...grant }),
  }).catch((error: unknown) => {
    throw errorOf(error, grant);
  });
  const answer = (await response.json()) as Record<string, unknown>;
  // Something in between that speaks JSON, such as a notice of maintenance.
  if (!Object.hasOwn(answer, 'access_token')) throw unreadable(url, 'the answer holds no token');
  return checkedTokens(answer);
}

function errorOf(error: unknown, { grant_type: grantType }: TokenRequest['grant']): unknown {
  if (!(error instanceof ProviderRefusedError) || grantType !== 'refresh_token') return error;
  const { providerError: code, providerMessage } = error;
  // At a refresh both say that the grant has ended; elsewhere in OAuth that is called invalid_grant (RFC 6749 section 5.2).
  if (code !== 'bad_refresh_token' && code !== 'bad_verification_code') return error;
  return new ProviderRefusedError('invalid_grant', {
    hint: `GitHub gave the OAuth error '${code}'.`,
    ...(providerMessage !== undefined && { providerMessage }),
  });
}

function checkedTokens(answer: Record<string, unknown>): GitHubTokens {
  const { access_token: accessToken, token_type: tokenType, scope } = answer;
  const { expires_in: expiresInSeconds, refresh_token: refreshToken } = answer;
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer') throw invalid('token_type');
  if (!isToken(accessToken)) throw invalid('access_token');
  if (refreshToken !== undefined && !isToken(refreshToken)) throw invalid('refresh_token');
  if (scope !== undefined && typeof scope !== 'string') throw invalid('scope');
  if (expiresInSeconds !== undefined && !isSeconds(expiresInSeconds)) throw invalid('expires_in');
  return {
    accessToken,
    tokenType: 'bearer',
    scopes: scopesOf(scope ?? ''),
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    ...(refreshToken !== undefined && { refreshToken }),
  };
}

/** GitHub separates by commas, RFC 6749 section 3.3 by spaces, and the header `X-OAuth-Scopes` by both. */
export function scopesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((scope) => scope !== '');
}

/** Tokens go into headers and forms: visible ASCII only (RFC 6749 appendix A.12 and A.17). */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7E]{1,4096}$/.test(value);
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function invalid(member: string): ProviderAnswerInvalidError {
  return new ProviderAnswerInvalidError(`token answer, ${member}`, { isMalformed: true });
}
