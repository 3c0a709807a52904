/**
 * Calls to GitHub's REST API with the token of a login, and what their outcome means. Only a 401 in GitHub's own form is
 * a word about the token; a limit of calls, a redirect or a page of something in between says nothing about anybody.
 */
import { OutboundError, parseJson, type OutboundHttp, type OutboundResponse } from '@vestibule/outbound-http';
import { ProviderRefusedError, ProviderUnavailableError } from '@vestibule/plugin-auth-node';

/** An answer in JSON. */
export interface GitHubAnswer {
  /** 200; or, where GitHub refuses or does not know what was asked for: 301, 302, 307, 308, 403 or 404. */
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** With status 200: unchecked. */
  body: unknown;
}

/** GitHub's API as one login sees it. */
export interface GitHubApi {
  /**
   * @param path - Below the API's address, its parts encoded.
   * @throws ProviderRefusedError `invalid_grant`: the token is not good any more.
   * @throws ProviderUnavailableError
   */
  get(path: string): Promise<GitHubAnswer>;
  /** The error for an answer that is none. */
  unavailable(path: string, reason: string): ProviderUnavailableError;
}

/** What every request to GitHub carries. */
export const commonHeaders = {
  'user-agent': 'vestibule',
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
} as const;

export function createGitHubApi(options: {
  http: OutboundHttp;
  /** The API's address, without a slash at the end. */
  api: string;
  accessToken: string;
  timeoutMilliseconds: number;
  signal: AbortSignal;
}): GitHubApi {
  const { http, api, accessToken, timeoutMilliseconds, signal } = options;
  return {
    async get(path) {
      const url = api + path;
      const response = await http
        .request({
          url,
          headers: { ...commonHeaders, authorization: `Bearer ${accessToken}` },
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
        })
        .catch((error: unknown) => {
          throw unavailable(url, error instanceof OutboundError ? error.code : 'no answer', error);
        });
      const { status, headers } = response;
      if (isRedirect(status)) return { status, headers, body: undefined };
      if (![200, 401, 403, 404].includes(status)) throw unavailable(url, `status ${status}`);
      const body = jsonOf(url, response);
      if (status === 401) {
        throw new ProviderRefusedError('invalid_grant', { hint: `${placeOf(url)} takes the token no more.` });
      }
      if (status === 403 && isLimit(headers, body)) throw unavailable(url, 'the limit of calls is reached');
      return { status, headers, body };
    },
    unavailable: (path, reason) => unavailable(api + path, reason),
  };
}

/** Never follows: GitHub redirects names that were given up, and somebody else may have them by then. */
function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 307 || status === 308;
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isLimit(headers: GitHubAnswer['headers'], body: unknown): boolean {
  if (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined) return true;
  const { message } = (body ?? {}) as { message?: unknown };
  return typeof message === 'string' && /rate limit|abuse detection/i.test(message);
}

function jsonOf(url: string, response: OutboundResponse): unknown {
  try {
    return parseJson(response);
  } catch {
    throw unavailable(url, `status ${response.status}, and the answer is not JSON`);
  }
}

/** @param reason - For the operator. */
export function unavailable(url: string, reason: string, cause?: unknown): ProviderUnavailableError {
  return new ProviderUnavailableError('The sign-in provider cannot be reached right now.', {
    hint: `${placeOf(url)}: ${reason}.`,
    ...(cause !== undefined && { cause }),
  });
}

function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
