/**
 * An OpenID Provider for tests that answers honestly until a script makes it lie: a real server on loopback with
 * discovery, keys, authorization, token, userinfo and revocation (OpenID Connect Core 1.0, RFC 7636, RFC 7009, RFC 9207).
 * Everybody who comes is the same person and agrees; there is no login page.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseUrl, systemClock, type ClockService } from '@vestibule/backend-plugin-api';
import { CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';

/** What can be scripted, and what a request arrived at. @public */
export type ScriptedEndpoint = 'metadata' | 'keys' | 'authorization' | 'token' | 'userinfo' | 'revocation';

/** A request that arrived. @public */
export interface ScriptedRequest {
  endpoint: ScriptedEndpoint;
  url: URL;
  headers: IncomingMessage['headers'];
  /** The form of a POST. */
  form: URLSearchParams;
}

/** An answer. An object as `body` is sent as JSON. @public */
export interface ScriptedAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Record<string, unknown>;
}

/**
 * Changes an honest answer, or `hang`s (never answers) or `reset`s (cuts the connection).
 *
 * @public
 */
export type AnswerScript = (
  honest: ScriptedAnswer,
  request: ScriptedRequest,
) => ScriptedAnswer | 'hang' | 'reset' | Promise<ScriptedAnswer | 'hang' | 'reset'>;

/** An ID token before it is signed. @public */
export interface HonestIdToken {
  header: Record<string, unknown> & { alg: string };
  claims: Record<string, unknown>;
  /** Signs with the provider's key, or with another one, whatever the header says. */
  sign(
    header: Record<string, unknown> & { alg: string },
    claims: unknown,
    key?: CryptoKey | Uint8Array,
  ): Promise<string>;
}

/** How it registers its one client, and signs. @public */
export interface ScriptedOpenIdProviderOptions {
  /** Default `test-client`. */
  clientId?: string;
  /** Default `test-secret`; `undefined` when given so: a public client. */
  clientSecret?: string | undefined;
  /** With which ID tokens are signed. Default `RS256`. */
  algorithm?: 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'Ed25519';
  /** Whether a refresh token is good once, and each refresh gives a new one (RFC 9700 section 4.14.2). Default: false. */
  rotatesRefreshTokens?: boolean;
  /** Milliseconds since the epoch. Default: the system's clock. */
  now?: ClockService['now'];
}

/** A running provider. @public */
export interface ScriptedOpenIdProvider {
  /** For example `http://127.0.0.1:40123`. */
  readonly issuer: string;
  readonly metadataUrl: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Who signs in: the claims of userinfo. Change them at will; they start as Jane's. */
  person: Record<string, unknown> & { sub: string };
  /** Lies, by endpoint. Delete one to make the endpoint honest again. */
  scripts: Partial<Record<ScriptedEndpoint, AnswerScript>>;
  /** Lies in the ID token; what it returns is sent. */
  idTokenScript: ((honest: HonestIdToken) => string | undefined | Promise<string | undefined>) | undefined;
  /** Everything that arrived, in order. */
  readonly requests: ScriptedRequest[];
  /**
   * Signs claims with the provider's key, as it signs ID tokens: for userinfo that is signed (OpenID Connect Core 1.0
   * section 5.3.2). `header` is laid over the honest one.
   */
  sign(
    claims: unknown,
    options?: { header?: Record<string, unknown>; key?: CryptoKey | Uint8Array },
  ): Promise<string>;
  /** Signs with a new key from now on; the old one is not published any more. */
  rotateKeys(): Promise<void>;
  /** Follows an authorization URL as a browser does; the answer is the callback URL. */
  authorize(url: URL | string): Promise<URL>;
  /** Closes every connection, those that hang too. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface SigningKey {
  privateKey: CryptoKey;
  jwk: JWK & { kid: string };
}

interface Grant {
  redirectUri: string;
  codeChallenge: string | undefined;
  nonce: string | undefined;
  scope: string;
}

/**
 * Starts a provider on a free port.
 *
 * @example
 * ```ts
 * const provider = await startScriptedOpenIdProvider();
 * provider.scripts.userinfo = (honest) => ({ ...honest, body: { sub: 'somebody-else' } });
 * const callback = await provider.authorize(authorizationUrl);
 * await provider.close();
 * ```
 * @public
 */
export async function startScriptedOpenIdProvider(
  options: ScriptedOpenIdProviderOptions = {},
): Promise<ScriptedOpenIdProvider> {
  const {
    clientId = 'test-client',
    algorithm = 'RS256',
    rotatesRefreshTokens = false,
    now = systemClock.now,
  } = options;
  const clientSecret = 'clientSecret' in options ? options.clientSecret : 'test-secret';
  const codes = new Map<string, Grant>();
  const refreshTokens = new Map<string, Grant>();
  const accessTokens = new Set<string>();
  let key = await createSigningKey(algorithm);

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const provider: ScriptedOpenIdProvider = {
    issuer,
    metadataUrl: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    person: { sub: 'jane-123', name: 'Jane Doe', email: 'jane@example.com', email_verified: true },
    scripts: {},
    idTokenScript: undefined,
    requests: [],
    async sign(claims, { header = {}, key: otherKey } = {}) {
      return signed({ ...honestHeader(), ...header }, claims, otherKey);
    },
    async rotateKeys() {
      key = await createSigningKey(algorithm);
    },
    async authorize(url) {
      const response = await fetch(url, { redirect: 'manual' });
      const location = response.headers.get('location');
      if (location === null)
        throw new Error(`The provider refused: ${response.status} ${await response.text()}`);
      return new URL(location);
    },
    close,
    [Symbol.asyncDispose]: close,
  };

  const honest: Record<
    ScriptedEndpoint,
    (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>
  > = {
    metadata: () =>
      json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorization`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/keys`,
        revocation_endpoint: `${issuer}/revocation`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [algorithm],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      }),
    keys: () => json(200, { keys: [key.jwk] }),
    authorization({ url }) {
      const asked = url.searchParams;
      const redirectUri = asked.get('redirect_uri') ?? '';
      if (asked.get('client_id') !== clientId || !parseUrl(redirectUri)) {
        return json(400, { error: 'invalid_request' });
      }
      const code = randomUUID();
      codes.set(code, {
        redirectUri,
        codeChallenge: asked.get('code_challenge') ?? undefined,
        nonce: asked.get('nonce') ?? undefined,
        scope: asked.get('scope') ?? '',
      });
      const callback = new URL(redirectUri);
      callback.searchParams.set('code', code);
      callback.searchParams.set('state', asked.get('state') ?? '');
      callback.searchParams.set('iss', issuer);
      return { status: 302, headers: { location: callback.href }, body: '' };
    },
    async token(request) {
      if (!isClient(request)) return json(401, { error: 'invalid_client' });
      const grant = redeem(request.form);
      if (!grant) return json(400, { error: 'invalid_grant' });
      const accessToken = randomUUID();
      accessTokens.add(accessToken);
      const used = request.form.get('refresh_token');
      if (used !== null && rotatesRefreshTokens) refreshTokens.delete(used);
      const refreshToken = used === null || rotatesRefreshTokens ? randomUUID() : used;
      if (grant.scope.split(' ').includes('offline_access')) refreshTokens.set(refreshToken, grant);
      const idToken = await issueIdToken(grant, accessToken);
      return json(200, {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: grant.scope,
        ...(idToken !== undefined && { id_token: idToken }),
        ...(refreshTokens.has(refreshToken) && { refresh_token: refreshToken }),
      });
    },
    userinfo({ headers }) {
      const accessToken = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
      if (accessTokens.has(accessToken)) return json(200, provider.person);
      const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
      return { status: 401, headers: challenge, body: '' };
    },
    revocation(request) {
      if (!isClient(request)) return json(401, { error: 'invalid_client' });
      refreshTokens.delete(request.form.get('token') ?? '');
      return { status: 200, headers: {}, body: '' };
    },
  };

