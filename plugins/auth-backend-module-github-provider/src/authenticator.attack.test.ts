import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { GitHubProvider } from './authenticator.ts';
import { startScriptedGitHub, type ScriptedAnswer, type ScriptedGitHub } from './testing/scriptedGitHub.ts';
import { configuredProvider, exchangeOf, refreshOf, signIn, start } from './testing/signIn.ts';

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

function refusal(check: string): object {
  return expect.objectContaining({
    code: 'ERR_PROVIDER_ANSWER_INVALID',
    name: 'AuthenticationError',
    hint: expect.stringContaining(check),
  });
}

describe('a callback of GitHub is refused, and no code is redeemed, when', () => {
  it.each<[string, string, (given: URLSearchParams) => void]>([
    [
      'iss names another GitHub',
      'callback iss',
      (given) => given.set('iss', 'https://github.com/login/oauth'),
    ],
    ['iss differs by a slash', 'callback iss', (given) => given.set('iss', `${gitHub.url}/login/oauth/`)],
    ['iss is empty', 'callback iss', (given) => given.set('iss', '')],
    ['iss stands twice', 'callback iss', (given) => given.append('iss', `${gitHub.url}/login/oauth`)],
    ['state is another', 'callback state', (given) => given.set('state', 'another')],
    ['state stands twice', 'callback state', (given) => given.append('state', 'another')],
    ['code is empty', 'callback code', (given) => given.set('code', '')],
    ['code stands twice', 'callback code', (given) => given.append('code', 'another')],
    [
      'the error of somebody else is slipped in',
      'callback iss',
      (given) => {
        given.set('error', 'access_denied');
        given.set('iss', 'https://evil.example.com');
      },
    ],
  ])('%s', async (_title, check, change) => {
    const attempt = await start(provider);
    const callback = await gitHub.authorize(attempt.url);
    change(callback.searchParams);
    await expect(provider.exchange(exchangeOf(attempt, callback))).rejects.toEqual(refusal(check));
    expect(gitHub.endpoints()).not.toContain('token');
  });
});

describe('a code of GitHub is worth nothing', () => {
  it('with the verifier of another attempt, or a second time', async () => {
    const [attempt, other] = [await start(provider), await start(provider)];
    const stolen = exchangeOf(attempt, await gitHub.authorize(attempt.url), {
      codeVerifier: other.codeVerifier,
    });
    for (let time = 0; time < 2; time += 1) {
      await expect(provider.exchange(stolen)).rejects.toMatchObject({
        code: 'ERR_PROVIDER_REFUSED',
        providerError: 'bad_verification_code',
      });
    }
  });
});

describe('a token answer of GitHub is refused when', () => {
  it.each<[string, Record<string, unknown>]>([
    ['its token would break a header', { access_token: 'gho_a\r\nx-evil: 1' }],
    ['its token has a space', { access_token: 'gho a' }],
    ['its token is no text', { access_token: { toString: 'x' } }],
    ['its refresh token has a control character', { refresh_token: 'ghr_\u0000' }],
    ['its token is bound to a key that we do not have', { token_type: 'DPoP' }],
    ['its scope is no text', { scope: ['read:org'] }],
    ['its expiry is no number', { expires_in: '1e9' }],
  ])('%s', async (_title, lie) => {
    gitHub.scripts.token = (honest) => ({ ...honest, body: { ...(honest.body as object), ...lie } });
    await expect(signIn(provider, { authorize })).rejects.toEqual(refusal('token answer'));
    expect(gitHub.endpoints()).not.toContain('user');
  });

  it('and nothing of it stands in the error', async () => {
    const secrets: string[] = ['test-secret'];
    gitHub.scripts.token = (honest) => {
      secrets.push(String((honest.body as { access_token: string }).access_token));
      return honest;
    };
    gitHub.scripts.user = () => ({ status: 200, body: { ...gitHub.user, id: 'jane@example.com' } });
    const error = await signIn(provider, { authorize }).catch((caught: unknown) => caught);
    expect(error).toEqual(refusal('user, id'));
    const shown = `${String(error)} ${(error as Error).stack ?? ''} ${JSON.stringify({ ...(error as object) })}`;
    for (const secret of [...secrets, 'jane@example.com']) expect(shown).not.toContain(secret);
  });
});

