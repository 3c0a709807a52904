import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { ProviderGrant, ProviderTokens, RefreshRequest } from '@vestibule/plugin-auth-node';
import type { OidcProvider } from './authenticator.ts';
import type { OidcResult } from './result.ts';
import { callbackUrl, configuredProvider, exchangeOf, signIn, start } from './testing/signIn.ts';

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;
let oidc: OidcProvider;
const jane = { sub: 'jane-123', name: 'Jane Doe', email: 'jane@example.com', email_verified: true };

beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startScriptedOpenIdProvider();
});

beforeEach(() => {
  oidc = configuredProvider({ metadataUrl: idp.metadataUrl, http });
});

afterEach(() => {
  idp.scripts = {};
  idp.idTokenScript = undefined;
  idp.requests.length = 0;
  idp.person = { ...jane };
});

afterAll(async () => {
  await idp.close();
  await http.close();
});

const authorize = (url: URL): Promise<URL> => idp.authorize(url);

function refreshOf(grant: ProviderGrant<OidcResult>, changes: Partial<RefreshRequest> = {}): RefreshRequest {
  return {
    refreshToken: grant.tokens.refreshToken ?? '',
    scopes: [],
    subject: grant.subject,
    issuer: grant.issuer,
    signal: AbortSignal.timeout(10_000),
    ...changes,
  };
}

