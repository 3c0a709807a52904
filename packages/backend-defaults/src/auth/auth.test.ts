import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import type { BackstageCredentials, JsonObject, UserPrincipal } from '@vestibule/backend-plugin-api';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { startBackend, type TestBackend } from './testing/startBackend.ts';

let backend: TestBackend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(async () => backend.stop());

async function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: Headers; body: JsonObject }> {
  const response = await fetch(backend.url + path, { method, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as JsonObject),
  };
}
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const errorOf = (body: JsonObject): { name: string; message: string; code: string } =>
  body['error'] as { name: string; message: string; code: string };

async function jane(): Promise<BackstageCredentials<UserPrincipal>> {
  return (await backend.reports.auth.authenticate(
    backend.signer.userToken(),
  )) as BackstageCredentials<UserPrincipal>;
}

describe('a protected route', () => {
  it('sees the user, and when her credentials end', async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const { status, body } = await get('/api/reports/', bearer(backend.signer.userToken({ exp })));
    expect([status, body]).toEqual([
      200,
      {
        $$type: '@backstage/BackstageCredentials',
        expiresAt: new Date(exp * 1000).toISOString(),
        principal: { type: 'user', userEntityRef: 'user:default/jane' },
      },
    ]);
  });

  it('sees the plugin that calls', async () => {
    const { auth } = backend.billing;
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await auth.getOwnServiceCredentials(),
      targetPluginId: 'reports',
    });
    const { status, body } = await get('/api/reports/', bearer(token));
    expect([status, body['principal']]).toEqual([200, { type: 'service', subject: 'plugin:billing' }]);
  });

  it('sees the user on whose behalf a plugin calls', async () => {
    const { token } = await backend.billing.auth.getPluginRequestToken({
      onBehalfOf: await jane(),
      targetPluginId: 'reports',
    });
    const { status, body } = await get('/api/reports/', bearer(token));
    expect([status, body['principal']]).toEqual([
      200,
      {
        type: 'user',
        userEntityRef: 'user:default/jane',
        actor: { type: 'service', subject: 'plugin:billing' },
      },
    ]);
  });

  it.each([
    ['no credentials', {}, 401, 'Missing credentials', 'ERR_CREDENTIALS_MISSING'],
    [
      'another scheme',
      { authorization: 'Basic eDp5' },
      401,
      'Missing credentials',
      'ERR_CREDENTIALS_MISSING',
    ],
    ['no token at all', bearer('abc.def.ghi'), 401, 'Illegal token', 'ERR_TOKEN_INVALID'],
  ])('refuses %s', async (_, headers, status, message, code) => {
    const answer = await get('/api/reports/', headers);
    expect(answer.status).toBe(status);
    expect(errorOf(answer.body)).toMatchObject({ name: 'AuthenticationError', message, code });
  });

  it('refuses a principal of another kind', async () => {
    const answer = await get('/api/reports/services', bearer(backend.signer.userToken()));
    expect(answer.status).toBe(403);
    expect(errorOf(answer.body)).toMatchObject({
      name: 'NotAllowedError',
      message: "This endpoint does not allow 'user' credentials",
      code: 'ERR_PRINCIPAL_NOT_ALLOWED',
    });
  });

  it('lets nobody in where nobody is allowed by name', async () => {
    expect((await get('/api/reports/open')).body['principal']).toEqual({ type: 'none' });
  });
});

