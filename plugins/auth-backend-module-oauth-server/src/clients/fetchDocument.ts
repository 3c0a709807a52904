/** Fetching a metadata document (draft-ietf-oauth-client-id-metadata-document section 4). */
import { OutboundError, parseJson, type OutboundHttp, type OutboundResponse } from '@vestibule/outbound-http';
import { OAuthError } from '../oauthError.ts';

/** Shorter ones would let anybody have us call the client's server once for each of their requests. */
export const shortestMilliseconds = 30_000;
const usualMilliseconds = 300_000;
const longestMilliseconds = 86_400_000;

/** A document as it was answered. */
export interface FetchedDocument {
  readonly document: unknown;
  /** How long it may be used. */
  readonly freshMilliseconds: number;
}

/**
 * One GET, which follows no redirect: what another address says of a client is not the client's word (section 4).
 *
 * @throws OAuthError `temporarily_unavailable` where nothing was answered, `invalid_client` for an answer that is no
 *   document. An address that may not be called looks to the client like one that does not answer, so that nobody learns
 *   from us what there is in our network.
 */
export async function fetchDocument(url: URL, http: Pick<OutboundHttp, 'request'>): Promise<FetchedDocument> {
  const answer = await ask(url, http);
  if (answer.status === 429 || answer.status >= 500) throw away(`status ${answer.status}`);
  if (answer.status !== 200) {
    throw new OAuthError('invalid_client', 'There is no metadata document at the client_id', {
      cause: new Error(`status ${answer.status}`),
    });
  }
  try {
    return { document: parseJson(answer), freshMilliseconds: freshMillisecondsOf(answer) };
  } catch (cause) {
    throw new OAuthError('invalid_client', 'The metadata document of this client is no JSON', { cause });
  }
}

async function ask(url: URL, http: Pick<OutboundHttp, 'request'>): Promise<OutboundResponse> {
  try {
    return await http.request({ url, headers: { accept: 'application/json' } });
  } catch (error) {
    if (error instanceof OutboundError && error.code === 'ERR_OUTBOUND_TOO_LARGE') {
      throw new OAuthError('invalid_client', 'The metadata document of this client is too large', {
        cause: error,
      });
    }
    throw away(error);
  }
}

function away(cause: unknown): OAuthError {
  return new OAuthError('temporarily_unavailable', 'The metadata document of this client cannot be fetched', {
    cause,
  });
}

/** `max-age` (RFC 9111 section 5.2.2), within limits. What should not be kept at all is kept as briefly as a failure. */
function freshMillisecondsOf({ headers }: OutboundResponse): number {
  const directives = (headers['cache-control'] ?? '').toLowerCase().split(',');
  const names = directives.map((directive) => directive.trim());
  if (names.includes('no-store') || names.includes('no-cache')) return shortestMilliseconds;
  const age = names
    .map((name) => /^max-age="?(\d{1,10})"?$/.exec(name)?.[1])
    .find((value) => value !== undefined);
  if (age === undefined) return usualMilliseconds;
  return Math.min(longestMilliseconds, Math.max(shortestMilliseconds, Number(age) * 1000));
}