describe('an account of GitHub', () => {
  it.each([['583231'], [0], [-1], [1.5], [2 ** 53], [null], [{}]])('whose id is %j is nobody', async (id) => {
    gitHub.user = { ...gitHub.user, id };
    await expect(signIn(provider, { authorize })).rejects.toEqual(refusal('user, id'));
  });

  it.each([
    ['jane/../../admin'],
    ['..'],
    ['jane\r\nx: y'],
    ['jane,kind=group'],
    [''],
    [['jane']],
    [{ toString: 'jane' }],
  ])('whose login is %j has none, and its teams are not asked for', async (login) => {
    gitHub.user = { ...gitHub.user, login };
    const questions = { githubTeams: ['acme/platform'] };
    const grant = await signIn(provider, { authorize, scopes: ['read:org'], changes: { questions } });
    expect(grant.result.fullProfile).not.toHaveProperty('username');
    expect(grant.evidence).toEqual({ githubTeams: [] });
    expect(gitHub.endpoints()).not.toContain('team');
    expect(gitHub.endpoints()).not.toContain('unknown');
  });

  it('takes no value of a wrong type and no dangerous picture into the profile', async () => {
    Object.assign(gitHub.user, {
      name: { toString: 'x' },
      avatar_url: 'javascript:alert(1)',
      html_url: 'javascript:alert(1)',
      email: ['jane@example.com'],
    });
    const { profile, result } = await signIn(provider, { authorize });
    expect(profile).toEqual({ displayName: 'jane' });
    expect(result.fullProfile).not.toHaveProperty('photos');
    expect(result.fullProfile).not.toHaveProperty('profileUrl');
  });

  it.each<[string, unknown[]]>([
    ['unverified', [{ email: 'boss@example.com', primary: true, verified: false }]],
    ['verified by a word', [{ email: 'boss@example.com', primary: true, verified: 'true' }]],
    ['primary by a word', [{ email: 'boss@example.com', primary: 'true', verified: true }]],
    [
      'one of two',
      [
        { email: 'boss@example.com', primary: true, verified: true },
        { email: 'jane@example.com', primary: true, verified: true },
      ],
    ],
    [
      'among garbage',
      [null, 'boss@example.com', { email: ['boss@example.com'], primary: true, verified: true }],
    ],
  ])('does not get an address that is %s', async (_title, emails) => {
    gitHub.user = { ...gitHub.user, email: 'boss@example.com' };
    gitHub.emails = emails;
    const { profile, emailOmitted } = await signIn(provider, { authorize, scopes: ['user:email'] });
    expect(profile).not.toHaveProperty('email');
    expect(emailOmitted).toBe('ERR_EMAIL_NOT_VERIFIED');
  });

  it('never hands unverified addresses to resolvers as its own', async () => {
    gitHub.emails = [
      { email: 'boss@example.com', primary: true, verified: false },
      { email: 'jane@example.com', primary: false, verified: true },
    ];
    const { result } = await signIn(provider, { authorize, scopes: ['user:email'] });
    expect(result.fullProfile.emails).toEqual([{ value: 'jane@example.com', verified: true }]);
  });

  it('cannot reach a prototype', async () => {
    gitHub.scripts.user = () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"id":1,"login":"jane","__proto__":{"node_id":"boss"}}',
    });
    const { result } = await signIn(provider, { authorize });
    expect(result.fullProfile._json['node_id']).toBeUndefined();
    expect(Object.getPrototypeOf(result.fullProfile._json)).toBe(Object.prototype);
  });
});

describe('memberships', () => {
  it('are not believed from answers of a wrong shape', async () => {
    gitHub.organizations = ['acme'];
    const questions = { githubOrganizations: ['acme'], githubTeams: ['acme/platform'] };
    gitHub.scripts.orgs = () => ({
      status: 200,
      body: [
        'acme',
        null,
        { login: ['acme'] },
        { login: { toString: 'acme' } },
        { name: 'acme' },
        { login: 'acme\u0000' },
      ],
    });
    gitHub.scripts.team = () => ({ status: 200, body: { state: ['active'], role: 'maintainer' } });
    const { evidence } = await signIn(provider, { authorize, scopes: ['read:org'], changes: { questions } });
    expect(evidence).toEqual({ githubOrganizations: [], githubTeams: [] });
  });

  it('are not looked up where a redirect or a link leads: the token stays with this GitHub', async () => {
    const elsewhere: string[] = [];
    const thief = createServer((request, response) => {
      elsewhere.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end('[{"login":"acme"}]');
    });
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/api/v3/user/orgs?page=2`;
    let pages = 0;
    gitHub.scripts.orgs = (): ScriptedAnswer => {
      pages += 1;
      return { status: 200, headers: pages < 3 ? { link: `<${url}>; rel="next"` } : {}, body: [] };
    };
    gitHub.scripts.team = () => ({ status: 301, headers: { location: url } });
    const questions = { githubOrganizations: ['acme'], githubTeams: ['acme/platform'] };
    const login = { authorize, scopes: ['read:org'], changes: { questions } };
    try {
      expect((await signIn(provider, login)).evidence).toEqual({ githubOrganizations: [], githubTeams: [] });
      expect([pages, elsewhere]).toEqual([3, []]);
      // GitHub moves names, and never this list.
      gitHub.scripts.orgs = () => ({ status: 302, headers: { location: url } });
      await expect(signIn(provider, login)).rejects.toMatchObject({ code: 'ERR_PROVIDER_ANSWER_UNREADABLE' });
      expect(elsewhere).toEqual([]);
    } finally {
      thief.closeAllConnections();
      await new Promise((resolve) => thief.close(resolve));
    }
  });

  it.each([
    'acme',
    'acme/',
    '/platform',
    'acme/../admins',
    'acme/..',
    '../acme',
    'acme/a/b',
    'acme/%2e%2e',
    'acme/a?b',
  ])('of a team that config calls %j are not asked for', async (team) => {
    const questions = { githubTeams: [team] };
    const { evidence } = await signIn(provider, { authorize, scopes: ['read:org'], changes: { questions } });
    expect(evidence).toEqual({ githubTeams: [] });
    expect(gitHub.endpoints()).toEqual(['authorization', 'token', 'user']);
  });
});

describe('a refresh at GitHub is refused when', () => {
  it('the session is of another GitHub, and then its token is sent to nobody', async () => {
    const grant = await signIn(provider, { authorize });
    gitHub.requests.length = 0;
    const refresh = provider.refresh(refreshOf(grant, { issuer: 'https://github.com' }));
    await expect(refresh).rejects.toEqual(refusal('issuer of the session'));
    expect(gitHub.requests).toEqual([]);
  });

  it.each([false, true])("the token is somebody else's by now (tokens expire: %s)", async (expiring) => {
    gitHub.expiring = expiring;
    const grant = await signIn(provider, { authorize, scopes: ['user:email'] });
    gitHub.user = { ...gitHub.user, id: 583232 };
    gitHub.requests.length = 0;
    await expect(provider.refresh(refreshOf(grant))).rejects.toEqual(refusal('user, id of the session'));
    expect(gitHub.endpoints()).not.toContain('emails');
  });
});
