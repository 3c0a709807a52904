/* A token of GitHub that lasts opens the account until somebody takes it back: where it may stand, and where never. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
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
let portal: Portal;

beforeAll(async () => {
  gitHub = await startScriptedGitHub();
  portal = await startPortal({
    gitHub: { url: gitHub.url, authorize: async (url) => (await gitHub.authorize(url)).href },
    clientId,
    clientSecret,
    entities: [user('jane')],
  });
});
afterEach(() => gitHub.reset());
afterAll(async () => {
  await portal.stop();
  await gitHub.close();
});

describe('a token of GitHub that lasts', () => {
  it('reaches the browser as an access token, and never as a refresh token', async () => {
    const browser = new HttpBrowser();
    const signedIn = await portal.signIn(browser, 'jane');
    const token = signedIn.response?.providerInfo.accessToken ?? '';
    expect(gitHub.isGood(token)).toBe(true);
    const refreshed = await portal.refresh(browser);
    portal.advance(hour + 1);
    const renewed = await portal.refresh(browser);
    for (const { answer, response } of [signedIn, refreshed, renewed]) {
      expect(Object.keys(response?.providerInfo ?? {}).sort()).toEqual(['accessToken', 'scope']);
      const everything = answer.text + answer.setCookies.join();
      expect(everything).not.toContain('access_token.');
      expect(everything.split(token)).toHaveLength(2);
    }
  });

  it('stands in no log, whatever GitHub answers', async () => {
    const browser = new HttpBrowser();
    const callback = await portal.reachCallback(browser, 'jane');
    const secrets = [clientSecret, callback.searchParams.get('code') ?? ''];
    await browser.send(callback.href);
    const { response } = await portal.refresh(browser);
    secrets.push(response?.providerInfo.accessToken ?? '');
    for (const answer of [
      { status: 500, body: { debug: secrets.join() } },
      { status: 200, body: { ...gitHub.user, id: secrets.join() } },
    ]) {
      gitHub.scripts.user = () => answer;
      portal.advance(hour + 1);
      await portal.refresh(browser);
    }
    gitHub.scripts = { revocation: () => ({ status: 500, body: { debug: secrets.join() } }) };
    await portal.signIn(browser, 'jane');
    await portal.signOut(browser);
    const log = portal.logs.join('\n');
    expect(log).toContain('could not be revoked');
    for (const secret of secrets) {
      expect(secret).not.toBe('');
      expect(log).not.toContain(secret);
    }
  });
});
