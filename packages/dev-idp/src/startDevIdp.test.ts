/** The provider as a relying party meets it: real HTTP on loopback. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { startDevIdp, type DevIdpFault, type DevIdpServer } from './index.ts';

const redirectUri = 'http://127.0.0.1:9/callback';
const clientId = 'vestibule';
const credentials = `Basic ${Buffer.from(`${clientId}:dev-only-secret`).toString('base64')}`;

let idp: DevIdpServer;
const printed: unknown[] = [];

beforeAll(async () => {
  for (const level of ['log', 'info', 'warn', 'error'] as const) {
    jest.spyOn(console, level).mockImplementation((line) => void printed.push(line));
  }
  idp = await startDevIdp({
    clients: [{ clientId, clientSecret: 'dev-only-secret', redirectUris: [redirectUri] }],
  });
});

afterEach(() => {
  idp.scenario({});
  idp.configure({ rotateRefreshTokens: false, accessTokenSeconds: 3600 });
});

afterAll(async () => {
  await idp.stop();
  jest.restoreAllMocks();
});

interface Tokens {
  status: number;
  error?: string;
  access_token: string;
  id_token: string;
  refresh_token?: string;
  expires_in: number;
}

function begin(extra: Record<string, string> = {}): { url: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email offline_access',
    prompt: 'consent',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  });
  return { url: `${idp.issuer}/authorize?${parameters}`, verifier };
}

async function token(parameters: Record<string, string>): Promise<Tokens> {
  const response = await fetch(`${idp.issuer}/token`, {
    method: 'POST',
    headers: { authorization: credentials },
    body: new URLSearchParams(parameters),
  });
  return { ...((await response.json()) as Tokens), status: response.status };
}

async function signIn(as: string, extra?: Record<string, string>): Promise<Tokens> {
  const { url, verifier } = begin(extra);
  const code = new URL(await idp.authorize(url, { as })).searchParams.get('code') ?? '';
  return token({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
}

async function userinfo(accessToken: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${idp.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return (await response.json()) as Record<string, unknown>;
}

describe('signing in at the development identity provider', () => {
  it('gives a verifiable ID token, a refresh token, and the profile in userinfo only', async () => {
    const tokens = await signIn('jane');
    expect(tokens.status).toBe(200);
    expect(tokens.refresh_token).toEqual(expect.any(String));
    const { payload, protectedHeader } = await jwtVerify(
      tokens.id_token,
      createRemoteJWKSet(new URL(`${idp.issuer}/jwks`)),
      { issuer: idp.issuer, audience: clientId },
    );
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({ sub: 'jane', nonce: 'a-nonce' });
    expect(payload).not.toHaveProperty('email');
    expect(await userinfo(tokens.access_token)).toEqual({
      sub: 'jane',
      name: 'Jane Doe',
      email: 'jane@example.com',
      email_verified: true,
      picture: `${idp.issuer}/picture/jane.svg`,
    });
  });

  it("says that Sam's address is not verified", async () => {
    const { access_token: accessToken } = await signIn('sam');
    expect(await userinfo(accessToken)).toMatchObject({ email: 'sam@example.com', email_verified: false });
  });

  it('names its issuer in the callback and in metadata, whatever host was asked', async () => {
    const callback = new URL(await idp.authorize(begin().url, { as: 'jane' }));
    expect(`${callback.origin}${callback.pathname}`).toBe(redirectUri);
    expect(callback.searchParams.get('state')).toBe('a-state');
    expect(callback.searchParams.get('iss')).toBe(idp.issuer);
    const request = get(idp.metadataUrl, { headers: { host: 'elsewhere.example' } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const metadata: unknown = await json(response);
    expect(metadata).toMatchObject({ issuer: idp.issuer, token_endpoint: `${idp.issuer}/token` });
  });

  it('gives no refresh token without prompt=consent', async () => {
    expect(await signIn('jane', { prompt: '' })).not.toHaveProperty('refresh_token');
  });

  it('answers access_denied where the person refuses', async () => {
    const callback = new URL(await idp.authorize(begin().url, { refuse: true }));
    expect(callback.searchParams.get('error')).toBe('access_denied');
  });

  it('refuses an authorization without PKCE', async () => {
    const { url } = begin();
    const bare = new URL(url);
    bare.searchParams.delete('code_challenge');
    bare.searchParams.delete('code_challenge_method');
    const callback = new URL(await idp.authorize(bare.href, { as: 'jane' }));
    expect(callback.searchParams.get('error')).toBe('invalid_request');
  });

  it('shows an error page, and sends nothing, to an unregistered redirect URI', async () => {
    const { url } = begin({ redirect_uri: 'http://127.0.0.1:9/evil' });
    await expect(idp.authorize(url, { as: 'jane' })).rejects.toThrow(/answered 400 .*redirect_uri/);
  });

  it('lets several people sign in at once', async () => {
    const subjects = await Promise.all(
      ['jane', 'omar', 'kim'].map(async (id) => (await userinfo((await signIn(id)).access_token)).sub),
    );
    expect(subjects).toEqual(['jane', 'omar', 'kim']);
  });

  it('prints nothing, neither when it starts nor in use', async () => {
    await signIn('jane');
    expect(printed).toEqual([]);
  });
});

describe('refreshing', () => {
  const refresh = (value = '') => token({ grant_type: 'refresh_token', refresh_token: value });

  it('keeps the refresh token by default and rotates it when told to', async () => {
    const first = await signIn('jane');
    const second = await refresh(first.refresh_token);
    expect(second.refresh_token).toBe(first.refresh_token);
    idp.configure({ rotateRefreshTokens: true });
    const third = await refresh(first.refresh_token);
    expect(third.refresh_token).not.toBe(first.refresh_token);
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('gives access tokens of the configured lifetime', async () => {
    idp.configure({ accessTokenSeconds: 30 });
    expect(await signIn('jane')).toMatchObject({ expires_in: 30 });
  });

  it("ends one person's refresh tokens only", async () => {
    const [jane, omar] = [await signIn('jane'), await signIn('omar')];
    idp.revokeRefreshTokens('jane');
    expect(await refresh(jane.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await refresh(omar.refresh_token)).toMatchObject({ status: 200 });
  });

  it('survives a rotation of the signing keys', async () => {
    const before = await signIn('jane');
    await idp.rotateKeys({ keepOld: true });
    const after = await refresh(before.refresh_token);
    expect(after.status).toBe(200);
    const { keys } = (await (await fetch(`${idp.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
    const [oldKid, newKid] = [before, after].map((tokens) => decodeProtectedHeader(tokens.id_token).kid);
    expect(newKid).not.toBe(oldKid);
    expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining([oldKid, newKid]));
  });

  it('has a signing key for each algorithm of its clients, and no other', async () => {
    const client = { clientId, clientSecret: 'a-secret', redirectUris: ['http://localhost:7007/callback'] };
    await using elliptic = await startDevIdp({ clients: [{ ...client, idTokenSignedResponseAlg: 'ES256' }] });
    const algorithms = async () => {
      const { keys } = (await (await fetch(`${elliptic.issuer}/jwks`)).json()) as { keys: { alg: string }[] };
      return keys.map(({ alg }) => alg);
    };
    expect(await algorithms()).toEqual(['ES256']);
    await elliptic.rotateKeys({ keepOld: true });
    expect(await algorithms()).toEqual(['ES256', 'ES256']);
  });

  it('shows a changed person', async () => {
    const { access_token: accessToken } = await signIn('kim');
    idp.changePerson('kim', { email: 'kim@new.example' });
    expect(await userinfo(accessToken)).toMatchObject({ email: 'kim@new.example' });
    idp.changePerson('kim', { email: 'kim@example.com' });
  });
});

describe('failure scenarios', () => {
  it.each([
    ['500', { status: 500, type: 'application/json' }],
    ['503', { status: 503, type: 'application/json' }],
    ['429', { status: 429, type: 'application/json' }],
    ['html', { status: 200, type: 'text/html' }],
    ['garbage', { status: 200, type: 'application/json' }],
    ['empty', { status: 200, type: 'application/json' }],
    ['null', { status: 200, type: 'application/json' }],
    ['oversized', { status: 200, type: 'application/json' }],
    ['redirect', { status: 302, type: null }],
    ['invalid_grant', { status: 400, type: 'application/json' }],
    ['invalid_client', { status: 401, type: 'application/json' }],
    ['access_denied', { status: 400, type: 'application/json' }],
  ] satisfies [DevIdpFault, object][])('%s answers so', async (fault, expected) => {
    idp.scenario({ userinfo: fault });
    const response = await fetch(`${idp.issuer}/userinfo`, { redirect: 'manual' });
    await response.arrayBuffer();
    expect({ status: response.status, type: response.headers.get('content-type') }).toEqual(expected);
  });

  it.each(['reset', 'truncated'] satisfies DevIdpFault[])('%s cuts the connection', async (fault) => {
    idp.scenario({ jwks: fault });
    await expect(fetch(`${idp.issuer}/jwks`).then((response) => response.text())).rejects.toThrow();
  });

  it.each(['hang', 'stalled', 'trickle'] satisfies DevIdpFault[])(
    '%s ends only when the caller gives up',
    async (fault) => {
      const abort = new AbortController();
      idp.scenario({ discovery: fault });
      const held = idp.hold('discovery');
      const answer = fetch(idp.metadataUrl, { signal: abort.signal }).then((response) => response.text());
      const settled = jest.fn();
      answer.then(settled, settled);
      await held.arrived;
      held.release();
      await fetch(`${idp.issuer}/jwks`).then((response) => response.text());
      expect(settled).not.toHaveBeenCalled();
      abort.abort();
      await expect(answer).rejects.toThrow(/abort/i);
    },
  );

  it('holds requests until they are released, and counts them', async () => {
    idp.resetRequests();
    const held = idp.hold('jwks');
    const answers = [fetch(`${idp.issuer}/jwks`), fetch(`${idp.issuer}/jwks`)];
    await held.arrived;
    expect(held.waiting()).toBeGreaterThan(0);
    held.release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect(idp.requests()).toEqual({
      discovery: 0,
      jwks: 2,
      authorization: 0,
      token: 0,
      userinfo: 0,
      revocation: 0,
    });
  });

  it('passes on after a function of the test has looked', async () => {
    const seen: (string | undefined)[] = [];
    idp.scenario({
      jwks(request, _response, passOn) {
        seen.push(request.method);
        passOn();
      },
    });
    expect((await fetch(`${idp.issuer}/jwks`)).status).toBe(200);
    expect(seen).toEqual(['GET']);
  });
});

describe('the login page', () => {
  it('offers every person, lets no script run, and is not stored', async () => {
    const start = await fetch(begin().url, { redirect: 'manual' });
    const page = await fetch(new URL(start.headers.get('location') ?? '', idp.issuer), {
      headers: {
        cookie: start.headers
          .getSetCookie()
          .map((cookie) => cookie.split(';')[0])
          .join('; '),
      },
    });
    const html = await page.text();
    for (const name of ['Jane Doe', 'Omar', 'Kim', 'Sam']) expect(html).toContain(`Sign in as ${name}`);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; /,
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('says what to do where the sign-in has expired', async () => {
    const response = await fetch(`${idp.issuer}/interaction/unknown`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Start the sign-in again');
  });

  it('draws a picture for each person, and 404 for nobody', async () => {
    const picture = await fetch(`${idp.issuer}/picture/jane.svg`);
    expect(picture.headers.get('content-type')).toBe('image/svg+xml');
    expect((await fetch(`${idp.issuer}/picture/..%2f.svg`)).status).toBe(404);
  });
});
