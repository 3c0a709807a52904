import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { providerDefinitionOf, type CodeExchange } from '@vestibule/plugin-auth-node';
import { createAcmeProvider, type AcmeProvider } from './authenticator.ts';
import { acmeConfigSchema } from './config.ts';
import { acmeProviderFactory } from './module.ts';
import { startAcmeId, type AcmeId } from './testing/acmeId.ts';

const codeVerifier = 'v'.repeat(43);
const callbackUrl = 'http://localhost:7007/api/auth/acme/handler/frame';
const { signal } = new AbortController();

let acme: AcmeId;
let http: OutboundHttp;
let provider: AcmeProvider;

beforeEach(async () => {
  acme = await startAcmeId();
  http = createOutboundHttp();
  const { baseUrl, clientId, clientSecret } = acme;
  provider = createAcmeProvider({
    settings: acmeConfigSchema.parse({ baseUrl }),
    clientId,
    clientSecret,
    http,
  });
});

afterEach(async () => {
  await http.close();
  await acme.close();
});

/** Sends a browser to Acme ID and gives what it comes back with. */
async function logIn(): Promise<CodeExchange> {
  const attempt = { state: 'state-1', nonce: 'nonce-1', scopes: ['profile'], callbackUrl, signal };
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const url = await provider.authorizationUrl({ ...attempt, codeChallenge });
  const response = await fetch(url, { redirect: 'manual' });
  const callback = new URL(response.headers.get('location') ?? '');
  return { ...attempt, parameters: callback.searchParams, codeVerifier };
}

describe('Acme ID', () => {
  it('is a type of OAuth provider that people know by its name', () => {
    expect(providerDefinitionOf(acmeProviderFactory)).toMatchObject({ kind: 'oauth', title: 'Acme ID' });
  });

  it('signs a person in, with PKCE, and can renew it once with each refresh token', async () => {
    const login = await provider.exchange(await logIn());
    expect(login).toEqual({
      subject: 'a-1',
      issuer: acme.baseUrl,
      result: { fullProfile: acme.person },
      profile: { email: 'jane@acme.example', displayName: 'Jane Doe' },
      tokens: {
        accessToken: expect.any(String),
        tokenType: 'bearer',
        scopes: ['profile'],
        expiresInSeconds: 3600,
        refreshToken: expect.any(String),
      },
    });
    const refresh = {
      refreshToken: login.tokens.refreshToken ?? '',
      subject: login.subject,
      issuer: login.issuer,
      scopes: ['profile'],
      signal,
    };
    const renewed = await provider.refresh(refresh);
    expect(renewed).toMatchObject({ subject: 'a-1', profile: login.profile });
    expect(renewed.tokens.refreshToken).not.toBe(refresh.refreshToken);
    await expect(provider.refresh(refresh)).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'invalid_grant',
    });
  });

  it('gives no e-mail that Acme ID does not vouch for', async () => {
    acme.person.email_verified = false;
    const { profile, emailOmitted } = await provider.exchange(await logIn());
    expect({ profile, emailOmitted }).toEqual({
      profile: { displayName: 'Jane Doe' },
      emailOmitted: 'ERR_EMAIL_NOT_VERIFIED',
    });
  });

  it('refuses a code that another browser asked for', async () => {
    const login = await logIn();
    await expect(provider.exchange({ ...login, codeVerifier: 'w'.repeat(43) })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
    });
    await expect(provider.exchange({ ...login, state: 'state-2' })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_ANSWER_INVALID',
    });
  });

  it('hears the refusal of the person', async () => {
    const login = await logIn();
    const parameters = new URLSearchParams({ state: login.state, error: 'access_denied' });
    await expect(provider.exchange({ ...login, parameters })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'access_denied',
    });
  });

  it('refuses a refresh that speaks of somebody else', async () => {
    const { tokens, issuer } = await provider.exchange(await logIn());
    acme.person = { id: 'a-2' };
    await expect(
      provider.refresh({
        refreshToken: tokens.refreshToken ?? '',
        subject: 'a-1',
        issuer,
        scopes: ['profile'],
        signal,
      }),
    ).rejects.toMatchObject({ code: 'ERR_PROVIDER_ANSWER_INVALID' });
  });

  it.each([
    ['a token answer without a token', '/oauth/token', { token_type: 'bearer' }],
    ['a token of another type', '/oauth/token', { access_token: 'a', token_type: 'mac' }],
    ['a token with a line break', '/oauth/token', { access_token: 'a\nb', token_type: 'bearer' }],
    ['a person without an id', '/api/me', { name: 'Jane' }],
    ['a person whose id is a number', '/api/me', { id: 7 }],
  ])('refuses %s', async (_what, path, body) => {
    const login = await logIn();
    acme.answers.set(path, { status: 200, body });
    await expect(provider.exchange(login)).rejects.toMatchObject({ code: 'ERR_PROVIDER_ANSWER_INVALID' });
  });

  it.each(['/oauth/token', '/api/me'])('tells an outage at %s from a no', async (path) => {
    const login = await logIn();
    acme.answers.set(path, { status: 503, body: {} });
    await expect(provider.exchange(login)).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
  });
});

describe('acmeConfigSchema', () => {
  it('has a default, drops a slash at the end, and wants https beyond this machine', () => {
    expect(acmeConfigSchema.parse({})).toEqual({ baseUrl: 'https://id.acme.example' });
    expect(acmeConfigSchema.parse({ baseUrl: 'http://localhost:9000/' })).toEqual({
      baseUrl: 'http://localhost:9000',
    });
    for (const baseUrl of ['http://id.acme.example', 'id.acme.example', 'javascript:alert(1)']) {
      expect(acmeConfigSchema.safeParse({ baseUrl }).success).toBe(false);
    }
  });
});
