/**
 * Calls to a provider, and what their outcome means: no answer (`ERR_PROVIDER_UNAVAILABLE`), a no
 * (`ERR_PROVIDER_REFUSED`), something that nobody can read (`ERR_PROVIDER_ANSWER_UNREADABLE`), or an answer that may be
 * read. Nothing of an answer is quoted in a message, since it may hold tokens; its own explanation goes beside it, for
 * the operator.
 */
import { isObject, parseUrl } from '@vestibule/backend-plugin-api';
import { OutboundError, parseJson, type OutboundHttp, type OutboundResponse } from '@vestibule/outbound-http';
import { ProviderAnswerUnreadableError, ProviderRefusedError, ProviderUnavailableError } from '../errors.ts';
import { withoutAbsentMembers } from './absentMembers.ts';
import { explanationIn, type SentToProvider } from './providerExplanation.ts';

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
 * content type and in fact, without members that are `null` or empty. It throws `ERR_PROVIDER_UNAVAILABLE`,
 * `ERR_PROVIDER_REFUSED` or `ERR_PROVIDER_ANSWER_UNREADABLE` for everything else.
 *
 * @public
 */
export function createProviderFetch(
  options: ProviderCallOptions & {
    json?: boolean;
    /** Reads a JSON answer first, and says what the caller sees of it. Default: all of it. */
    onAnswer?: ((document: Record<string, unknown>) => Record<string, unknown>) | undefined;
  },
): ProviderFetch {
  const { json = true, onAnswer = (document) => document } = options;
  return async (url, init) => {
    const response = await callProvider(url, init, options);
    return json ? jsonResponse(onAnswer(jsonObjectOf(url, response, init))) : new Response(response.text);
  };
}

/** A response that hands over what was parsed already, where a stream would be written and parsed once more. */
function jsonResponse(document: Record<string, unknown>): Response {
  const response = new Response(null, { headers: { 'content-type': 'application/json' } });
  return Object.defineProperties(response, {
    json: { value: async () => Promise.resolve(document) },
    text: { value: async () => Promise.resolve(JSON.stringify(document)) },
  });
}

/**
 * Makes one call. The answer has status 200; nothing else of it has been looked at.
 *
 * @throws as {@link createProviderFetch} says.
 */
export async function callProvider(
  url: string,
  init: ProviderFetchInit,
  { http, signal, timeoutMilliseconds }: ProviderCallOptions,
): Promise<OutboundResponse> {
  const response = await http
    .request({
      url,
      method: init.method === 'POST' ? 'POST' : 'GET',
      headers: init.headers,
      signal: init.signal ? AbortSignal.any([signal, init.signal]) : signal,
      timeoutMilliseconds,
      ...(init.body instanceof URLSearchParams && { body: init.body.toString() }),
    })
    .catch((error: unknown) => {
      throw unavailable(url, error instanceof OutboundError ? error.code : 'no answer', { cause: error });
    });
  refuseFailures(url, response, init);
  return response;
}

/**
 * Reads a JSON object with GET.
 *
 * @throws `ERR_PROVIDER_UNAVAILABLE`, `ERR_PROVIDER_ANSWER_UNREADABLE`; the latter also for a JSON error: documents that
 *   anybody may read are not refused.
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
    if (!(error instanceof ProviderRefusedError)) throw error;
    const { providerError, providerMessage } = error;
    throw unreadable(url, `it gave the error '${providerError}'`, providerMessage);
  }
}

function refuseFailures(url: string, response: OutboundResponse, sent: SentToProvider): void {
  const { status } = response;
  if (status === 200) return;
  const words = explanationIn(response, sent);
  // A provider that is overloaded says nothing about the person (RFC 6585 section 4).
  if (status >= 500 || [408, 425, 429].includes(status)) {
    throw unavailable(url, `status ${status}`, withWords(words));
  }
  if (status < 400) {
    throw unreadable(url, `status ${status}${whither(url, response)}; redirects are not followed`, words);
  }
  const code = oauthErrorOf(response);
  if (code === undefined) throw unreadable(url, `status ${status} without an OAuth error`, words);
  throw refusal(code, url, words);
}

/** Where a redirect leads: what an operator may have to write into the config. */
function whither(url: string, { headers: { location = '' } }: OutboundResponse): string {
  const target = location.startsWith('/') ? new URL(url).origin + location : location;
  return parseUrl(target) ? ` to ${placeOf(target)}` : '';
}

