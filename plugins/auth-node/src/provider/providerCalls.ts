/**
 * Calls to a provider, and what their outcome means: no answer (`ERR_PROVIDER_UNAVAILABLE`), a no
 * (`ERR_PROVIDER_REFUSED`), or an answer that may be read. Nothing of an answer is quoted in a message, since it may
 * hold tokens.
 */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { OutboundError, parseJson, type OutboundHttp, type OutboundResponse } from '@vestibule/outbound-http';
import { ProviderRefusedError, ProviderUnavailableError } from '../errors.ts';

/** Under which limits a call is made. @public */
export interface ProviderCallOptions {
  http: OutboundHttp;
  /** The budget of the incoming request. */
  signal: AbortSignal;
  /** The deadline of this call. */
  timeoutMilliseconds: number;
}

/** What a library such as openid-client hands to its `customFetch`. @public */
export interface ProviderFetchInit {
  method: string;
  headers: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** A fetch as libraries call it, within the limits of {@link ProviderCallOptions}. @public */
export type ProviderFetch = (url: string, init: ProviderFetchInit) => Promise<Response>;

/**
 * A fetch that only ever returns an answer worth reading: status 200 and, unless `json` is `false`, a JSON object by its
 * content type and in fact. It throws `ERR_PROVIDER_UNAVAILABLE` or `ERR_PROVIDER_REFUSED` for everything else.
 *
 * @public
 */
export function createProviderFetch(options: ProviderCallOptions & { json?: boolean }): ProviderFetch {
  const { http, signal, timeoutMilliseconds, json = true } = options;
  return async (url, init) => {
    const signals = [signal, AbortSignal.timeout(timeoutMilliseconds), ...(init.signal ? [init.signal] : [])];
    const response = await http
      .request({
        url,
        method: init.method === 'POST' ? 'POST' : 'GET',
        headers: init.headers,
        ...(init.body instanceof URLSearchParams && { body: init.body.toString() }),
        signal: AbortSignal.any(signals),
      })
      .catch((error: unknown) => {
        throw unavailable(url, error instanceof OutboundError ? error.code : 'no answer', error);
      });
    refuseFailures(url, response);
    const text = json ? JSON.stringify(objectOf(url, response)) : response.text;
    return new Response(text, { status: 200, headers: json ? { 'content-type': 'application/json' } : {} });
  };
}

/**
 * Reads a JSON object with GET.
 *
 * @throws `ERR_PROVIDER_UNAVAILABLE`, also for a JSON error: documents that anybody may read are not refused.
 * @public
 */
export async function readProviderDocument(
  url: string,
  options: ProviderCallOptions,
): Promise<Record<string, unknown>> {
  try {
    const response = await createProviderFetch(options)(url, {
      method: 'GET',
      headers: { accept: 'application/json' },
    });
    return (await response.json()) as Record<string, unknown>;
  } catch (error) {
    throw error instanceof ProviderRefusedError ? unavailable(url, error.providerError) : error;
  }
}

function refuseFailures(url: string, response: OutboundResponse): void {
  const { status } = response;
  if (status === 200) return;
  // A provider that is overloaded says nothing about the person (RFC 6585 section 4); redirects are not followed.
  if (status < 400 || status >= 500 || status === 408 || status === 429)
    throw unavailable(url, `status ${status}`);
  const code = oauthErrorOf(response);
  if (code === undefined) throw unavailable(url, `status ${status} without an OAuth error`);
  throw refusal(code, url);
}

/**
 * The provider's own word for a failure, as an error. `server_error` and `temporarily_unavailable` are an outage told in
 * a redirect, where a status 500 or 503 cannot be given (RFC 6749 section 4.1.2.1).
 *
 * @param code - The parameter or member `error` of the answer.
 * @param url - The call that gave it, for the operator; default: the callback.
 * @public
 */
export function refusal(code: string, url?: string): ProviderRefusedError | ProviderUnavailableError {
  if (code === 'server_error' || code === 'temporarily_unavailable') return unavailable(url, code);
  const refused = new ProviderRefusedError(code);
  return new ProviderRefusedError(code, {
    hint: `${placeOf(url)} gave the OAuth error '${refused.providerError}'.`,
  });
}

/** The OAuth error of a 4xx: in its body (RFC 6749 section 5.2) or in its challenge (RFC 6750 section 3). */
function oauthErrorOf(response: OutboundResponse): string | undefined {
  const challenge = /\berror="([a-zA-Z0-9_]{1,64})"/.exec(response.headers['www-authenticate'] ?? '')?.[1];
  try {
    const body = parseJson(response);
    if (typeof body !== 'object' || body === null) return challenge;
    const { error } = body as { error?: unknown };
    return typeof error === 'string' ? error : (challenge ?? 'unknown_error');
  } catch {
    return challenge;
  }
}

function objectOf(url: string, response: OutboundResponse): object {
  try {
    const body = parseJson(response);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  } catch {
    // Told below; the parser's own words add nothing.
  }
  throw unavailable(url, 'the answer is not a JSON object');
}

function unavailable(url: string | undefined, reason: string, cause?: unknown): ProviderUnavailableError {
  return new ProviderUnavailableError('The sign-in provider cannot be reached right now.', {
    hint: `${placeOf(url)}: ${reason}.`,
    ...(cause !== undefined && { cause }),
  });
}

/** Origin and path. A query may hold secrets. */
function placeOf(url: string | undefined): string {
  const parsed = parseUrl(url ?? '');
  return parsed ? parsed.origin + parsed.pathname : "The provider's redirect";
}
