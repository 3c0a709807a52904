import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmulatedGitHub, startEmulatedGoogle, type EmulatedVendor } from './index.ts';

const callbackUrl = 'http://localhost:7007/api/auth/any/handler/frame';
const clients = [{ clientId: 'vestibule', clientSecret: 'a-client-secret', redirectUris: [callbackUrl] }];

interface Answer {
  status: number;
  body: unknown;
}

async function call(url: string, token: string): Promise<Answer> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}

async function post(url: string, form: Record<string, string>): Promise<Record<string, string>> {
  const headers = { accept: 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) });
  return (await response.json()) as Record<string, string>;
}

describe('GitHub', () => {
  let gitHub: EmulatedVendor;
  beforeAll(async () => {
    gitHub = await startEmulatedGitHub({
      clients,
      organizations: { acme: { members: ['omar'], teams: { platform: ['jane'] } } },
    });
  });
  afterEach(() => gitHub.resetRequests());
  afterAll(async () => gitHub.stop());

  async function tokenOf(as: string, scope = 'read:user'): Promise<string> {
    const query = new URLSearchParams({
      client_id: 'vestibule',
      redirect_uri: callbackUrl,
      scope,
      state: 's',
    });
    const callback = new URL(await gitHub.authorize(`${gitHub.url}/login/oauth/authorize?${query}`, { as }));
    expect([callback.origin + callback.pathname, callback.searchParams.get('state')]).toEqual([
      callbackUrl,
      's',
    ]);
    const answer = await post(`${gitHub.url}/login/oauth/access_token`, {
      client_id: 'vestibule',
      client_secret: 'a-client-secret',
      code: callback.searchParams.get('code') ?? '',
    });
    return answer['access_token'] ?? '';
  }

  it('signs people in on its own page and serves the API as an Enterprise Server does', async () => {
    const token = await tokenOf('jane');
    expect(await call(`${gitHub.url}/api/v3/user`, token)).toMatchObject({
      status: 200,
      body: { login: 'jane', name: 'Jane Doe', id: 3, node_id: expect.any(String) },
    });
    expect(await call(`${gitHub.url}/api/v3/user/emails`, token)).toMatchObject({
      body: [{ email: 'jane@example.com', primary: true, verified: true }],
    });
    expect(gitHub.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'POST /login/oauth/access_token 200',
      'GET /api/v3/user 200',
      'GET /api/v3/user/emails 200',
    ]);
  });

  it('knows who is in which organization and team', async () => {
    const tokens = { jane: await tokenOf('jane'), omar: await tokenOf('omar'), kim: await tokenOf('kim') };
    for (const [person, logins] of [
      ['jane', ['acme']],
      ['omar', ['acme']],
      ['kim', []],
    ] as const) {
      const { body } = await call(`${gitHub.url}/api/v3/user/orgs`, tokens[person]);
      expect((body as { login: string }[]).map(({ login }) => login)).toEqual(logins);
    }
    const membership = `${gitHub.url}/api/v3/orgs/acme/teams/platform/memberships`;
    expect(await call(`${membership}/jane`, tokens.jane)).toMatchObject({ body: { state: 'active' } });
    expect(await call(`${membership}/omar`, tokens.omar)).toMatchObject({ status: 404 });
  });

  it('refuses tokens that were taken back or never given, and keeps those of others', async () => {
    const [jane, omar] = [await tokenOf('jane'), await tokenOf('omar')];
    await gitHub.revoke('jane');
    for (const token of [jane, 'never-given']) {
      expect(await call(`${gitHub.url}/api/v3/user`, token)).toMatchObject({
        status: 401,
        body: { message: 'Bad credentials' },
      });
    }
    expect(await call(`${gitHub.url}/api/v3/user`, omar)).toMatchObject({ body: { login: 'omar' } });
  });

  it('says so when nobody of that name is on the page, or the application is unknown', async () => {
    const query = (id: string) => new URLSearchParams({ client_id: id, redirect_uri: callbackUrl });
    const page = `${gitHub.url}/login/oauth/authorize`;
    await expect(gitHub.authorize(`${page}?${query('vestibule')}`, { as: 'nobody' })).rejects.toThrow(
      "'nobody'",
    );
    await expect(gitHub.authorize(`${page}?${query('other')}`, { as: 'jane' })).rejects.toThrow('400');
  });
});

describe('Google', () => {
  let google: EmulatedVendor;
  beforeAll(async () => {
    google = await startEmulatedGoogle({
      clients,
      people: [
        { id: 'jane', name: 'Jane Doe', email: 'jane@example.com' },
        {
          id: 'sam',
          name: 'Sam Okafor',
          email: 'sam@example.com',
          emailVerified: false,
          hostedDomain: false,
        },
      ],
    });
  });
  afterAll(async () => google.stop());

  const client = { client_id: 'vestibule', client_secret: 'a-client-secret' };
  async function tokensOf(as: string): Promise<Record<string, string>> {
    const query = new URLSearchParams({
      client_id: 'vestibule',
      redirect_uri: callbackUrl,
      scope: 'openid email',
    });
    const callback = new URL(await google.authorize(`${google.url}/o/oauth2/v2/auth?${query}`, { as }));
    const code = callback.searchParams.get('code') ?? '';
    return post(`${google.url}/oauth2/token`, { ...client, grant_type: 'authorization_code', code });
  }
  const refresh = async (token: string) =>
    post(`${google.url}/oauth2/token`, { ...client, grant_type: 'refresh_token', refresh_token: token });

  it('names itself as the issuer and tells of the person what it was told', async () => {
    const metadata = await fetch(`${google.url}/.well-known/openid-configuration`);
    expect(await metadata.json()).toMatchObject({
      issuer: google.url,
      userinfo_endpoint: `${google.url}/oauth2/v2/userinfo`,
    });
    const userinfo = async (as: string) =>
      (await call(`${google.url}/oauth2/v2/userinfo`, (await tokensOf(as))['access_token'] ?? '')).body;
    expect(await userinfo('jane')).toMatchObject({ email_verified: true, hd: 'example.com' });
    const sam = await userinfo('sam');
    expect(sam).toMatchObject({ email: 'sam@example.com', email_verified: false });
    expect(sam).not.toHaveProperty('hd');
  });

  it('renews tokens until they are taken back', async () => {
    const { access_token: access = '', refresh_token: token = '' } = await tokensOf('jane');
    const renewed = await refresh(token);
    expect(await call(`${google.url}/oauth2/v2/userinfo`, renewed['access_token'] ?? '')).toMatchObject({
      status: 200,
    });
    await google.revoke('jane');
    expect(await refresh(token)).toMatchObject({ error: 'invalid_grant' });
    for (const one of [access, renewed['access_token'] ?? '', 'never-given']) {
      expect(await call(`${google.url}/oauth2/v2/userinfo`, one)).toMatchObject({ status: 401 });
    }
  });
});
