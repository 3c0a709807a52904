/** The OAuth server as a client and a user meet it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { claimsOf, startPortal } from './testing/portal.ts';
import {
  cliClientId,
  cliRedirectUri,
  codeChallenge,
  codeVerifier,
  issuer,
  redirectUri,
  startOAuthPortal,
  withOAuth,
  type OAuthPortal,
} from './testing/oauthPortal.ts';

let portal: OAuthPortal;
let jane: string;
beforeAll(async () => {
  portal = await startOAuthPortal({ auth: { backstageTokenExpiration: { minutes: 20 } } });
  jane = await portal.userToken();
});
afterEach(() => portal.clock.reset());
afterAll(async () => portal.stop());

describe('a request for a code', () => {
  it('is shown to anybody with its handle, as long as nobody has decided', async () => {
    const client = await portal.register();
    const handle = await portal.begin(client);
    const shown = await portal.json(`/v1/sessions/${handle}`);
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(shown.body).toEqual({
      id: handle,
      clientId: client.id,
      clientName: 'Acme notes',
      scope: 'openid offline_access',
      redirectUri,
    });
    await portal.decide(handle, jane);
    const late = await portal.json(`/v1/sessions/${handle}`);
    expect([late.status, late.body.error]).toEqual([400, 'invalid_request']);
  });

  it('ends after an hour', async () => {
    const handle = await portal.begin(await portal.register());
    portal.clock.advance(3_600_000);
    expect((await portal.json(`/v1/sessions/${handle}`)).status).toBe(400);
  });

  it("that the user approves goes back with the client's own query, a code, the state, and who answers", async () => {
    const { body } = await portal.decide(await portal.begin(await portal.register()), jane);
    expect(Object.keys(body)).toEqual(['redirectUrl']);
    const url = new URL(String(body['redirectUrl']));
    expect(url.href.startsWith(`${redirectUri}&code=`)).toBe(true);
    expect([...url.searchParams.keys()]).toEqual(['tenant', 'code', 'state', 'iss']);
    expect(url.searchParams.get('state')).toBe('a state & more');
    expect(url.searchParams.get('iss')).toBe(issuer);
  });

  it('that the user rejects goes back with access_denied, and gives no code', async () => {
    const { body } = await portal.decide(await portal.begin(await portal.register()), jane, 'reject');
    const url = new URL(String(body['redirectUrl']));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: 'a b',
      error: 'access_denied',
      error_description: 'User denied the request',
      state: 'a state & more',
      iss: issuer,
    });
  });

  it.each([
    ['another response_type', 'unsupported_response_type', { response_type: 'token' }],
    ['no response_type', 'invalid_request', { response_type: undefined }],
    ['another response_mode', 'invalid_request', { response_mode: 'fragment' }],
    ['a challenge of no method', 'invalid_request', { code_challenge_method: undefined }],
    ['a challenge that is no hash', 'invalid_request', { code_challenge: 'short' }],
    ['a method without a challenge', 'invalid_request', { code_challenge: undefined }],
    ['a scope that is none', 'invalid_scope', { scope: 'openid “quoted”' }],
    ['nobody to be asked', 'interaction_required', { prompt: 'none' }],
    ['a request object', 'request_not_supported', { request: 'e30.e30.' }],
    ['a request elsewhere', 'request_uri_not_supported', { request_uri: 'https://client.example/request' }],
  ])('with %s goes back with %s', async (_what, code, changes) => {
    const { status, location } = await portal.authorize(await portal.register(), changes);
    expect([status, location.startsWith(`${redirectUri}&error=`)]).toEqual([302, true]);
    const answer = Object.fromEntries(new URL(location).searchParams);
    expect(answer).toMatchObject({ error: code, state: 'a state & more', iss: issuer });
    expect(answer['error_description']).not.toBe('');
  });

  it.each(['client_secret_basic', 'none'])('must use PKCE, also of a client of method %s', async (method) => {
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    const client = await portal.register({ token_endpoint_auth_method: method });
    const refused = new URL((await portal.authorize(client, without)).location);
    expect(refused.searchParams.get('error')).toBe('invalid_request');
    expect(refused.searchParams.get('error_description')).toContain('PKCE');
  });

  it('may name a resource several times', async () => {
    const client = await portal.register();
    const { location } = await portal.authorize(client);
    const twice = await portal.json(
      `/v1/authorize?${new URLSearchParams([
        ['client_id', client.id],
        ['redirect_uri', redirectUri],
        ['response_type', 'code'],
        ['code_challenge', codeChallenge],
        ['code_challenge_method', 'S256'],
        ['resource', 'https://a.example'],
        ['resource', 'https://b.example'],
      ])}`,
    );
    const consentPage = location.slice(0, location.lastIndexOf('/'));
    expect(twice.headers.get('location')?.startsWith(consentPage)).toBe(true);
  });

  it('is refused to a program in JSON, and to a person with a page that leads to the portal only', async () => {
    const client = { id: 'nobody' };
    const told = await portal.authorize(client);
    expect([told.status, told.body.error, told.location]).toEqual([400, 'invalid_request', '']);
    const shown = await portal.authorize(client, {}, { accept: 'text/html,*/*;q=0.8' });
    expect([shown.status, shown.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(shown.text).toContain('The client is not known here.');
    expect([...shown.text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      'http://localhost:3000',
    ]);
    expect(shown.text).not.toContain('127.0.0.1:9000');
  });

  it('has no HEAD', async () => {
    const { status, headers } = await portal.json('/v1/authorize', { method: 'HEAD' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('a code', () => {
  it('becomes a user token that is a valid ID token for the client, with the truth about its life', async () => {
    const client = await portal.register();
    const answer = await portal.exchange(client, await portal.code(client, jane, { nonce: 'n-1' }));
    expect(answer.status).toBe(200);
    expect([answer.headers.get('cache-control'), answer.headers.get('pragma')]).toEqual([
      'no-store',
      'no-cache',
    ]);
    const { access_token: token, ...rest } = answer.body;
    expect(rest).toEqual({
      token_type: 'Bearer',
      expires_in: expect.closeTo(1200, -1),
      id_token: token,
      scope: 'openid offline_access',
      refresh_token: expect.stringMatching(/^[0-9a-f-]{36}\.[\w-]{64}$/),
    });
    const claims = claimsOf(String(token));
    expect(claims).toMatchObject({
      iss: issuer,
      sub: 'user:default/jane',
      aud: ['backstage', client.id],
      azp: client.id,
      nonce: 'n-1',
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(1200);
    expect(claims).not.toHaveProperty('ent');
    const userinfo = await portal.json('/v1/userinfo', {
      headers: { authorization: `Bearer ${String(token)}` },
    });
    expect(userinfo.body).toMatchObject({
      claims: { ent: ['user:default/jane', 'group:default/team-a', 'group:default/admins'] },
    });
  });

  it.each([
    ['nothing', undefined, 'openid', true],
    ['what nobody knows beside openid', 'repo openid user:email', 'openid', true],
    ['only what nobody knows', 'mcp:tools', 'openid', true],
    ['offline_access alone', 'offline_access', 'offline_access', false],
  ])('for %s says what was granted', async (_what, scope, granted, isOpenId) => {
    const tokens = await portal.grant(await portal.register(), jane, { scope });
    expect(tokens['scope']).toBe(granted);
    expect(['id_token' in tokens, 'refresh_token' in tokens]).toEqual([isOpenId, !isOpenId]);
  });

  it('is redeemed with the secret in a Basic header, form-encoded as the specification says', async () => {
    const client = await portal.register({ token_endpoint_auth_method: 'client_secret_basic' });
    const encode = (text = '') => encodeURIComponent(text).replaceAll('-', '%2D');
    const basic = Buffer.from(`${encode(client.id)}:${encode(client.secret)}`).toString('base64');
    const answer = await portal.exchange(
      { id: client.id },
      await portal.code(client, jane),
      {},
      {
        authorization: `Basic ${basic}`,
      },
    );
    expect(answer.status).toBe(200);
  });

  it("is redeemed by JSON, by a public client also without its id, as Backstage's command does", async () => {
    const client = { id: cliClientId };
    const ownPort = 'http://127.0.0.1:41234/callback';
    expect(new URL(cliRedirectUri).pathname).toBe('/callback');
    const code = await portal.code(client, jane, { redirect_uri: ownPort });
    const post = async (path: string, body: object) =>
      portal.json(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const answer = await post('/v1/token', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: ownPort,
      code_verifier: codeVerifier,
    });
    expect([answer.status, claimsOf(String(answer.body['access_token']))['azp']]).toEqual([200, cliClientId]);
    const refreshed = await post('/v1/token', {
      grant_type: 'refresh_token',
      refresh_token: answer.body['refresh_token'],
    });
    expect(refreshed.status).toBe(200);
    const token = refreshed.body['refresh_token'];
    expect((await post('/v1/revoke', { token, token_type_hint: 'refresh_token' })).status).toBe(200);
    const late = await post('/v1/token', { grant_type: 'refresh_token', refresh_token: token });
    expect([late.status, late.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('needs a body, a grant_type that is known, and every parameter', async () => {
    const client = await portal.register();
    const code = await portal.code(client, jane);
    const errors = await Promise.all([
      portal.json('/v1/token', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }),
      portal.exchange(client, code, { grant_type: undefined }),
      portal.exchange(client, code, { grant_type: 'password' }),
      portal.exchange(client, code, { redirect_uri: undefined }),
      portal.exchange(client, '', {}),
    ]);
    expect(errors.map(({ status, body }) => [status, body.error])).toEqual([
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'unsupported_grant_type'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
    ]);
    expect((await portal.exchange(client, code)).status).toBe(200);
  });
});

describe('the claims of a token for a client', () => {
  it('have the ownership of the last sign-in where tokens carry it', async () => {
    const own = await startOAuthPortal({
      idp: portal.idp,
      auth: { omitIdentityTokenOwnershipClaim: false },
    });
    const { access_token: token } = await own.grant(await own.register(), await own.userToken());
    expect(claimsOf(String(token))['ent']).toEqual([
      'user:default/jane',
      'group:default/team-a',
      'group:default/admins',
    ]);
    await own.stop();
  });
});

describe('what is off', () => {
  const paths = [
    ['GET', '/v1/authorize'],
    ['GET', '/v1/sessions/x'],
    ['POST', '/v1/sessions/x/approve'],
    ['POST', '/v1/sessions/x/reject'],
    ['POST', '/v1/token'],
    ['POST', '/v1/revoke'],
    ['POST', '/v1/register'],
  ] as const;

  it('is everything, unless the config says otherwise; the discovery document stays as it was', async () => {
    const off = withOAuth(
      await startPortal({ idp: portal.idp, auth: { experimentalRefreshToken: { enabled: true } } }),
    );
    for (const [method, path] of paths) {
      const { status, body } = await off.json(path, { method });
      expect([path, status, body.error]).toEqual([
        path,
        404,
        expect.objectContaining({ message: "Unknown auth provider 'v1'" }),
      ]);
    }
    expect((await off.json('/.well-known/oauth-authorization-server')).status).toBe(404);
    const { body } = await off.json('/.well-known/openid-configuration');
    expect(body).toMatchObject({
      scopes_supported: ['openid'],
      grant_types_supported: ['authorization_code'],
      token_endpoint_auth_methods_supported: [],
      code_challenge_methods_supported: ['S256'],
    });
    expect(Object.keys(body).filter((name) => /revocation|registration|iss_|metadata/.test(name))).toEqual(
      [],
    );
    expect(off.logs.join('')).toContain('auth.experimentalRefreshToken has no effect without');
    await off.stop();
  });

  it('is registration and refreshing where only metadata documents are on', async () => {
    const some = withOAuth(
      await startPortal({ idp: portal.idp, auth: { clientIdMetadataDocuments: { enabled: true } } }),
    );
    expect((await some.json('/v1/register', { method: 'POST' })).status).toBe(404);
    const client = { id: cliClientId };
    const token = await some.userToken();
    const code = await some.code(client, token, { redirect_uri: cliRedirectUri });
    const { body } = await some.exchange(client, code, { redirect_uri: cliRedirectUri });
    expect([body['scope'], 'refresh_token' in body]).toEqual(['openid', false]);
    const refused = await some.refreshWith(client, 'x');
    expect([refused.status, refused.body.error]).toEqual([400, 'unsupported_grant_type']);
    const { body: discovered } = await some.json('/.well-known/openid-configuration');
    expect(discovered).not.toHaveProperty('registration_endpoint');
    expect(discovered).toMatchObject({
      scopes_supported: ['openid'],
      grant_types_supported: ['authorization_code'],
      client_id_metadata_document_supported: true,
    });
    await some.stop();
  });
});

describe('the discovery document', () => {
  it('says what is there, at both of its addresses', async () => {
    const { body } = await portal.json('/.well-known/openid-configuration');
    expect(body).toMatchObject({
      issuer,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      scopes_supported: ['openid', 'offline_access'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
      registration_endpoint: `${issuer}/v1/register`,
      revocation_endpoint: `${issuer}/v1/revoke`,
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
    expect((await portal.json('/.well-known/oauth-authorization-server')).body).toEqual(body);
  });
});

describe('the config', () => {
  it.each([
    ['maxRotationLifetime', { tokenLifetime: '30 days', maxRotationLifetime: '30 days' }],
    ['maxRotationLifetime', { maxRotationLifetime: { days: 1 } }],
    ['tokenLifetime', { tokenLifetime: { seconds: 0 } }],
    ['maxTokensPerUser', { maxTokensPerUser: 0 }],
  ])('refuses a %s that cannot be: %j', async (key, block) => {
    const start = startPortal({
      idp: portal.idp,
      auth: { experimentalRefreshToken: { enabled: true, ...block } },
    });
    await expect(start).rejects.toThrow(`auth.experimentalRefreshToken.${key}`);
  });

  it('is warned about at start where it lets more in', async () => {
    const loud = await startOAuthPortal({
      idp: portal.idp,
      auth: {
        experimentalClientIdMetadataDocuments: { enabled: false },
        experimentalRefreshToken: { enabled: true, dangerouslyDisableCatalogPresenceCheck: true },
      },
    });
    const warnings = loud.logs.filter((line) => line.includes('"warn"')).join('');
    expect(warnings).toContain('auth.experimentalDynamicClientRegistration lets anybody register');
    expect(warnings).toContain('auth.experimentalClientIdMetadataDocuments has no effect beside');
    expect(warnings).toContain('dangerouslyDisableCatalogPresenceCheck');
    await loud.stop();
  });
});

describe('the log', () => {
  it('has a line for each registration, decision and grant, and no secret, handle, code or token', async () => {
    const client = await portal.register();
    portal.logs.length = 0;
    const handle = await portal.begin(client);
    const { body } = await portal.decide(handle, jane);
    const code = new URL(String(body['redirectUrl'])).searchParams.get('code') ?? '';
    const { body: tokens } = await portal.exchange(client, code);
    const { body: next } = await portal.refreshWith(client, tokens['refresh_token']);
    await portal.refreshWith(client, tokens['refresh_token']);
    await portal.exchange(client, code);
    const text = portal.logs.join('\n');
    for (const said of [
      'a user approved a client',
      'a code became tokens',
      'a refresh token was used after it was replaced',
      'a code was used a second time',
    ]) {
      const line = portal.logs.find((one) => one.includes(said));
      expect(line).toContain(client.id);
      expect(line).toContain('user:default/jane');
    }
    const secrets = [
      client.secret,
      handle,
      code,
      codeVerifier,
      jane,
      ...[tokens, next].flatMap((one) => [one['access_token'], one['refresh_token']]),
    ].map(String);
    for (const secret of secrets) expect(text).not.toContain(secret.split('.').at(-1));
  });

  it('tells the operator whom it refused, why, and which key would let the client in', async () => {
    const client = await portal.register();
    portal.logs.length = 0;
    const stranger = 'https://stranger.example/client.json';
    await portal.authorize({ ...client, id: stranger });
    await portal.authorize({ ...client, id: 'nobody\u00e9' });
    await portal.authorize({ ...client, id: 'nobody' });
    await portal.authorize(client, { redirect_uri: 'http://127.0.0.1:8055/elsewhere' });
    await portal.authorize(client, { code_challenge_method: 'plain' });
    const lines = portal.logs.map((line) => (JSON.parse(line) as { message: string }).message);
    const refusals = lines.filter((line) => line.startsWith('OAuth server: '));
    expect(refusals).toEqual([
      expect.stringMatching(
        `^OAuth server: invalid_client: .*"${stranger}".*clientIdMetadataDocuments.allowedClientIdPatterns`,
      ),
      expect.stringMatching(/^OAuth server: invalid_request: 'client_id' is too long or has characters/),
      expect.stringMatching(
        /^OAuth server: invalid_request: The client is not known here \(client "nobody"\)/,
      ),
      expect.stringMatching(/ is http:\/\/127\.0\.0\.1:8055\/elsewhere; .* allowedRedirectUriPatterns /),
      expect.stringMatching(`'code_challenge_method' must be 'S256' \\(client "${client.id}"\\)$`),
    ]);
  });
});