describe('the authorization URL', () => {
  it('carries the code flow with PKCE S256, state and nonce', async () => {
    const { url, state, nonce } = await start(oidc);
    expect(url.origin + url.pathname).toBe(`${idp.issuer}/authorization`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'test-client',
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: callbackUrl,
      state,
      nonce,
      code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it.each<[string, Record<string, unknown>, string[], string | null]>([
    ['none', {}, [], null],
    ['consent with offline_access', {}, ['offline_access'], 'consent'],
    ['none with auto, even with offline_access', { prompt: 'auto' }, ['offline_access'], null],
    ['what the config says', { prompt: 'select_account' }, ['offline_access'], 'select_account'],
    ['what the config says, none', { prompt: 'none' }, [], 'none'],
  ])('asks for prompt: %s', async (_title, keys, scopes, prompt) => {
    const provider = configuredProvider({ metadataUrl: idp.metadataUrl, http, keys });
    expect((await start(provider, scopes)).url.searchParams.get('prompt')).toBe(prompt);
  });

  it('carries startUrlSearchParams', async () => {
    const keys = { startUrlSearchParams: { acr_values: 'phr', max_age: 600 } };
    const { url } = await start(configuredProvider({ metadataUrl: idp.metadataUrl, http, keys }));
    expect(url.searchParams.get('acr_values')).toBe('phr');
    expect(url.searchParams.get('max_age')).toBe('600');
  });

  it('is refused for a scope that is no scope', async () => {
    for (const scope of ['', 'a b', 'a"b', 'a\\b', 'ä', 'a\r\nb']) {
      await expect(start(oidc, [scope])).rejects.toMatchObject({
        code: 'ERR_AUTH_SCOPE_INVALID',
        name: 'InputError',
      });
    }
  });
});

describe('a login', () => {
  it('gives subject, issuer, profile, result and tokens', async () => {
    idp.person = { ...jane, picture: 'https://example.com/jane.png', groups: ['a'] };
    const before = Math.floor(Date.now() / 1000);
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    expect(grant).toEqual({
      subject: 'jane-123',
      issuer: idp.issuer,
      profile: {
        email: 'jane@example.com',
        displayName: 'Jane Doe',
        picture: 'https://example.com/jane.png',
      },
      result: {
        fullProfile: {
          tokenset: {
            access_token: grant.tokens.accessToken,
            token_type: 'bearer',
            id_token: grant.tokens.idToken,
            scope: 'openid profile email offline_access',
            expires_at: expect.any(Number),
          },
          userinfo: { ...jane, picture: 'https://example.com/jane.png', groups: ['a'] },
        },
        claims: { ...jane, picture: 'https://example.com/jane.png', groups: ['a'] },
      },
      claimSources: Object.fromEntries(
        ['sub', 'name', 'email', 'email_verified', 'picture', 'groups'].map((claim) => [claim, 'userinfo']),
      ),
      tokens: {
        accessToken: expect.any(String),
        tokenType: 'bearer',
        idToken: expect.stringMatching(/^ey/),
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        expiresInSeconds: 3600,
        refreshToken: expect.any(String),
      },
    });
    expect(grant.result.fullProfile.tokenset.expires_at).toBeGreaterThanOrEqual(before + 3600);
    expect(JSON.parse(JSON.stringify(grant.result))).toEqual(grant.result);
    expect(JSON.stringify(grant.result)).not.toContain(grant.tokens.refreshToken);
  });

  it('asks for metadata, token, keys and userinfo, and at the second time for no more than it must', async () => {
    const endpoints = () => idp.requests.splice(0).map(({ endpoint }) => endpoint);
    await signIn(oidc, { authorize });
    const first = endpoints();
    expect(first.filter((endpoint) => endpoint !== 'keys')).toEqual([
      'metadata',
      'authorization',
      'token',
      'userinfo',
    ]);
    // Read while the person logs in, so at no certain place.
    expect(first.filter((endpoint) => endpoint === 'keys')).toHaveLength(1);
    await signIn(oidc, { authorize });
    expect(endpoints()).toEqual(['authorization', 'token', 'userinfo']);
  });

  it('sends what Backstage sends to the token endpoint', async () => {
    const provider = configuredProvider({
      metadataUrl: idp.metadataUrl,
      http,
      clientSecret: 's3cret-s3cret+~ä /',
    });
    idp.scripts.token = (honest) => ({ ...honest, status: 400, body: { error: 'invalid_client' } });
    const attempt = await start(provider);
    const callback = await idp.authorize(attempt.url);
    await expect(provider.exchange(exchangeOf(attempt, callback))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'invalid_client',
    });
    const { headers, form } = idp.requests.at(-1)!;
    const basic = Buffer.from(headers.authorization!.slice('Basic '.length), 'base64').toString();
    expect(basic).toBe('test-client:s3cret-s3cret%2B~%C3%A4+%2F');
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code'),
      redirect_uri: callbackUrl,
      code_verifier: attempt.codeVerifier,
    });
  });

  it.each(['client_secret_post', 'none'])(
    'proves the client by %s where the config says so',
    async (method) => {
      const clientSecret = method === 'none' ? undefined : 'test-secret';
      const other = await startScriptedOpenIdProvider({ clientSecret, algorithm: 'ES256' });
      try {
        const provider = configuredProvider({
          metadataUrl: other.metadataUrl,
          http,
          clientSecret,
          keys: { tokenEndpointAuthMethod: method, tokenSignedResponseAlg: 'ES256' },
        });
        const grant = await signIn(provider, { authorize: (url) => other.authorize(url) });
        expect(grant.subject).toBe('jane-123');
        const { headers, form } = other.requests.find(({ endpoint }) => endpoint === 'token')!;
        expect(headers.authorization).toBeUndefined();
        expect(form.get('client_id')).toBe('test-client');
        expect(form.get('client_secret')).toBe(clientSecret ?? null);
      } finally {
        await other.close();
      }
    },
  );

  it('needs a client secret unless the client is public', () => {
    expect(() => configuredProvider({ metadataUrl: idp.metadataUrl, http, clientSecret: undefined })).toThrow(
      expect.objectContaining({ code: 'ERR_PROVIDER_SETTINGS_INVALID' }),
    );
  });

  it.each<[string, Record<string, unknown>, object]>([
    ['an unverified address', { email_verified: false }, { emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' }],
    [
      'an address whose verification is not told',
      { email_verified: undefined },
      { emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' },
    ],
    ['an address verified by a word', { email_verified: 'true' }, { emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' }],
    ['a malformed address', { email: 'jane@@example.com' }, { emailOmitted: 'ERR_PROFILE_EMAIL_INVALID' }],
    ['no address', { email: undefined }, {}],
  ])('leaves %s out of the profile and tells why', async (_title, changes, expected) => {
    idp.person = { ...jane, ...changes };
    const { profile, emailOmitted } = await signIn(oidc, { authorize });
    expect({ profile, ...(emailOmitted && { emailOmitted }) }).toEqual({
      profile: { displayName: 'Jane Doe' },
      ...expected,
    });
  });

  it.each<[unknown, unknown, RegExp]>([
    [true, undefined, /does not say whether it is verified, or says it as a text; one that it says is not/],
    [true, 'true', /auth\.providers\.oidc\.development: an e-mail address counts although/],
    [[false], false, /although the provider says that it is NOT verified \(dangerously/],
  ])(
    'with dangerouslyTrustUnverifiedEmail %j takes an address with email_verified %j, and warns at start',
    async (dangerouslyTrustUnverifiedEmail, email_verified, warning) => {
      const logged: string[] = [];
      const keys = { dangerouslyTrustUnverifiedEmail };
      const provider = configuredProvider({ metadataUrl: idp.metadataUrl, http, keys, logged });
      idp.person = { ...jane, email_verified };
      expect((await signIn(provider, { authorize })).profile.email).toBe('jane@example.com');
      expect(logged).toEqual([expect.stringMatching(warning)]);
    },
  );

  it('takes no address that is said to be unverified, though unverified ones are trusted', async () => {
    const keys = { dangerouslyTrustUnverifiedEmail: true };
    idp.person = { ...jane, email_verified: false };
    const provider = configuredProvider({ metadataUrl: idp.metadataUrl, http, keys });
    expect(await signIn(provider, { authorize })).toMatchObject({
      profile: { displayName: 'Jane Doe' },
      emailOmitted: 'ERR_EMAIL_NOT_VERIFIED',
      emailNotVerified: 'false',
    });
  });
});

describe('a refresh', () => {
  it('gives new tokens and the person as they are now', async () => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    idp.person = { ...jane, name: 'Jane Roe' };
    const renewed = await oidc.refresh(refreshOf(grant));
    expect(renewed.tokens.accessToken).not.toBe(grant.tokens.accessToken);
    expect(renewed).toMatchObject({
      subject: 'jane-123',
      issuer: idp.issuer,
      profile: { displayName: 'Jane Roe', email: 'jane@example.com' },
      result: { fullProfile: { userinfo: { name: 'Jane Roe' } } },
    });
    expect(Object.fromEntries(idp.requests.at(-2)!.form)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: grant.tokens.refreshToken,
    });
  });

  it('works where the provider gives no new ID token and no new refresh token', async () => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    idp.scripts.token = (honest) => {
      const { access_token, token_type, expires_in } = honest.body as Record<string, unknown>;
      return { ...honest, body: { access_token, token_type, expires_in } };
    };
    const renewed = await oidc.refresh(refreshOf(grant));
    expect(Object.keys(renewed.tokens).sort()).toEqual(['accessToken', 'expiresInSeconds', 'tokenType']);
    expect(renewed.result.fullProfile.tokenset).not.toHaveProperty('id_token');
  });

  it('hands new tokens on before it uses them, and no ID token that nothing has verified', async () => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    await idp.rotateKeys();
    idp.scripts.keys = () => 'reset';
    const kept: ProviderTokens[] = [];
    const keepTokens = async (tokens: ProviderTokens) => Promise.resolve(void kept.push(tokens));
    await expect(oidc.refresh(refreshOf(grant, { keepTokens }))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_UNAVAILABLE',
    });
    expect(kept).toEqual([
      {
        accessToken: expect.any(String),
        tokenType: 'bearer',
        scopes: expect.arrayContaining(['offline_access']),
        expiresInSeconds: 3600,
        refreshToken: grant.tokens.refreshToken,
      },
    ]);
  });

  it('is a definite no with invalid_grant', async () => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    await expect(oidc.refresh(refreshOf(grant, { refreshToken: 'revoked' }))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'invalid_grant',
    });
  });
});