describe('the limited token', () => {
  it('is made of the full one, in the order that its signature covers', async () => {
    const full = backend.signer.userToken();
    const credentials = (await backend.reports.auth.authenticate(
      full,
    )) as BackstageCredentials<UserPrincipal>;
    const { token, expiresAt } = await backend.reports.auth.getLimitedUserToken(credentials);
    const { sub, iat, exp, uip } = decodeJwt(full);
    const [header, payload, signature] = token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    expect(header).toBe(`{"typ":"vnd.backstage.limited-user","alg":"ES256","kid":"${backend.signer.kid}"}`);
    expect(payload).toBe(`{"sub":"${sub}","iat":${iat},"exp":${exp}}`);
    expect(token.split('.')[2]).toBe(uip);
    expect(signature).toBeDefined();
    expect(expiresAt).toEqual(new Date((exp ?? 0) * 1000));
  });

  it('opens routes for limited access only, by header and by cookie', async () => {
    const { token } = await backend.reports.auth.getLimitedUserToken(await jane());
    const cookie = { cookie: `theme=dark; backstage-auth=${token}` };
    expect((await get('/api/reports/limited', bearer(token))).status).toBe(200);
    expect((await get('/api/reports/limited', cookie)).status).toBe(200);

    const byHeader = await get('/api/reports/', bearer(token));
    expect([byHeader.status, errorOf(byHeader.body).message]).toEqual([401, 'Illegal limited user token']);
    const byCookie = await get('/api/reports/', cookie);
    expect([byCookie.status, errorOf(byCookie.body).message]).toEqual([401, 'Missing credentials']);
  });

  it('is set as a cookie, kept while it lives, and cleared', async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const full = backend.signer.userToken({ exp });
    const path = '/api/reports/.backstage/auth/v1/cookie';
    const set = await get(path, bearer(full));
    const limited = (
      await backend.reports.auth.getLimitedUserToken(
        (await backend.reports.auth.authenticate(full)) as BackstageCredentials<UserPrincipal>,
      )
    ).token;
    expect(set.body).toEqual({ expiresAt: new Date(exp * 1000).toISOString() });
    expect(set.headers.getSetCookie()).toEqual([
      `backstage-auth=${limited}; Domain=localhost; Path=/; Expires=${new Date(exp * 1000).toUTCString()}; HttpOnly; Secure; Priority=High; SameSite=None`,
    ]);

    expect((await get(path, bearer(full), 'HEAD')).headers.getSetCookie()).toEqual(
      set.headers.getSetCookie(),
    );

    const kept = await get(path, {
      ...bearer(backend.signer.userToken()),
      cookie: `backstage-auth=${limited}`,
    });
    expect([kept.headers.getSetCookie(), kept.body]).toEqual([[], set.body]);

    const other = backend.signer.userToken({ sub: 'user:default/omar' });
    const replaced = await get(path, { ...bearer(other), cookie: `backstage-auth=${limited}` });
    expect(replaced.headers.getSetCookie()).toHaveLength(1);

    const cleared = await get(path, bearer(full), 'DELETE');
    expect(cleared.status).toBe(204);
    expect(cleared.headers.getSetCookie()).toEqual([
      'backstage-auth=; Domain=localhost; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Priority=High; SameSite=None',
    ]);
  });

  it('is no cookie for a plugin', async () => {
    const { auth } = backend.billing;
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await auth.getOwnServiceCredentials(),
      targetPluginId: 'reports',
    });
    expect((await get('/api/reports/.backstage/auth/v1/cookie', bearer(token))).status).toBe(403);
  });
});

