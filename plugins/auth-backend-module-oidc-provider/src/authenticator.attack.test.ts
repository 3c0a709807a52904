import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { generateKeyPair } from 'jose';
import type { OidcProvider } from './authenticator.ts';
import { configuredProvider, exchangeOf, signIn, start } from './testing/signIn.ts';

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;
let oidc: OidcProvider;

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
});

afterAll(async () => {
  await idp.close();
  await http.close();
});

const authorize = (url: URL): Promise<URL> => idp.authorize(url);

function refusal(check: string): object {
  return expect.objectContaining({
    code: 'ERR_PROVIDER_ANSWER_INVALID',
    name: 'AuthenticationError',
    message: "The sign-in provider's answer could not be verified.",
    hint: expect.stringContaining(check),
  });
}

/** Tokens and codes that the provider gave stand nowhere in an error. */
function expectNoSecrets(error: unknown, secrets: readonly string[]): void {
  const seen: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    seen.push(String(one), one.stack ?? '', JSON.stringify({ ...one }));
  }
  for (const secret of secrets) expect(seen.join('\n')).not.toContain(secret);
}

describe('a callback is refused, and no code is redeemed, when', () => {
  async function callbackWith(change: (parameters: URLSearchParams) => void): Promise<unknown> {
    const attempt = await start(oidc);
    const callback = await idp.authorize(attempt.url);
    change(callback.searchParams);
    return oidc.exchange(exchangeOf(attempt, callback));
  }

  it.each<[string, string, (parameters: URLSearchParams) => void]>([
    ['iss names another provider', 'callback iss', (given) => given.set('iss', 'https://evil.example.com')],
    ['iss differs by a slash', 'callback iss', (given) => given.set('iss', `${idp.issuer}/`)],
    ['iss is missing although it was announced', 'callback iss', (given) => given.delete('iss')],
    ['iss is empty', 'callback iss', (given) => given.set('iss', '')],
    ['iss stands twice', 'callback iss', (given) => given.append('iss', 'https://evil.example.com')],
    ['state is another', 'token answer', (given) => given.set('state', 'another')],
    ['state is missing', 'token answer', (given) => given.delete('state')],
    ['state stands twice', 'token answer', (given) => given.append('state', 'another')],
    ['code is missing', 'token answer', (given) => given.delete('code')],
    ['code stands twice', 'token answer', (given) => given.append('code', 'another')],
    ['it brings an ID token of its own', 'token answer', (given) => given.set('id_token', 'x')],
    ['it brings a JARM response', 'token answer', (given) => given.set('response', 'x')],
  ])('%s', async (_title, check, change) => {
    await expect(callbackWith(change)).rejects.toEqual(refusal(check));
    expect(idp.requests.map(({ endpoint }) => endpoint)).not.toContain('token');
  });

  it('the person refused, which is a refusal and no failed check', async () => {
    const refused = (given: URLSearchParams): void => {
      given.delete('code');
      given.set('error', 'access_denied');
      given.set('error_description', '<script>alert(1)</script>');
    };
    await expect(callbackWith(refused)).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      name: 'NotAllowedError',
      message: 'The sign-in provider refused the login.',
      providerError: 'access_denied',
    });
  });

  it('the error of somebody else is slipped in: iss is checked first', async () => {
    const slipped = (given: URLSearchParams): void => {
      given.set('error', 'access_denied');
      given.set('iss', 'https://evil.example.com');
    };
    await expect(callbackWith(slipped)).rejects.toEqual(refusal('callback iss'));
  });

  it('the provider tells an outage in the redirect, which is an outage', async () => {
    for (const error of ['server_error', 'temporarily_unavailable']) {
      await expect(callbackWith((given) => given.set('error', error))).rejects.toMatchObject({
        code: 'ERR_PROVIDER_UNAVAILABLE',
      });
    }
  });

  it('an error code is no error code: it is named unknown', async () => {
    await expect(callbackWith((given) => given.set('error', 'x"><img src=x>'))).rejects.toMatchObject({
      providerError: 'unknown_error',
      hint: expect.not.stringContaining('<'),
    });
  });
});

