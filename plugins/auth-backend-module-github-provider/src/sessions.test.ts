/* Sessions of a real backend at a GitHub that changes its mind, limits calls, or gives tokens that expire. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { user } from './testing/catalog.ts';
import { startPortal, type Portal } from './testing/portal.ts';
import {
  clientId,
  clientSecret,
  startScriptedGitHub,
  type ScriptedGitHub,
} from './testing/scriptedGitHub.ts';

const hour = 3_600_000;
let gitHub: ScriptedGitHub;
let portal: Portal | undefined;

beforeAll(async () => {
  gitHub = await startScriptedGitHub();
});
afterEach(async () => {
  await portal?.stop();
  portal = undefined;
  gitHub.reset();
});
afterAll(async () => gitHub.close());

async function signedIn(block: JsonObject = {}): Promise<{ portal: Portal; browser: HttpBrowser }> {
  portal = await startPortal({
    gitHub: { url: gitHub.url, authorize: async (url) => (await gitHub.authorize(url)).href },
    clientId,
    clientSecret,
    entities: [user('jane')],
    block,
  });
  const browser = new HttpBrowser();
  const { response } = await portal.signIn(browser, 'jane');
  expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
  return { portal, browser };
}

describe('a session of GitHub', () => {
  it('ends at the next look when the person has left the organization', async () => {
    gitHub.organizations = ['acme'];
    const { portal, browser } = await signedIn({ allow: { githubOrganizations: ['acme'] } });
    portal.advance(hour + 1);
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    gitHub.organizations = [];
    portal.advance(hour + 1);
    const refused = await portal.refresh(browser);
    expect([refused.answer.status, refused.response]).toEqual([401, undefined]);
    expect((await portal.refresh(browser)).error?.code).toBe('ERR_AUTH_SESSION_MISSING');
  });

  it('goes on while GitHub limits calls', async () => {
    const { portal, browser } = await signedIn();
    gitHub.scripts.user = () => ({ status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: {} });
    portal.advance(hour + 1);
    const { answer, response } = await portal.refresh(browser);
    expect([answer.status, response?.backstageIdentity?.identity.userEntityRef]).toEqual([
      200,
      'user:default/jane',
    ]);
    gitHub.scripts = {};
    portal.advance(60_000);
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    expect(gitHub.endpoints().slice(-1)).toEqual(['user']);
  });

  it('gets new tokens when the old ones expire, and ends when GitHub has ended the grant', async () => {
    gitHub.expiring = true;
    const { portal, browser } = await signedIn();
    const first = await portal.refresh(browser);
    portal.advance(8 * hour);
    const second = await portal.refresh(browser);
    expect(second.response?.providerInfo.accessToken).not.toBe(first.response?.providerInfo.accessToken);
    expect(second.response?.providerInfo.expiresInSeconds).toBeGreaterThan(28_000);
    gitHub.forget();
    portal.advance(8 * hour);
    const refused = await portal.refresh(browser);
    expect([refused.answer.status, refused.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  });

  it('survives an outage between the new tokens and the account', async () => {
    gitHub.expiring = true;
    const { portal, browser } = await signedIn();
    portal.advance(8 * hour);
    gitHub.scripts.user = () => ({ status: 503, body: {} });
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    gitHub.scripts = {};
    portal.advance(60_000);
    const { answer, response } = await portal.refresh(browser);
    expect([answer.status, gitHub.isGood(response?.providerInfo.accessToken ?? '')]).toEqual([200, true]);
  });

  it('is closed at GitHub, too, by signing out', async () => {
    const { portal, browser } = await signedIn();
    const { response } = await portal.refresh(browser);
    const token = response?.providerInfo.accessToken ?? '';
    expect(gitHub.isGood(token)).toBe(true);
    await portal.signOut(browser);
    expect(gitHub.isGood(token)).toBe(false);
  });
});
