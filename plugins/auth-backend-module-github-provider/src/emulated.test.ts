/* Sign-in at the emulated GitHub, to the end: through a real backend, from the start route to the session. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, readPopup } from '@vestibule/backend-test-utils';
import { startEmulatedGitHub, type EmulatedVendor } from '@vestibule/emulated-vendors';
import type { ServiceFactory } from '@vestibule/backend-plugin-api';
import githubProvider from './index.ts';
import { user } from './testing/catalog.ts';
import { portalCallbackUrl, startPortal, type Portal } from './testing/portal.ts';

const client = { clientId: 'vestibule', clientSecret: 'a-client-secret-for-tests' };
const entities = [user('jane', { email: 'jane@example.com' }), user('omar', { email: 'omar@example.com' })];

let gitHub: EmulatedVendor;
const portals: Portal[] = [];

beforeAll(async () => {
  gitHub = await startEmulatedGitHub({
    clients: [{ ...client, redirectUris: [portalCallbackUrl] }],
    organizations: { acme: { members: ['jane', 'kim'], teams: { platform: ['jane'] } } },
  });
});
afterEach(async () => {
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
  gitHub.resetRequests();
});
afterAll(async () => gitHub.stop());

async function portalWith(options: Partial<Parameters<typeof startPortal>[0]> = {}): Promise<Portal> {
  const { url } = gitHub;
  const portal = await startPortal({
    gitHub: { url, authorize: async (target, as) => gitHub.authorize(target, { as }) },
    ...client,
    entities,
    ...options,
  });
  portals.push(portal);
  return portal;
}

const paths = (): string[] => gitHub.requests().map(({ method, path }) => `${method} ${path}`);
const emailResolver = { signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] } };

describe('sign-in at GitHub', () => {
  it('signs Jane in by her login and keeps her signed in', async () => {
    const portal = await portalWith();
    const browser = new HttpBrowser();
    const { response } = await portal.signIn(browser, 'jane');
    expect(response).toMatchObject({
      profile: { displayName: 'Jane Doe' },
      providerInfo: { accessToken: expect.stringMatching(/^gho_/), scope: 'read:user' },
      backstageIdentity: { identity: { userEntityRef: 'user:default/jane' } },
    });
    expect(response?.providerInfo).not.toHaveProperty('expiresInSeconds');
    expect(response?.profile).not.toHaveProperty('email');

    gitHub.resetRequests();
    const refreshed = await portal.refresh(browser);
    expect(refreshed.response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    expect(paths()).toEqual([]);
  });

  it('works the same when the provider is added as a service', async () => {
    const [, service] = (await githubProvider.loader({})) as [unknown, ServiceFactory];
    const portal = await portalWith({ install: service });
    const { response } = await portal.signIn(new HttpBrowser(), 'jane');
    expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
  });

  it('refuses Kim, who is not in the catalog', async () => {
    const portal = await portalWith();
    const { error, response } = await portal.signIn(new HttpBrowser(), 'kim');
    expect([error?.code, response]).toEqual(['ERR_RESOLVER_NO_MATCH', undefined]);
  });

  it('reads verified addresses where user:email is granted, and only there', async () => {
    const withScope = await portalWith({ block: { ...emailResolver, additionalScopes: ['user:email'] } });
    const { response } = await withScope.signIn(new HttpBrowser(), 'jane');
    expect(response).toMatchObject({
      profile: { email: 'jane@example.com' },
      backstageIdentity: { identity: { userEntityRef: 'user:default/jane' } },
    });
    gitHub.resetRequests();
    const without = await portalWith({ block: emailResolver });
    expect((await without.signIn(new HttpBrowser(), 'jane')).error?.code).toBe('ERR_PROFILE_NO_EMAIL');
    expect(paths()).not.toContain('GET /api/v3/user/emails?per_page=100');
    expect(without.logs.join('\n')).toContain("'additionalScopes: [user:email]'");
  });

  it('refuses a code that is not GitHub’s, and leaves no session', async () => {
    const portal = await portalWith();
    const browser = new HttpBrowser();
    const callback = await portal.reachCallback(browser, 'jane');
    callback.searchParams.set('code', 'made-up');
    expect(readPopup(await browser.send(callback.href)).error?.code).toBe('ERR_PROVIDER_REFUSED');
    expect((await portal.refresh(browser)).answer.status).toBe(401);
  });
});

describe('a session of GitHub', () => {
  const hour = 3_600_000;

  it('is checked at GitHub every hour and ends when the token was taken back', async () => {
    const portal = await portalWith();
    const [jane, omar] = [new HttpBrowser(), new HttpBrowser()];
    await portal.signIn(jane, 'jane');
    await portal.signIn(omar, 'omar');
    gitHub.resetRequests();
    portal.advance(hour + 1);
    expect((await portal.refresh(jane)).answer.status).toBe(200);
    expect(paths()).toEqual(['GET /api/v3/user']);

    await gitHub.revoke('jane');
    expect((await portal.refresh(jane)).answer.status).toBe(200);
    portal.advance(hour + 1);
    const refused = await portal.refresh(jane);
    expect([refused.answer.status, refused.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    expect((await portal.refresh(jane)).error?.code).toBe('ERR_AUTH_SESSION_MISSING');
    expect((await portal.refresh(omar)).answer.status).toBe(200);
  });

  it('ends with signing out, and the token is given back to GitHub', async () => {
    const portal = await portalWith();
    const browser = new HttpBrowser();
    await portal.signIn(browser, 'jane');
    expect((await portal.signOut(browser)).status).toBe(200);
    expect(paths().slice(-1)).toEqual(['DELETE /api/v3/applications/vestibule/token']);
    expect((await portal.refresh(browser)).error?.code).toBe('ERR_AUTH_SESSION_MISSING');
  });

  it('gives no more access than was asked for, until a wider sign-in', async () => {
    const portal = await portalWith({ block: { signIn: { resolvers: [] } } });
    const browser = new HttpBrowser();
    const { response } = await portal.signIn(browser, 'jane');
    expect(response).not.toHaveProperty('backstageIdentity');
    const refused = await portal.refresh(browser, 'read:user repo');
    expect([refused.answer.status, refused.error?.code]).toEqual([401, 'ERR_AUTH_SCOPE_NOT_GRANTED']);
    expect((await portal.refresh(browser)).answer.status).toBe(200);

    await portal.signIn(browser, 'jane', 'repo');
    const wider = await portal.refresh(browser, 'read:user repo');
    expect(wider.response?.providerInfo.scope?.split(' ').sort()).toEqual(['read:user', 'repo']);
  });
});

describe('a gate of GitHub', () => {
  it.each([
    ['organization', { githubOrganizations: ['Acme'] }, 'ERR_GATE_GITHUB_ORGANIZATION'],
    ['team', { githubTeams: ['acme/Platform'] }, 'ERR_GATE_GITHUB_TEAM'],
  ])('by %s lets Jane in and Omar not', async (_kind, allow, code) => {
    const portal = await portalWith({ block: { allow } });
    const { response } = await portal.signIn(new HttpBrowser(), 'jane');
    expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    expect(response?.providerInfo.scope).toContain('read:org');
    const browser = new HttpBrowser();
    const refused = await portal.signIn(browser, 'omar');
    expect([refused.error?.code, refused.response]).toEqual([code, undefined]);
    expect((await portal.refresh(browser)).error?.code).toBe('ERR_AUTH_SESSION_MISSING');
  });

  it('by team keeps out who is in the organization only', async () => {
    const portal = await portalWith({ auth: { allow: { githubTeams: ['acme/platform'] } } });
    expect((await portal.signIn(new HttpBrowser(), 'kim')).error?.code).toBe('ERR_GATE_GITHUB_TEAM');
  });

  it('by user goes by the number of the account, and a login on the list lets nobody in', async () => {
    const open = await portalWith();
    const { response } = await open.signIn(new HttpBrowser(), 'jane');
    const headers = { authorization: `Bearer ${response?.providerInfo.accessToken}` };
    const { id } = (await (await fetch(`${gitHub.url}/api/v3/user`, { headers })).json()) as { id: number };
    const byId = await portalWith({ block: { allow: { users: [String(id)] } } });
    expect((await byId.signIn(new HttpBrowser(), 'jane')).response).toBeDefined();
    const byLogin = await portalWith({ block: { allow: { users: ['jane'] } } });
    expect((await byLogin.signIn(new HttpBrowser(), 'jane')).error?.code).toBe('ERR_GATE_USER');
  });
});