describe('a code is worth nothing', () => {
  it('with the verifier of another attempt', async () => {
    const [attempt, other] = [await start(oidc), await start(oidc)];
    const callback = await idp.authorize(attempt.url);
    const stolen = exchangeOf(attempt, callback, { codeVerifier: other.codeVerifier });
    await expect(oidc.exchange(stolen)).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'invalid_grant',
    });
  });

  it('a second time', async () => {
    const attempt = await start(oidc);
    const callback = await idp.authorize(attempt.url);
    await oidc.exchange(exchangeOf(attempt, callback));
    await expect(oidc.exchange(exchangeOf(attempt, callback))).rejects.toMatchObject({
      providerError: 'invalid_grant',
    });
  });

  it('when it was made for another attempt and injected here: the nonce differs', async () => {
    idp.scripts.authorization = (honest) => honest;
    const [victim, attacker] = [await start(oidc), await start(oidc)];
    const callback = await idp.authorize(attacker.url);
    callback.searchParams.set('state', victim.state);
    const injected = exchangeOf(victim, callback, { codeVerifier: attacker.codeVerifier });
    await expect(oidc.exchange(injected)).rejects.toEqual(refusal('nonce'));
  });
});

describe('a token answer is refused when', () => {
  it('it has no ID token', async () => {
    idp.idTokenScript = () => undefined;
    await expect(signIn(oidc, { authorize })).rejects.toEqual(refusal('token answer'));
  });

  it("its ID token is signed by somebody else's key, although every claim is right", async () => {
    const { privateKey } = await generateKeyPair('RS256');
    idp.idTokenScript = ({ header, claims, sign }) => sign(header, claims, privateKey);
    await expect(signIn(oidc, { authorize })).rejects.toEqual(refusal('signature'));
    expect(idp.requests.map(({ endpoint }) => endpoint)).not.toContain('userinfo');
  });

  it('its ID token is not signed', async () => {
    idp.idTokenScript = async ({ header, claims }) =>
      [{ ...header, alg: 'none' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.') + '.';
    await expect(signIn(oidc, { authorize })).rejects.toEqual(refusal('ID token alg'));
  });

  it.each<[string, Record<string, unknown>]>([
    ['the issuer', { iss: 'https://evil.example.com' }],
    ['the audience', { aud: 'another-client' }],
    ['the nonce', { nonce: 'another' }],
    ['the time of issue', { iat: Math.floor(Date.now() / 1000) + 3600 }],
    ['the expiry', { exp: 1 }],
    ['the subject', { sub: '' }],
    ['the authorized party', { azp: 'another-client' }],
    ['the hash of the access token', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('its correctly signed ID token lies about %s', async (_title, lie) => {
    idp.idTokenScript = ({ header, claims, sign }) => sign(header, { ...claims, ...lie });
    await expect(signIn(oidc, { authorize })).rejects.toEqual(refusal(''));
  });

  it.each<[string, Record<string, unknown>]>([
    ['is missing', { access_token: undefined }],
    ['would break a header', { access_token: 'a\r\nx-evil: 1' }],
    ['is no text', { access_token: { toString: 'x' } }],
    ['is bound to a key that we do not have', { token_type: 'DPoP' }],
    ['is of a type unknown', { token_type: 'mac' }],
  ])('its access token %s', async (_title, lie) => {
    idp.scripts.token = (honest) => ({ ...honest, body: { ...(honest.body as object), ...lie } });
    await expect(signIn(oidc, { authorize })).rejects.toEqual(refusal('token answer'));
  });

  it('and nothing of it stands in the error', async () => {
    const answers: string[] = [];
    idp.idTokenScript = async ({ header, claims, sign }) => {
      const token = await sign(header, {
        ...claims,
        iss: 'https://evil.example.com',
        email: 'jane@example.com',
      });
      answers.push(token, token.split('.')[2] ?? '');
      return token;
    };
    idp.scripts.token = (honest) => {
      answers.push(String((honest.body as { access_token: string }).access_token));
      return honest;
    };
    const error = await signIn(oidc, { authorize }).catch((caught: unknown) => caught);
    expect(error).toEqual(refusal('ID token iss'));
    expectNoSecrets(error, [...answers, 'jane@example.com', 'test-secret']);
  });
});

describe('userinfo is refused when', () => {
  it.each<[string, Record<string, unknown>]>([
    ['it speaks of somebody else', { sub: 'somebody-else' }],
    ['it names no subject', { sub: undefined }],
    ['its subject is empty', { sub: '' }],
    ['its subject is a number', { sub: 123 }],
    ['its subject differs by letter case', { sub: 'JANE-123' }],
  ])('%s', async (_title, lie) => {
    idp.scripts.userinfo = (honest) => ({ ...honest, body: { ...(honest.body as object), ...lie } });
    await expect(signIn(oidc, { authorize })).rejects.toEqual(refusal('userinfo'));
  });
});

describe('a profile', () => {
  it('takes no value of a wrong type and no dangerous picture', async () => {
    idp.scripts.userinfo = (honest) => ({
      ...honest,
      body: {
        sub: 'jane-123',
        name: { toString: 'x' },
        picture: 'javascript:alert(1)',
        email: ['jane@example.com'],
        email_verified: true,
      },
    });
    expect(await signIn(oidc, { authorize })).toMatchObject({
      profile: {},
      emailOmitted: 'ERR_PROFILE_EMAIL_INVALID',
    });
  });

  it('does not take the verification of one document for the address of another', async () => {
    idp.idTokenScript = ({ header, claims, sign }) =>
      sign(header, { ...claims, email: 'boss@example.com', email_verified: true });
    idp.scripts.userinfo = (honest) => ({ ...honest, body: { sub: 'jane-123', email: 'boss@example.com' } });
    expect(await signIn(oidc, { authorize })).toMatchObject({
      profile: {},
      emailOmitted: 'ERR_EMAIL_NOT_VERIFIED',
    });
  });

  it('cannot reach a prototype', async () => {
    idp.scripts.userinfo = (honest) => ({
      ...honest,
      body: '{"sub":"jane-123","__proto__":{"email":"boss@example.com","email_verified":true}}',
    });
    const { profile, result } = await signIn(oidc, { authorize });
    expect(profile).toEqual({});
    expect(Object.getPrototypeOf(result.fullProfile.userinfo)).toBe(Object.prototype);
  });
});

describe('a refresh is refused when', () => {
  const refresh = async (changes: object = {}): Promise<unknown> => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    idp.requests.length = 0;
    return oidc.refresh({
      refreshToken: grant.tokens.refreshToken ?? '',
      scopes: [],
      subject: grant.subject,
      issuer: grant.issuer,
      signal: AbortSignal.timeout(10_000),
      ...changes,
    });
  };

  it('the session is of another issuer, and then its refresh token is sent to nobody', async () => {
    await expect(refresh({ issuer: 'https://former.example.com' })).rejects.toEqual(
      refusal('issuer of the session'),
    );
    expect(idp.requests).toEqual([]);
  });

  it('the new ID token is of another person', async () => {
    await expect(refresh().then(() => refresh({ subject: 'somebody-else' }))).rejects.toEqual(
      refusal('ID token sub'),
    );
  });

  it('there is no new ID token and userinfo is of another person', async () => {
    const grant = await signIn(oidc, { authorize, scopes: ['offline_access'] });
    idp.idTokenScript = () => undefined;
    idp.person = { ...idp.person, sub: 'somebody-else' };
    try {
      await expect(
        oidc.refresh({
          refreshToken: grant.tokens.refreshToken ?? '',
          scopes: [],
          subject: grant.subject,
          issuer: grant.issuer,
          signal: AbortSignal.timeout(10_000),
        }),
      ).rejects.toEqual(refusal('userinfo'));
    } finally {
      idp.person = { ...idp.person, sub: 'jane-123' };
    }
  });

  it('the new ID token carries the nonce of another sign-in', async () => {
    await expect(refresh({ nonce: 'that of the sign-in' })).rejects.toEqual(refusal('nonce'));
  });

  it('the new ID token is signed by somebody else', async () => {
    const grant = signIn(oidc, { authorize, scopes: ['offline_access'] });
    const { tokens, subject, issuer } = await grant;
    const { privateKey } = await generateKeyPair('RS256');
    idp.idTokenScript = ({ header, claims, sign }) => sign(header, claims, privateKey);
    const { refreshToken = '' } = tokens;
    await expect(
      oidc.refresh({ refreshToken, scopes: [], subject, issuer, signal: AbortSignal.timeout(10_000) }),
    ).rejects.toEqual(refusal('signature'));
  });
});

describe('metadata is refused when', () => {
  it.each<[string, string, (issuer: string) => Record<string, unknown>]>([
    ['it names another issuer', 'metadata issuer', () => ({ issuer: 'https://evil.example.com' })],
    ['it names the issuer with more path', 'metadata issuer', (issuer) => ({ issuer: `${issuer}/tenant` })],
    [
      'it names a template for all tenants',
      "the tenant's own",
      (issuer) => ({ issuer: `${issuer}/{tenantid}/v2.0` }),
    ],
    ['it names no issuer', 'issuer', () => ({ issuer: undefined })],
    ['the keys are to come over plain http', 'jwks_uri', () => ({ jwks_uri: 'http://idp.example.com/keys' })],
    [
      'secrets are to go over plain http',
      'token_endpoint',
      () => ({ token_endpoint: 'http://idp.example.com/token' }),
    ],
    [
      'people are to go to another scheme',
      'authorization_endpoint',
      () => ({ authorization_endpoint: 'javascript:alert(1)' }),
    ],
    ['userinfo is no URL', 'userinfo_endpoint', () => ({ userinfo_endpoint: 'userinfo' })],
    [
      'revocation is to go to a file',
      'revocation_endpoint',
      () => ({ revocation_endpoint: 'file:///etc/passwd' }),
    ],
    [
      'a host only looks like loopback',
      'token_endpoint',
      () => ({ token_endpoint: 'http://127.0.0.1.example.com/token' }),
    ],
  ])('%s', async (_title, check, lie) => {
    idp.scripts.metadata = (honest) => ({
      ...honest,
      body: { ...(honest.body as object), ...lie(idp.issuer) },
    });
    await expect(start(oidc)).rejects.toEqual(refusal(check));
  });

  it('and the provider is asked again, so that a repaired one works without a restart', async () => {
    idp.scripts.metadata = (honest) => ({
      ...honest,
      body: { ...(honest.body as object), issuer: 'https://evil.example.com' },
    });
    await expect(start(oidc)).rejects.toEqual(refusal('metadata issuer'));
    idp.scripts = {};
    await expect(signIn(oidc, { authorize })).resolves.toMatchObject({ subject: 'jane-123' });
  });
});

describe('two providers', () => {
  it('do not take codes from each other', async () => {
    const other = await startScriptedOpenIdProvider({ algorithm: 'ES256' });
    try {
      const attempt = await start(oidc);
      const elsewhere = new URL(attempt.url.href.replace(idp.issuer, other.issuer));
      const callback = await other.authorize(elsewhere);
      await expect(oidc.exchange(exchangeOf(attempt, callback))).rejects.toEqual(refusal('callback iss'));
      expect(idp.requests.map(({ endpoint }) => endpoint)).not.toContain('token');
    } finally {
      await other.close();
    }
  });
});
