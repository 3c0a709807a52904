/** What the query of `GET /v1/authorize` asks for (RFC 6749 section 4.1.1, OpenID Connect Core 1.0 section 3.1.2.1). */
import type { OAuthClient, OAuthClients } from '../clients/clients.ts';
import { OAuthError } from '../oauthError.ts';
import { maximumRedirectUriLength } from '../clients/redirectUris.ts';

/** Where an answer may be sent: proven, by what the client registered. */
export interface AuthorizationTarget {
  readonly client: OAuthClient;
  readonly redirectUri: string;
}

/** A request as its handle holds it until somebody decides. */
export interface AuthorizationRequest {
  readonly clientId: string;
  /** For people; as the client named itself. */
  readonly clientName: string;
  readonly redirectUri: string;
  /** What would be granted, between spaces. */
  readonly scope: string;
  readonly state?: string;
  readonly nonce?: string;
  /** Absent in requests from before it was required of everybody; their codes are worth nothing. */
  readonly codeChallenge?: string;
}

const longestClientId = 2048;
const longestState = 2048;
/** It goes into the token. */
const longestNonce = 512;
const longestScope = 1024;

/** RFC 6749 appendix A: printable ASCII. */
const printable = /^[\x20-\x7e]+$/;

/**
 * The client, and where it may be answered. What is wrong here is told to whoever asks, and never sent on: RFC 6749 section
 * 4.1.2.1, RFC 9700 section 4.11.
 *
 * @throws OAuthError `invalid_request`, and what `clients.find` throws.
 */
export async function readTarget(
  parameters: URLSearchParams,
  { clients, signal }: { clients: OAuthClients; signal: AbortSignal },
): Promise<AuthorizationTarget> {
  const clientId = one(parameters, 'client_id', longestClientId);
  const redirectUri = one(parameters, 'redirect_uri', maximumRedirectUriLength);
  const client = await clients.find(clientId, { signal });
  if (!client) {
    throw new OAuthError('invalid_request', 'The client is not known here', {
      hint: 'auth.staticClients does not name it. It has not registered itself, or so long ago and without use that it was forgotten; or clients of its kind are off.',
    });
  }
  if (!client.isRedirectUriAllowed(redirectUri)) {
    throw new OAuthError('invalid_request', 'The redirect_uri is not one that this client registered', {
      hint: `It is ${redirectUri}; of a client that auth.staticClients does not name, allowedRedirectUriPatterns must match it, too.`,
    });
  }
  return { client, redirectUri };
}

/** The `state`, where it is one that can be sent back. */
export function stateOf(parameters: URLSearchParams): string | undefined {
  const [state, ...others] = parameters.getAll('state');
  if (!state || others.length > 0 || state.length > longestState || !printable.test(state)) return undefined;
  return state;
}

/**
 * Everything else of the request.
 *
 * @param query - Each parameter once.
 * @throws OAuthError with the codes of RFC 6749 section 4.1.2.1 and OpenID Connect Core 1.0 section 3.1.2.6.
 */
export function readRequest(
  query: ReadonlyMap<string, string>,
  { client, redirectUri }: AuthorizationTarget,
  { knownScopes }: { knownScopes: readonly string[] },
): AuthorizationRequest {
  if (query.has('request')) throw new OAuthError('request_not_supported', "'request' is not supported");
  if (query.has('request_uri')) {
    throw new OAuthError('request_uri_not_supported', "'request_uri' is not supported");
  }
  const responseType = valueOf(query, 'response_type');
  if (responseType === undefined) throw new OAuthError('invalid_request', "'response_type' is missing");
  if (responseType !== 'code') {
    throw new OAuthError('unsupported_response_type', "The only response_type is 'code'");
  }
  if ((valueOf(query, 'response_mode') ?? 'query') !== 'query') {
    throw new OAuthError('invalid_request', "The only response_mode is 'query'");
  }
  // Somebody has to decide each time.
  if (valueOf(query, 'prompt')?.split(' ').includes('none')) {
    throw new OAuthError(
      'interaction_required',
      "Without a person nobody can approve: not with 'prompt=none'",
    );
  }
  const state = limited(query, 'state', longestState);
  const nonce = limited(query, 'nonce', longestNonce);
  const codeChallenge = readChallenge(query);
  return {
    clientId: client.id,
    clientName: client.name,
    redirectUri,
    scope: grantedScope(valueOf(query, 'scope'), knownScopes),
    codeChallenge,
    ...(state !== undefined && { state }),
    ...(nonce !== undefined && { nonce }),
  };
}

/**
 * PKCE with S256 only (RFC 7636 section 4.2): `plain` shows the verifier to whoever reads the request. For clients with a
 * secret as well, whose codes can be injected, too (RFC 9700 section 2.1.1).
 */
function readChallenge(query: ReadonlyMap<string, string>): string {
  const challenge = valueOf(query, 'code_challenge');
  const method = valueOf(query, 'code_challenge_method');
  if (challenge === undefined) {
    throw new OAuthError('invalid_request', "PKCE is required: 'code_challenge' is missing");
  }
  if (method !== 'S256') {
    throw new OAuthError('invalid_request', "'code_challenge_method' must be 'S256'");
  }
  // The unpadded base64url of a SHA-256.
  if (!/^[\w-]{43}$/.test(challenge)) {
    throw new OAuthError('invalid_request', "'code_challenge' is no SHA-256 in base64url");
  }
  return challenge;
}

/** What is not known is ignored (OpenID Connect Core 1.0 section 3.1.2.1); the answer to the code says what was granted. */
function grantedScope(requested: string | undefined, known: readonly string[]): string {
  if (requested !== undefined && (requested.length > longestScope || !printable.test(requested))) {
    throw new OAuthError('invalid_scope', "'scope' is too long or has characters that no scope has");
  }
  const granted = known.filter((scope) => requested?.split(' ').includes(scope));
  return granted.length > 0 ? granted.join(' ') : 'openid';
}

function one(parameters: URLSearchParams, name: string, longest: number): string {
  const [value, ...others] = parameters.getAll(name);
  if (!value) throw new OAuthError('invalid_request', `'${name}' is missing`);
  if (others.length > 0) throw new OAuthError('invalid_request', `'${name}' is repeated`);
  if (value.length > longest || !printable.test(value)) {
    throw new OAuthError(
      'invalid_request',
      `'${name}' is too long or has characters that do not belong there`,
    );
  }
  return value;
}

function limited(query: ReadonlyMap<string, string>, name: string, longest: number): string | undefined {
  const value = valueOf(query, name);
  if (value !== undefined && (value.length > longest || !printable.test(value))) {
    throw new OAuthError(
      'invalid_request',
      `'${name}' is too long or has characters that do not belong there`,
    );
  }
  return value;
}

/** A parameter without a value counts as absent (RFC 6749 section 3.1). */
function valueOf(query: ReadonlyMap<string, string>, name: string): string | undefined {
  return query.get(name) || undefined;
}