  return provider;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    const endpoint = endpointAt(url.pathname);
    if (!endpoint) return void response.writeHead(404).end();
    const received = {
      endpoint,
      url,
      headers: request.headers,
      form: new URLSearchParams(await bodyOf(request)),
    };
    provider.requests.push(received);
    const truth = await honest[endpoint](received);
    const given = (await provider.scripts[endpoint]?.(truth, received)) ?? truth;
    if (given === 'hang') return;
    if (given === 'reset') return void request.socket.destroy();
    const body = typeof given.body === 'string' ? given.body : JSON.stringify(given.body);
    response.writeHead(given.status, given.headers).end(body);
  }

  function redeem(form: URLSearchParams): Grant | undefined {
    if (form.get('grant_type') === 'refresh_token') return refreshTokens.get(form.get('refresh_token') ?? '');
    const code = form.get('code') ?? '';
    const grant = codes.get(code);
    codes.delete(code);
    if (!grant || form.get('redirect_uri') !== grant.redirectUri) return undefined;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return grant.codeChallenge === undefined || grant.codeChallenge === challenge ? grant : undefined;
  }

  function isClient({ headers, form }: ScriptedRequest): boolean {
    const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
    const [id, secret] =
      basic === undefined
        ? [form.get('client_id'), form.get('client_secret') ?? undefined]
        : Buffer.from(basic, 'base64')
            .toString()
            .split(':')
            .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    return id === clientId && secret === clientSecret;
  }

  async function issueIdToken({ nonce }: Grant, accessToken: string): Promise<string | undefined> {
    const issuedAt = Math.floor(now() / 1000);
    const token: HonestIdToken = {
      header: honestHeader(),
      claims: {
        iss: issuer,
        sub: provider.person.sub,
        aud: clientId,
        iat: issuedAt,
        exp: issuedAt + 300,
        auth_time: issuedAt,
        at_hash: accessTokenHash(accessToken, algorithm),
        ...(nonce !== undefined && { nonce }),
      },
      sign: signed,
    };
    return provider.idTokenScript ? provider.idTokenScript(token) : token.sign(token.header, token.claims);
  }

  function honestHeader(): HonestIdToken['header'] {
    return { alg: algorithm, kid: key.jwk.kid, typ: 'JWT' };
  }

  async function signed(
    header: HonestIdToken['header'],
    claims: unknown,
    otherKey?: CryptoKey | Uint8Array,
  ): Promise<string> {
    const payload = new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims));
    return new CompactSign(payload).setProtectedHeader(header).sign(otherKey ?? key.privateKey);
  }

  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

async function createSigningKey(algorithm: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: algorithm, use: 'sig' };
  return { privateKey, jwk };
}

/** OpenID Connect Core 1.0 section 3.1.3.6. */
function accessTokenHash(accessToken: string, algorithm: string): string {
  const digest = createHash(`sha${/(?:256|384|512)$/.exec(algorithm)?.[0] ?? '512'}`)
    .update(accessToken)
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

function endpointAt(path: string): ScriptedEndpoint | undefined {
  // Under any path, for scripts that play a provider of many tenants.
  if (path.endsWith('/.well-known/openid-configuration')) return 'metadata';
  const endpoints = ['keys', 'authorization', 'token', 'userinfo', 'revocation'] as const;
  return endpoints.find((endpoint) => path === `/${endpoint}`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function json(status: number, body: Record<string, unknown>): ScriptedAnswer {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body };
}