describe('a revocation', () => {
  const revoked = () =>
    idp.requests
      .filter(({ endpoint }) => endpoint === 'revocation')
      .map(({ form }) => Object.fromEntries(form));

  it('takes back the refresh token, and then the access token, which the browser has', async () => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    const { refreshToken = '', accessToken } = grant.tokens;
    await oidc.revoke({ refreshToken, accessToken, signal: AbortSignal.timeout(5000) });
    expect(revoked()).toEqual([{ token: refreshToken }, { token: accessToken }]);
    await expect(oidc.refresh(refreshOf(grant))).rejects.toMatchObject({ providerError: 'invalid_grant' });
  });

  it('is content with a provider that cannot take access tokens back', async () => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    const { refreshToken = '', accessToken } = grant.tokens;
    idp.scripts.revocation = (honest, { form }) =>
      form.get('token') === refreshToken
        ? honest
        : {
            status: 400,
            headers: { 'content-type': 'application/json' },
            body: { error: 'unsupported_token_type' },
          };
    await oidc.revoke({ refreshToken, accessToken, signal: AbortSignal.timeout(5000) });
    expect(revoked()).toHaveLength(2);
  });

  it('revokes the access token where there is no refresh token', async () => {
    const grant = await signIn(oidc, { authorize });
    await oidc.revoke({ accessToken: grant.tokens.accessToken, signal: AbortSignal.timeout(5000) });
    expect(idp.requests.at(-1)!.form.get('token')).toBe(grant.tokens.accessToken);
  });

  it('calls nobody where the provider announces no endpoint for it', async () => {
    idp.scripts.metadata = (honest) => ({
      ...honest,
      body: { ...(honest.body as object), revocation_endpoint: undefined },
    });
    await oidc.revoke({ accessToken: 'x', signal: AbortSignal.timeout(5000) });
    expect(idp.requests.map(({ endpoint }) => endpoint)).toEqual(['metadata']);
  });

  it('tells when the provider cannot be reached', async () => {
    idp.scripts.revocation = () => 'reset';
    await expect(oidc.revoke({ accessToken: 'x', signal: AbortSignal.timeout(5000) })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_UNAVAILABLE',
    });
  });
});
