import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, readPopup } from '@vestibule/backend-test-utils';
import { startGooglePortal, type GooglePortal } from './testing/portal.ts';

let portal: GooglePortal;

beforeAll(async () => {
  portal = await startGooglePortal();
});

afterAll(async () => {
  await portal.stop();
});

async function expectNobody(browser: HttpBrowser): Promise<void> {
  const refresh = await portal.refresh(browser);
  expect(refresh.answer.status).toBe(401);
  expect(refresh.response).toBeUndefined();
}

describe('a portal with Google signs nobody in', () => {
  it('with a code that Google did not give', async () => {
    const browser = new HttpBrowser();
    const callback = await portal.reachCallback(browser, 'jane');
    callback.searchParams.set('code', 'made-up');
    const { error } = readPopup(await browser.send(callback.href));
    expect(error).toMatchObject({ name: 'NotAllowedError', code: 'ERR_PROVIDER_REFUSED' });
    await expectNobody(browser);
  });

  it('with a code that was given in another browser: the PKCE verifier does not fit', async () => {
    const [victim, attacker] = [new HttpBrowser(), new HttpBrowser()];
    const own = await portal.reachCallback(attacker, 'omar');
    const stolen = await portal.reachCallback(victim, 'jane');
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    const { error } = readPopup(await attacker.send(own.href));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_REFUSED' });
    await expectNobody(attacker);
  });

  it('with the callback of another browser, whose attempt this one never began', async () => {
    const [victim, attacker] = [new HttpBrowser(), new HttpBrowser()];
    const callback = await portal.reachCallback(attacker, 'omar');
    portal.vendor.resetRequests();
    expect(readPopup(await victim.send(callback.href))).not.toHaveProperty('response');
    expect(portal.vendor.requests()).toEqual([]);
    await expectNobody(victim);
  });

  it('and writes no code, token or secret of Google into the log', async () => {
    const browser = new HttpBrowser();
    const callback = await portal.reachCallback(browser, 'jane');
    const { response } = readPopup(await browser.send(callback.href));
    const { accessToken, idToken } = response!.providerInfo as Record<string, string>;
    const log = portal.logs.join('\n');
    expect(log).toContain('sign-in with');
    const secrets = [
      callback.searchParams.get('code'),
      accessToken,
      idToken,
      'google_refresh_',
      'test-secret',
    ];
    for (const secret of secrets) expect(log).not.toContain(secret);
  });
});