describe('the service token', () => {
  it('says who calls whom, and verifies with the published key', async () => {
    const { auth } = backend.billing;
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await auth.getOwnServiceCredentials(),
      targetPluginId: 'catalog',
    });
    const { keys } = (await get('/api/billing/.backstage/auth/v1/jwks.json')).body;
    const { protectedHeader, payload } = await jwtVerify(
      token,
      createLocalJWKSet({ keys } as unknown as JSONWebKeySet),
    );
    const now = Math.floor(Date.now() / 1000);
    expect(Object.keys(protectedHeader)).toEqual(['typ', 'alg', 'kid']);
    expect(protectedHeader).toMatchObject({ typ: 'vnd.backstage.plugin', alg: 'ES256' });
    expect(Object.keys(payload)).toEqual(['sub', 'aud', 'iat', 'exp']);
    expect(payload).toMatchObject({ sub: 'billing', aud: 'catalog' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(now - (payload.iat ?? 0)).toBeLessThan(60);
    expect((keys as JsonObject[]).map((key) => Object.keys(key))).toEqual([
      ['kty', 'x', 'y', 'crv', 'kid', 'alg'],
    ]);
  });

  it('ends with the user on whose behalf it is, and carries her limited token', async () => {
    const exp = Math.floor(Date.now() / 1000) + 900;
    const credentials = (await backend.billing.auth.authenticate(
      backend.signer.userToken({ exp }),
    )) as BackstageCredentials<UserPrincipal>;
    const { token } = await backend.billing.auth.getPluginRequestToken({
      onBehalfOf: credentials,
      targetPluginId: 'catalog',
    });
    const payload = decodeJwt(token);
    expect(payload.exp).toBe(exp);
    expect(payload['obo']).toBe((await backend.billing.auth.getLimitedUserToken(credentials)).token);
  });

  it('is used again for the same call, and only for it', async () => {
    const { auth } = backend.billing;
    const own = await auth.getOwnServiceCredentials();
    const issue = async (onBehalfOf: BackstageCredentials, targetPluginId: string): Promise<string> =>
      (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
    const first = await issue(own, 'catalog');
    expect(await issue(own, 'catalog')).toBe(first);
    expect(await issue(own, 'reports')).not.toBe(first);
    expect(await issue(await jane(), 'catalog')).not.toBe(first);
  });

  it('is not issued on behalf of nobody', async () => {
    const { auth } = backend.billing;
    await expect(
      auth.getPluginRequestToken({ onBehalfOf: await auth.getNoneCredentials(), targetPluginId: 'reports' }),
    ).rejects.toMatchObject({ message: "Refused to issue service token for credential type 'none'" });
  });
});

describe('user info', () => {
  it('comes from the auth plugin, once in 5 seconds for a token', async () => {
    const credentials = await jane();
    backend.authPlugin.asked.length = 0;
    const expected = {
      userEntityRef: 'user:default/jane',
      ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'],
    };
    const [one, two] = await Promise.all([
      backend.reports.userInfo.getUserInfo(credentials),
      backend.billing.userInfo.getUserInfo(credentials),
    ]);
    expect([one, two]).toEqual([expected, expected]);
    one.ownershipEntityRefs.push('group:default/admins');
    expect(await backend.reports.userInfo.getUserInfo(credentials)).toEqual(expected);
    expect(backend.authPlugin.asked.filter((path) => path === '/v1/userinfo')).toHaveLength(1);
  });

  it('comes from the token where it says so', async () => {
    backend.authPlugin.asked.length = 0;
    const credentials = await backend.reports.auth.authenticate(
      backend.signer.userToken({ ent: ['group:default/team-b'] }),
    );
    expect(await backend.reports.userInfo.getUserInfo(credentials)).toEqual({
      userEntityRef: 'user:default/jane',
      ownershipEntityRefs: ['group:default/team-b'],
    });
    expect(backend.authPlugin.asked).toEqual([]);
  });

  it('is unavailable while the auth plugin fails, and comes back with it', async () => {
    const credentials = await backend.reports.auth.authenticate(
      backend.signer.userToken({ sub: 'user:default/omar' }),
    );
    backend.authPlugin.failWith = 500;
    await expect(backend.reports.userInfo.getUserInfo(credentials)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'ERR_USER_INFO_UNAVAILABLE',
    });
    delete backend.authPlugin.failWith;
    expect((await backend.reports.userInfo.getUserInfo(credentials)).userEntityRef).toBe('user:default/omar');
  });

  it('exists for users only', async () => {
    const own = await backend.reports.auth.getOwnServiceCredentials();
    await expect(backend.reports.userInfo.getUserInfo(own)).rejects.toMatchObject({
      name: 'InputError',
      code: 'ERR_USER_INFO_USER_REQUIRED',
    });
  });
});

describe('credentials', () => {
  it('show their token to nobody', async () => {
    const token = backend.signer.userToken();
    const credentials = await backend.reports.auth.authenticate(token);
    const signature = token.split('.')[2] ?? '';
    for (const shown of [
      JSON.stringify(credentials),
      inspect(credentials, { depth: 9 }),
      JSON.stringify({ ...credentials }),
    ]) {
      expect(shown).not.toContain(signature);
    }
  });

  it('cannot be used to act as the user once copied', async () => {
    const copy = { ...(await jane()) };
    await expect(
      backend.billing.auth.getPluginRequestToken({ onBehalfOf: copy, targetPluginId: 'reports' }),
    ).rejects.toMatchObject({ code: 'ERR_CREDENTIALS_MISSING' });
  });

  it('know their kind', async () => {
    const { auth } = backend.reports;
    const user = await jane();
    expect([
      auth.isPrincipal(user, 'user'),
      auth.isPrincipal(user, 'service'),
      auth.isPrincipal(user, 'unknown'),
    ]).toEqual([true, false, true]);
    expect(auth.isPrincipal(await auth.getNoneCredentials(), 'none')).toBe(true);
    expect(decodeProtectedHeader(backend.signer.userToken()).typ).toBe('vnd.backstage.user');
  });
});