/**
 * The provider's own word for a failure, as an error. `server_error` and `temporarily_unavailable` are an outage told in
 * a redirect, where a status 500 or 503 cannot be given (RFC 6749 section 4.1.2.1).
 *
 * @param code - The parameter or member `error` of the answer.
 * @param url - The call that gave it, for the operator; default: the callback.
 * @param words - The provider's own explanation, see `explanationIn`.
 * @public
 */
export function refusal(
  code: string,
  url?: string,
  words?: string,
): ProviderRefusedError | ProviderUnavailableError {
  if (code === 'server_error' || code === 'temporarily_unavailable') {
    return unavailable(url, code, withWords(words));
  }
  const { providerError } = new ProviderRefusedError(code);
  return new ProviderRefusedError(code, {
    hint: `${placeOf(url)} gave the OAuth error '${providerError}'.`,
    ...withWords(words),
  });
}

/** The OAuth error of a 4xx: in its body (RFC 6749 section 5.2) or in its challenge (RFC 6750 section 3). */
function oauthErrorOf(response: OutboundResponse): string | undefined {
  const challenge = /\berror="([a-zA-Z0-9_]{1,64})"/.exec(response.headers['www-authenticate'] ?? '')?.[1];
  try {
    const body = parseJson(response);
    if (typeof body !== 'object' || body === null) return challenge;
    const { error } = body as { error?: unknown };
    return typeof error === 'string' && error !== '' ? error : (challenge ?? 'unknown_error');
  } catch {
    return challenge;
  }
}

/**
 * The JSON object of an answer, without members that are `null` or empty.
 *
 * @throws `ERR_PROVIDER_ANSWER_UNREADABLE` where it is none; what {@link refusal} makes of an error that some vendors give
 *   with status 200.
 */
export function jsonObjectOf(
  url: string,
  response: OutboundResponse,
  sent: SentToProvider,
): Record<string, unknown> {
  let body: unknown;
  try {
    body = parseJson(response);
  } catch {
    const reason = isJsonType(response) ? 'it says that it is JSON and is none' : `it is ${formOf(response)}`;
    throw unreadable(url, `the answer is not a JSON object: ${reason}`, explanationIn(response, sent));
  }
  if (!isObject(body)) {
    throw unreadable(url, 'the answer is not a JSON object: it is JSON of another kind');
  }
  const document = withoutAbsentMembers(body);
  const { error } = document;
  if (
    typeof error === 'string' &&
    !Object.hasOwn(document, 'access_token') &&
    !Object.hasOwn(document, 'sub')
  ) {
    throw refusal(error, url, explanationIn(response, sent));
  }
  return document;
}

function isJsonType({ headers }: OutboundResponse): boolean {
  return /^[^;]*\bjson\b/i.test(headers['content-type'] ?? '');
}

/** What an operator would recognise it by. */
function formOf({ headers, text }: OutboundResponse): string {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const shown = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/.test(type) ? type : 'of no content type';
  return text.trim() === '' ? 'empty' : shown;
}

/** @param words - The provider's own explanation. */
export function unreadable(url: string, reason: string, words?: string): ProviderAnswerUnreadableError {
  return new ProviderAnswerUnreadableError({
    hint: `${placeOf(url)}: ${reason}.`,
    ...withWords(words),
  });
}

function unavailable(
  url: string | undefined,
  reason: string,
  options: { cause?: unknown; providerMessage?: string } = {},
): ProviderUnavailableError {
  return new ProviderUnavailableError('The sign-in provider cannot be reached right now.', {
    ...options,
    hint: `${placeOf(url)}: ${reason}.`,
  });
}

function withWords(words: string | undefined): { providerMessage?: string } {
  return words === undefined ? {} : { providerMessage: words };
}

/** Origin and path. A query may hold secrets. */
function placeOf(url: string | undefined): string {
  const parsed = parseUrl(url ?? '');
  return parsed ? parsed.origin + parsed.pathname : "The provider's redirect";
}
