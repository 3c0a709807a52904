/** Sign-in from outside, against a real OpenID Provider: start, callback, refresh, logout, and what is published. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Browser } from './testing/browser.ts';
import { appOrigin, claimsOf, readAnswerPage, startPortal, type Portal } from './testing/portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(async () => portal.stop());

describe('sign-in with a popup', () => {
  it('redirects to the provider with PKCE, state, nonce and every scope, and writes one sealed cookie', async () => {
    const browser = new Browser();
    const { status, headers, setCookies, text } = await portal.start(browser);
    const location = new URL(headers.get('location') ?? '');
    expect(status).toBe(302);
    expect(text).toBe('');
    expect(headers.get('content-type')).toBeNull();
    expect(location.origin).toBe(portal.idp.issuer);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: 'vestibule',
      response_type: 'code',
      redirect_uri: 'http://localhost:7007/api/auth/oidc/handler/frame',
      scope: 'openid profile email offline_access',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      prompt: 'consent',
    });
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]).toMatch(
      /^oidc-attempt-[\w-]{12}=[\w-]+; Max-Age=600; Path=\/api\/auth\/oidc; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('answers with an AuthResponse, posted to the one origin', async () => {
    const browser = new Browser();
    const { answer, message, origin } = await portal.signIn(browser);
    expect(answer.status).toBe(200);
    expect(origin).toBe(appOrigin);
    expect(message).toEqual({
      type: 'authorization_response',
      response: {
        profile: expect.objectContaining({ email: 'jane@example.com', displayName: 'Jane Doe' }),
        providerInfo: {
          idToken: expect.any(String),
          accessToken: expect.any(String),
          scope: 'openid profile email offline_access',
          expiresInSeconds: expect.any(Number),
        },
        backstageIdentity: {
          token: expect.any(String),
          identity: {
            type: 'user',
            userEntityRef: 'user:default/jane',
            ownershipEntityRefs: ['user:default/jane', 'group:default/team-a', 'group:default/admins'],
          },
          expiresInSeconds: expect.closeTo(3600, -1),
        },
      },
    });
    const sessionToken = browser.cookies.get('oidc-refresh-token');
    expect(sessionToken).toEqual({ value: expect.stringMatching(/^[\w-]{64}$/), path: '/api/auth/oidc' });
    expect([...browser.cookies.keys()]).toEqual(['oidc-refresh-token']);
  });

  it('lets two tabs sign in at once', async () => {
    const browser = new Browser();
    const first = await portal.reachCallback(browser, 'jane');
    const second = await portal.reachCallback(browser, 'omar');
    const answers = [await browser.send(first), await browser.send(second)];
    const users = answers.map(
      ({ text }) => readAnswerPage(text).message?.response?.backstageIdentity?.identity.userEntityRef,
    );
    expect(users).toEqual(['user:default/jane', 'user:default/omar']);
  });

  it('keeps a token of 300 groups small, and serves them from userinfo', async () => {
    const { message } = await portal.signIn(new Browser(), 'omar');
    const identity = message?.response?.backstageIdentity;
    expect(identity?.identity.ownershipEntityRefs).toHaveLength(301);
    expect(identity?.token.length).toBeLessThan(1024);
    const userinfo = await fetch(`${portal.base}/v1/userinfo`, {
      headers: { authorization: `Bearer ${identity?.token}` },
    });
    const { claims } = (await userinfo.json()) as { claims: { sub: string; ent: string[] } };
    expect(claims.sub).toBe('user:default/omar');
    expect(claims.ent).toHaveLength(301);
  });
});

describe('sign-in with a redirect', () => {
  it('ends at the redirectUrl with nothing of the session in it; the session then refreshes', async () => {
    const browser = new Browser();
    const redirectUrl = `${appOrigin}/catalog?a=b`;
    const { answer } = await portal.signIn(browser, 'jane', { flow: 'redirect', redirectUrl });
    expect([answer.status, answer.headers.get('location'), answer.text]).toEqual([302, redirectUrl, '']);
    expect(answer.headers.get('content-type')).toBeNull();
    const { body } = await portal.refresh(browser);
    expect(body?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
  });

  it('comes back to app.baseUrl with a sentence, a code and a reference when it is refused', async () => {
    const { answer } = await portal.signIn(new Browser(), 'kim', {
      flow: 'redirect',
      redirectUrl: `${appOrigin}/catalog?keep=1#there`,
    });
    const location = new URL(answer.headers.get('location') ?? '');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([302, null]);
    expect(`${location.origin}${location.pathname}${location.hash}`).toBe(`${appOrigin}/`);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      error: expect.stringContaining('does not belong to a user of this portal'),
      error_code: 'ERR_RESOLVER_NO_MATCH',
      error_reference: expect.stringMatching(/^[0-9a-f]{10}$/),
    });
  });
});

describe('refusals', () => {
  it.each([
    ['kim', 'ERR_RESOLVER_NO_MATCH', 'NotAllowedError'],
    ['sam', 'ERR_EMAIL_NOT_VERIFIED', 'NotAllowedError'],
  ])('refuses %s with %s, and gives no identity and no session', async (as, code, name) => {
    const browser = new Browser();
    const { answer, message } = await portal.signIn(browser, as);
    expect(answer.status).toBe(200);
    expect(message).toEqual({
      type: 'authorization_response',
      error: { name, message: expect.any(String), code, reference: expect.any(String) },
    });
    expect(browser.cookies.size).toBe(0);
  });

  it('says so when the person refuses at the provider', async () => {
    const browser = new Browser();
    const { headers } = await portal.start(browser);
    const callback = new URL(await portal.idp.authorize(headers.get('location') ?? '', { refuse: true }));
    const answer = await browser.send(`${portal.base}/oidc/handler/frame${callback.search}`);
    expect(readAnswerPage(answer.text).message?.error?.code).toBe('ERR_PROVIDER_REFUSED');
  });
});

describe('a session', () => {
  it('refreshes without calling the provider while the access token is good', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const before = portal.idp.requests().token ?? 0;
    const { answer, body } = await portal.refresh(browser, { scope: 'openid profile email' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(body?.providerInfo?.scope).toBe('openid profile email offline_access');
    expect(body?.profile.displayName).toBe('Jane Doe');
    expect(portal.idp.requests().token).toBe(before);
  });

  it('refuses a scope that was not asked for at sign-in without calling the provider, and goes on', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const before = portal.idp.requests().token ?? 0;
    const { answer, body } = await portal.refresh(browser, { scope: 'openid repo' });
    expect([answer.status, body?.error?.code]).toEqual([401, 'ERR_AUTH_SCOPE_NOT_GRANTED']);
    expect(portal.idp.requests().token).toBe(before);
    expect((await portal.refresh(browser)).answer.status).toBe(200);
  });

  it('ends at logout, at the provider as well', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const sessionToken = browser.cookies.get('oidc-refresh-token')?.value ?? '';
    const answer = await portal.logout(browser);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.setCookies[0]).toMatch(/^oidc-refresh-token=; Max-Age=0; Path=\/api\/auth\/oidc;/);
    expect(browser.cookies.size).toBe(0);
    browser.cookies.set('oidc-refresh-token', { value: sessionToken, path: '/api/auth/oidc' });
    const { answer: refused, body } = await portal.refresh(browser);
    expect([refused.status, body?.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    expect(refused.setCookies[0]).toMatch(/^oidc-refresh-token=; Max-Age=0/);
  });

  it('answers 401 and nothing else to somebody who never signed in', async () => {
    const { answer, body } = await portal.refresh(new Browser());
    expect([answer.status, body?.error?.name, body?.error?.code]).toEqual([
      401,
      'AuthenticationError',
      'ERR_AUTH_SESSION_MISSING',
    ]);
  });
});

describe('guest', () => {
  it('signs in on one call', async () => {
    const answer = await new Browser().send(`${portal.base}/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
    });
    expect(JSON.parse(answer.text)).toEqual({
      profile: {},
      backstageIdentity: {
        token: expect.any(String),
        identity: {
          type: 'user',
          userEntityRef: 'user:development/guest',
          ownershipEntityRefs: ['user:development/guest'],
        },
        expiresInSeconds: expect.closeTo(3600, -1),
      },
    });
  });

  it.each(['guest/start?env=development', 'guest/handler/frame'])('does not offer %s', async (path) => {
    const answer = await new Browser().send(`${portal.base}/${path}`);
    expect([answer.status, (JSON.parse(answer.text) as { error: { name: string } }).error.name]).toEqual([
      501,
      'NotImplementedError',
    ]);
  });
});

describe('what is published', () => {
  it('lets jose verify a token against the key set', async () => {
    const { message } = await portal.signIn(new Browser());
    const keySet = createRemoteJWKSet(new URL(`${portal.base}/.well-known/jwks.json`));
    const token = message?.response?.backstageIdentity?.token ?? '';
    const { payload, protectedHeader } = await jwtVerify(token, keySet, {
      issuer: 'http://localhost:7007/api/auth',
      audience: 'backstage',
      typ: 'vnd.backstage.user',
    });
    expect(protectedHeader).toEqual({ typ: 'vnd.backstage.user', alg: 'ES256', kid: expect.any(String) });
    expect(Object.keys(payload)).toEqual(['iss', 'sub', 'aud', 'iat', 'exp', 'uip']);
  });

  it('proves the limited token, made from the full one as its holders do', async () => {
    const { message } = await portal.signIn(new Browser());
    const token = message?.response?.backstageIdentity?.token ?? '';
    const [header = ''] = token.split('.');
    const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as {
      alg: string;
      kid: string;
    };
    const { sub, iat, exp, uip } = claimsOf(token);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const limited = `${encode({ typ: 'vnd.backstage.limited-user', alg, kid })}.${encode({ sub, iat, exp })}.${String(uip)}`;
    const answer = await fetch(`${portal.base}/v1/userinfo`, {
      headers: { authorization: `Bearer ${limited}` },
    });
    expect(await answer.json()).toEqual({
      claims: {
        sub: 'user:default/jane',
        ent: ['user:default/jane', 'group:default/team-a', 'group:default/admins'],
      },
    });
  });

  it('describes itself', async () => {
    const answer = await fetch(`${portal.base}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      issuer: 'http://localhost:7007/api/auth',
      jwks_uri: 'http://localhost:7007/api/auth/.well-known/jwks.json',
      userinfo_endpoint: 'http://localhost:7007/api/auth/v1/userinfo',
    });
  });

  it.each([
    ['no token', undefined, 'No token provided'],
    ['something else', 'Bearer abc.def.ghi', 'Illegal token'],
  ])('refuses userinfo for %s', async (_, authorization, message) => {
    const answer = await fetch(`${portal.base}/v1/userinfo`, {
      headers: authorization ? { authorization } : {},
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { name: 'AuthenticationError', message } });
  });
});

describe('routes that lead nowhere', () => {
  it.each([
    ['oidc/start', 400, 'ERR_AUTH_ENV_MISSING'],
    ['oidc/start?env=nope', 404, 'ERR_AUTH_ENV_UNKNOWN'],
    ['nosuch/start?env=development', 404, 'ERR_AUTH_PROVIDER_UNKNOWN'],
    ['nosuch', 404, 'ERR_AUTH_PROVIDER_UNKNOWN'],
    ['oidc/logout?env=development', 404, 'ERR_AUTH_PROVIDER_UNKNOWN'],
    ['oidc/handler/frame', 400, 'ERR_AUTH_ENV_MISSING'],
    ['oidc/handler/frame?env=development', 400, 'ERR_AUTH_STATE_MISSING'],
    ['oidc/handler/frame?env=nope&state=x', 404, 'ERR_AUTH_ENV_UNKNOWN'],
  ])('GET %s answers %i %s', async (path, status, code) => {
    const answer = await new Browser().send(`${portal.base}/${path}`);
    const body = JSON.parse(answer.text) as { error: { code: string }; request: object; response: object };
    expect([answer.status, body.error.code]).toEqual([status, code]);
    expect(body.request).toEqual({ method: 'GET', url: `/${path}` });
    expect(body.response).toEqual({ statusCode: status });
  });
});
