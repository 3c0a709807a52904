import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { ProviderTokens } from '@vestibule/plugin-auth-node';
import type { GitHubProvider } from './authenticator.ts';
import { startScriptedGitHub, type ScriptedAnswer, type ScriptedGitHub } from './testing/scriptedGitHub.ts';
import { callbackUrl, configuredProvider, exchangeOf, refreshOf, signIn, start } from './testing/signIn.ts';

let gitHub: ScriptedGitHub;
let http: OutboundHttp;
let provider: GitHubProvider;

beforeAll(async () => {
  http = createOutboundHttp();
  gitHub = await startScriptedGitHub();
});
beforeEach(() => {
  provider = configuredProvider({ url: gitHub.url, http });
});
afterEach(() => gitHub.reset());
afterAll(async () => {
  await gitHub.close();
  await http.close();
});

const authorize = async (url: URL): Promise<URL> => gitHub.authorize(url);
const withEmail = { authorize, scopes: ['user:email'] };

describe('the start', () => {
  it('sends the person to GitHub with PKCE', async () => {
    const { url, state } = await start(provider, ['repo']);
    expect(url.origin + url.pathname).toBe(`${gitHub.url}/login/oauth/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'test-client',
      redirect_uri: callbackUrl,
      scope: 'read:user repo',
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it('refuses malformed scopes', async () => {
    await expect(start(provider, ['two words'])).rejects.toMatchObject({ code: 'ERR_AUTH_SCOPE_INVALID' });
  });

  it.each([
    [['read:user'], { dangerouslyTrustUnverifiedEmail: true }, ['warn: ', 'info: ']],
    [['read:user'], {}, ['info: ']],
    [['read:user', 'user:email'], {}, []],
    [['read:user', 'user'], {}, []],
  ])('with scopes %j and keys %j says what e-mail addresses take', (scopes, keys, levels) => {
    const logged: string[] = [];
    configuredProvider({ url: gitHub.url, http, scopes, keys, logged });
    expect(logged).toEqual(
      levels.map((level) => expect.stringMatching(`^${level}auth\\.providers\\.github\\.development: `)),
    );
  });
});

describe('a sign-in', () => {
  it('gives the account, the profile as Passport has it, and the session', async () => {
    const grant = await signIn(provider, withEmail);
    const { accessToken } = grant.tokens;
    expect(grant).toEqual({
      subject: '583231',
      issuer: gitHub.url,
      profile: {
        email: 'jane@example.com',
        displayName: 'Jane Doe',
        picture: 'https://avatars.example.com/u/583231',
      },
      result: {
        fullProfile: {
          id: '583231',
          provider: 'github',
          displayName: 'Jane Doe',
          username: 'jane',
          emails: [{ value: 'jane@example.com', verified: true }],
          photos: [{ value: 'https://avatars.example.com/u/583231' }],
          profileUrl: 'https://github.example.com/jane',
          _json: gitHub.user,
        },
        session: { accessToken, tokenType: 'bearer', scope: 'read:user user:email' },
      },
      tokens: {
        accessToken: expect.stringMatching(/^gho_/),
        tokenType: 'bearer',
        scopes: ['read:user', 'user:email'],
        refreshToken: `access_token.${accessToken}`,
      },
    });
  });

  it('says who is calling and with which version of the API', async () => {
    await signIn(provider, withEmail);
    const [, token, ...calls] = gitHub.requests;
    expect(token?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'vestibule' });
    expect(calls.map(({ endpoint }) => endpoint)).toEqual(['user', 'emails']);
    for (const { headers } of calls) {
      expect(headers).toMatchObject({
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'vestibule',
        authorization: expect.stringMatching(/^Bearer gho_/),
      });
    }
  });

  it('does not ask for addresses without the scope, and the public one does not count', async () => {
    gitHub.user = { ...gitHub.user, email: 'jane@example.com' };
    const { profile, emailOmitted, result } = await signIn(provider, { authorize });
    expect({ profile, emailOmitted }).toEqual({
      profile: { displayName: 'Jane Doe', picture: 'https://avatars.example.com/u/583231' },
      emailOmitted: undefined,
    });
    expect(result.fullProfile).not.toHaveProperty('emails');
    expect(gitHub.endpoints()).not.toContain('emails');
  });

  it('goes by the scopes granted, not by those asked for', async () => {
    gitHub.scripts.token = (honest) => ({
      ...honest,
      body: { ...(honest.body as object), scope: 'read:user' },
    });
    const { tokens, profile } = await signIn(provider, withEmail);
    expect(tokens.scopes).toEqual(['read:user']);
    expect(profile).not.toHaveProperty('email');
    expect(gitHub.endpoints()).not.toContain('emails');
  });

  it.each<[string, object[], object]>([
    ['no address at all', [], {}],
    [
      'an unverified primary beside a verified one',
      [
        { email: 'boss@example.com', primary: true, verified: false },
        { email: 'jane@example.com', primary: false, verified: true },
      ],
      { emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' },
    ],
    [
      'a malformed primary',
      [{ email: 'jane@@example.com', primary: true, verified: true }],
      { emailOmitted: 'ERR_PROFILE_EMAIL_INVALID' },
    ],
    [
      'a noreply address, which is one like others',
      [{ email: '583231+jane@users.noreply.github.com', primary: true, verified: true }],
      { email: '583231+jane@users.noreply.github.com' },
    ],
  ])('with %s tells so', async (_title, emails, expected) => {
    gitHub.emails = emails;
    const { profile, emailOmitted } = await signIn(provider, withEmail);
    const { email } = profile;
    expect({ ...(email && { email }), ...(emailOmitted && { emailOmitted }) }).toEqual(expected);
  });

  it('takes unverified addresses where the operator says so', async () => {
    const trusting = (dangerouslyTrustUnverifiedEmail: unknown) =>
      configuredProvider({ url: gitHub.url, http, keys: { dangerouslyTrustUnverifiedEmail } });
    gitHub.user = { ...gitHub.user, email: 'public@example.com' };
    gitHub.emails = [{ email: 'jane@example.com', primary: true, verified: false }];
    expect((await signIn(trusting(true), { authorize })).profile.email).toBe('public@example.com');
    // Of this one GitHub says that it is not verified, which true does not cover.
    expect(await signIn(trusting(true), withEmail)).toMatchObject({
      profile: {},
      emailOmitted: 'ERR_EMAIL_NOT_VERIFIED',
      emailNotVerified: 'false',
    });
    const { profile, result } = await signIn(trusting(['absent', false]), withEmail);
    expect(profile.email).toBe('jane@example.com');
    expect(result.fullProfile.emails).toEqual([{ value: 'jane@example.com' }]);
  });

  it('takes the login for a name where there is none', async () => {
    gitHub.user = { ...gitHub.user, name: null, avatar_url: undefined };
    expect((await signIn(provider, { authorize })).profile).toEqual({ displayName: 'jane' });
  });

  it('works with servers that do not name themselves in the callback', async () => {
    gitHub.sendsIssuer = false;
    expect((await signIn(provider, { authorize })).subject).toBe('583231');
  });

  it('asks a GitHub App for what was asked for, since it tells no scopes', async () => {
    gitHub.tokenPrefix = 'ghu_';
    expect((await signIn(provider, withEmail)).profile.email).toBe('jane@example.com');
    gitHub.scripts.emails = () => ({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
    expect((await signIn(provider, withEmail)).profile).not.toHaveProperty('email');
  });

  it.each([
    ['incorrect_client_credentials', 'ERR_PROVIDER_REFUSED'],
    ['redirect_uri_mismatch', 'ERR_PROVIDER_REFUSED'],
    ['bad_verification_code', 'ERR_PROVIDER_REFUSED'],
    ['unverified_user_email', 'ERR_PROVIDER_REFUSED'],
    ['temporarily_unavailable', 'ERR_PROVIDER_UNAVAILABLE'],
  ])('reads the error %s, which GitHub gives with status 200', async (error, code) => {
    gitHub.scripts.token = () => ({ status: 200, body: { error, error_description: 's3cret' } });
    const failure = await signIn(provider, { authorize }).catch((caught: unknown) => caught);
    expect(failure).toMatchObject({ code, ...(code === 'ERR_PROVIDER_REFUSED' && { providerError: error }) });
    expect(JSON.stringify(failure)).not.toContain('s3cret');
  });

  it('tells that its own client secret is wrong', async () => {
    const wrong = configuredProvider({ url: gitHub.url, http, clientSecret: 'another-secret' });
    await expect(signIn(wrong, { authorize })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'incorrect_client_credentials',
    });
  });
});

describe('a refresh with a token that lasts', () => {
  it('looks at the account again and keeps the token', async () => {
    const grant = await signIn(provider, withEmail);
    gitHub.user = { ...gitHub.user, login: 'jane-roe', name: 'Jane Roe' };
    gitHub.requests.length = 0;
    const renewed = await provider.refresh(refreshOf(grant));
    expect(gitHub.endpoints()).toEqual(['user', 'emails']);
    expect(renewed.tokens).toEqual({
      accessToken: grant.tokens.accessToken,
      tokenType: 'bearer',
      scopes: ['read:user', 'user:email'],
    });
    expect(renewed).toMatchObject({
      subject: '583231',
      profile: { displayName: 'Jane Roe', email: 'jane@example.com' },
      result: { fullProfile: { username: 'jane-roe' } },
    });
  });

  it('knows the scopes from the session where GitHub does not repeat them', async () => {
    const grant = await signIn(provider, { authorize });
    gitHub.scripts.user = (honest) => ({ ...honest, headers: {} });
    const renewed = await provider.refresh(refreshOf(grant, { scopes: ['user:email'] }));
    expect(renewed.tokens.scopes).toEqual(['read:user']);
    expect(gitHub.endpoints().slice(-1)).toEqual(['user']);
  });

  it('is a definite no when the token was revoked', async () => {
    const grant = await signIn(provider, { authorize });
    gitHub.forget();
    await expect(provider.refresh(refreshOf(grant))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'invalid_grant',
    });
  });

  it.each<[string, ScriptedAnswer | 'hang' | 'reset']>([
    [
      'the limit of calls',
      { status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: { message: 'x' } },
    ],
    ['the limit of calls at once', { status: 403, headers: { 'retry-after': '60' }, body: { message: 'x' } }],
    [
      'the limit told in words',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
    ],
    ['status 429', { status: 429, body: { message: 'x' } }],
    ['status 500', { status: 500, body: { message: 'x' } }],
    ['status 502 and a page', { status: 502, body: '<html>' }],
    ['a connection that is cut', 'reset'],
    ['nothing', 'hang'],
  ])('takes %s for an outage', async (_title, answer) => {
    const waiting = configuredProvider({ url: gitHub.url, http, keys: { timeout: { milliseconds: 150 } } });
    const grant = await signIn(provider, { authorize });
    gitHub.scripts.user = () => answer;
    const refresh = (answer === 'hang' ? waiting : provider).refresh(refreshOf(grant));
    await expect(refresh).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
  });

  it.each<[string, ScriptedAnswer]>([
    ['a redirect', { status: 302, headers: { location: 'https://evil.example.com/' } }],
    ['a page', { status: 200, body: '<html>' }],
    ['a page that says 401', { status: 401, body: '<html>login to the proxy</html>' }],
    ['a gateway that says 401 in JSON', { status: 401, body: { message: 'Unauthorized' } }],
    ['JSON that is no account', { status: 200, body: { message: 'maintenance' } }],
    ['a list', { status: 200, body: [] }],
    ['an account without an id', { status: 200, body: { id: null, login: 'jane' } }],
  ])('takes %s for no answer, by which no session ends', async (_title, answer) => {
    const grant = await signIn(provider, { authorize });
    gitHub.scripts.user = () => answer;
    await expect(provider.refresh(refreshOf(grant))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_ANSWER_UNREADABLE',
    });
  });

  it('is a definite no when GitHub has suspended the account', async () => {
    const grant = await signIn(provider, { authorize });
    gitHub.scripts.user = () => ({ status: 403, body: { message: 'Sorry. Your account was suspended.' } });
    await expect(provider.refresh(refreshOf(grant))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'invalid_grant',
      hint: 'GitHub has suspended the account.',
    });
  });

  it('does not lose the address by an outage of the addresses', async () => {
    const grant = await signIn(provider, withEmail);
    for (const [code, answer] of [
      ['ERR_PROVIDER_UNAVAILABLE', { status: 500, body: {} }],
      ['ERR_PROVIDER_ANSWER_UNREADABLE', { status: 302, headers: { location: 'https://evil.example.com/' } }],
      // The account itself was shown with this token a moment ago.
      ['ERR_PROVIDER_ANSWER_UNREADABLE', { status: 401, body: { message: 'Bad credentials' } }],
      ['ERR_PROVIDER_ANSWER_UNREADABLE', { status: 200, body: { message: 'maintenance' } }],
    ] as const) {
      gitHub.scripts.emails = () => answer;
      await expect(provider.refresh(refreshOf(grant))).rejects.toMatchObject({ code });
    }
  });
});

describe('a refresh with tokens that expire', () => {
  beforeEach(() => {
    gitHub.expiring = true;
  });

  it('gives new tokens, which replace the old ones', async () => {
    const grant = await signIn(provider, withEmail);
    expect(grant.tokens).toMatchObject({
      expiresInSeconds: 28_800,
      refreshToken: expect.stringMatching(/^ghr_/),
    });
    expect(grant.result.session.expiresInSeconds).toBe(28_800);
    const renewed = await provider.refresh(refreshOf(grant));
    expect(renewed.tokens).toMatchObject({
      expiresInSeconds: 28_800,
      refreshToken: expect.stringMatching(/^ghr_/),
    });
    expect(renewed.tokens.accessToken).not.toBe(grant.tokens.accessToken);
    expect(renewed.tokens.refreshToken).not.toBe(grant.tokens.refreshToken);
    expect(Object.fromEntries(new URLSearchParams(gitHub.requests.at(-3)?.body))).toEqual({
      client_id: 'test-client',
      client_secret: 'test-secret',
      grant_type: 'refresh_token',
      refresh_token: grant.tokens.refreshToken,
    });
    await expect(provider.refresh(refreshOf(grant))).rejects.toMatchObject({
      providerError: 'invalid_grant',
    });
  });

  it('hands the new tokens on before it reads the account, which may fail', async () => {
    const grant = await signIn(provider, { authorize });
    gitHub.scripts.user = () => ({ status: 503, body: {} });
    let kept: ProviderTokens | undefined;
    const keepTokens = async (tokens: ProviderTokens) => Promise.resolve(void (kept = tokens));
    await expect(provider.refresh({ ...refreshOf(grant), keepTokens })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_UNAVAILABLE',
    });
    gitHub.scripts = {};
    const renewed = await provider.refresh({ ...refreshOf(grant), refreshToken: kept?.refreshToken ?? '' });
    expect(gitHub.isGood(renewed.tokens.accessToken)).toBe(true);
  });

  it.each<[string, object]>([
    ['an answer without tokens', { message: 'maintenance' }],
    ['an access token that is empty', { access_token: '', token_type: 'bearer' }],
    ['an expiry that is no number', { access_token: 'ghu_x', token_type: 'bearer', expires_in: 'soon' }],
  ])('takes %s for no answer, by which no session ends', async (_title, body) => {
    const grant = await signIn(provider, { authorize });
    gitHub.scripts.token = () => ({ status: 200, body });
    await expect(provider.refresh(refreshOf(grant))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_ANSWER_UNREADABLE',
    });
  });

  it('takes an optional member that is null or empty for one that is missing', async () => {
    const grant = await signIn(provider, { authorize });
    gitHub.scripts.token = (honest) => ({
      ...honest,
      body: { ...(honest.body as object), refresh_token: '', expires_in: null, scope: '', error: null },
    });
    const { tokens } = await provider.refresh(refreshOf(grant));
    expect(tokens).not.toHaveProperty('refreshToken');
    expect(tokens).not.toHaveProperty('expiresInSeconds');
  });
});

describe('a revocation', () => {
  it('takes the token back with the name and secret of the application', async () => {
    const { tokens } = await signIn(provider, { authorize });
    const { accessToken } = tokens;
    await provider.revoke({ accessToken, signal: AbortSignal.timeout(5000) });
    expect(gitHub.isGood(accessToken)).toBe(false);
    expect(gitHub.requests.at(-1)).toMatchObject({
      endpoint: 'revocation',
      method: 'DELETE',
      body: JSON.stringify({ access_token: accessToken }),
    });
  });

  it('is done where the token is gone already', async () => {
    await provider.revoke({ accessToken: 'gho_gone', signal: AbortSignal.timeout(5000) });
    expect(gitHub.requests.at(-1)).toMatchObject({ endpoint: 'revocation' });
  });

  it.each<[string, ScriptedAnswer | 'reset', object]>([
    ['an outage', { status: 500 }, { code: 'ERR_PROVIDER_UNAVAILABLE' }],
    ['a cut connection', 'reset', { code: 'ERR_PROVIDER_UNAVAILABLE' }],
    [
      'a wrong secret, in the words of GitHub',
      { status: 401, headers: { 'content-type': 'application/json' }, body: { message: 'Bad credentials' } },
      { code: 'ERR_PROVIDER_ANSWER_UNREADABLE', providerMessage: 'Bad credentials' },
    ],
  ])('tells %s', async (_title, answer, expected) => {
    gitHub.scripts.revocation = () => answer;
    const revocation = provider.revoke({ accessToken: 'gho_x', signal: AbortSignal.timeout(5000) });
    await expect(revocation).rejects.toMatchObject(expected);
  });
});

describe('the exchange', () => {
  it('proves the code with what the start asked for', async () => {
    const attempt = await start(provider);
    const callback = await gitHub.authorize(attempt.url);
    await provider.exchange(exchangeOf(attempt, callback));
    const request = gitHub.requests.find(({ endpoint }) => endpoint === 'token');
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      client_id: 'test-client',
      client_secret: 'test-secret',
      code: callback.searchParams.get('code'),
      redirect_uri: callbackUrl,
      code_verifier: attempt.codeVerifier,
    });
  });
});
