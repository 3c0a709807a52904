/**
 * Calls to GitHub's REST API with the token of a login, and what their outcome means. Only GitHub's own words at the
 * account itself end a session; a limit of calls, a redirect or an answer of something in between says nothing about
 * anybody.
 */
import { OutboundError, parseJson, type OutboundHttp, type OutboundResponse } from '@vestibule/outbound-http';
import {
  explanationIn,
  ProviderAnswerUnreadableError,
  ProviderRefusedError,
  ProviderUnavailableError,
} from '@vestibule/plugin-auth-node';

/** An answer in JSON. */
export interface GitHubAnswer {
  /** 200; or, where GitHub refuses or does not know what was asked for: 403 or 404. */
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
   * @param options - `byName`: the path has names that can be given up; GitHub redirects from such ones, which is a 404
   *   here, since somebody else may have them by then. Default: false.
   * @throws ProviderRefusedError `invalid_grant`, at {@link accountPath} only: the token is not good any more, or the
   *   account is suspended.
   * @throws ProviderUnavailableError
   * @throws ProviderAnswerUnreadableError for what is no answer of this API.
   */
  get(path: string, options?: { byName?: boolean }): Promise<GitHubAnswer>;
  /** The error for an answer that is none. */
  unreadable(path: string, reason: string): ProviderAnswerUnreadableError;
}

/** The account that a token belongs to. It is asked for first, at every login and refresh. */
export const accountPath = '/user';

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
    async get(path, { byName = false } = {}) {
      const url = api + path;
      const sent = { headers: { ...commonHeaders, authorization: `Bearer ${accessToken}` } };
      const response = await http
        .request({
          url,
          headers: sent.headers,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
        })
        .catch((error: unknown) => {
          const reason = error instanceof OutboundError ? error.code : 'no answer';
          throw unavailable(url, reason, { cause: error });
        });
      const { status, headers } = response;
      if (byName && isRedirect(status)) return { status: 404, headers, body: undefined };
      const words = explanationIn(response, sent);
      const told = words === undefined ? {} : { providerMessage: words };
      if (![200, 401, 403, 404].includes(status)) throw failure(url, status, told);
      const body = jsonOf(url, response, told);
      if (status === 403 && isLimit(headers, body)) {
        throw unavailable(url, 'the limit of calls is reached', told);
      }
      const end = endOf(status, body);
      if (end !== undefined && path === accountPath)
        throw new ProviderRefusedError('invalid_grant', { hint: end, ...told });
      if (end !== undefined || status === 401) throw failure(url, status, told);
      return { status, headers, body };
    },
    unreadable: (path, reason) => unreadable(api + path, reason),
  };
}

/**
 * Why the token is good for nothing any more, in GitHub's own words: a gateway in between may say 401 or 403 in JSON, too.
 * https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#failed-login-limit
 */
function endOf(status: number, body: unknown): string | undefined {
  const { message } = (body ?? {}) as { message?: unknown };
  if (typeof message !== 'string') return undefined;
  if (status === 401 && /^bad credentials/i.test(message)) return 'GitHub takes the token no more.';
  if (status === 403 && /account was suspended/i.test(message)) return 'GitHub has suspended the account.';
  return undefined;
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 307 || status === 308;
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isLimit(headers: GitHubAnswer['headers'], body: unknown): boolean {
  if (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined) return true;
  const { message } = (body ?? {}) as { message?: unknown };
  return typeof message === 'string' && /rate limit|abuse detection/i.test(message);
}

function jsonOf(url: string, response: OutboundResponse, told: Told): unknown {
  try {
    return parseJson(response);
  } catch {
    throw unreadable(url, `status ${response.status}, and the answer is not JSON`, told);
  }
}

/** What an answer says for itself. */
interface Told {
  providerMessage?: string;
}

/** A status of 5xx, or one that asks to come again, is an outage; any other is for an operator to look at. */
export function failure(url: string, status: number, told: Told = {}): Error {
  const isOutage = status >= 500 || [408, 425, 429].includes(status);
  return (isOutage ? unavailable : unreadable)(url, `status ${status}`, told);
}

/** @param reason - For the operator. */
export function unavailable(
  url: string,
  reason: string,
  options: Told & { cause?: unknown } = {},
): ProviderUnavailableError {
  return new ProviderUnavailableError('The sign-in provider cannot be reached right now.', {
    ...options,
    hint: `${placeOf(url)}: ${reason}.`,
  });
}

/** @param reason - For the operator. */
export function unreadable(url: string, reason: string, told: Told = {}): ProviderAnswerUnreadableError {
  return new ProviderAnswerUnreadableError({ ...told, hint: `${placeOf(url)}: ${reason}.` });
}

function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
