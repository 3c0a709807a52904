import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, readPopup } from '@vestibule/backend-test-utils';
import { startGooglePortal, type GooglePortal } from './testing/portal.ts';

let portal: GooglePortal;
let browser: HttpBrowser;

beforeAll(async () => {
  portal = await startGooglePortal({ google: { allow: { hostedDomains: ['Example.com'] } } });
});

beforeEach(() => {
  browser = new HttpBrowser();
  portal.clock.set(Date.now());
});

afterAll(async () => {
  await portal.stop();
});

describe('a portal for one Google organization', () => {
  it('signs in whose account the organization owns, and refreshes the session', async () => {
    const { response } = await portal.signIn(browser, 'jane');
    expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    portal.clock.advance(3_500_000);
    const { answer, response: refreshed } = await portal.refresh(browser);
    expect(answer.status).toBe(200);
    expect(refreshed?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
  });

  it.each([
    ['a private account with an address of its domain', 'kim'],
    ['an account of another organization with an address of its domain', 'omar'],
  ])('signs in nobody by %s, in the catalog or not', async (_title, person) => {
    const { response, error, answer } = await portal.signIn(browser, person);
    expect(response).toBeUndefined();
    expect(error).toMatchObject({
      name: 'NotAllowedError',
      code: 'ERR_GATE_HOSTED_DOMAIN',
      message: 'Your account does not belong to the organization that may sign in here.',
    });
    expect(answer.text).not.toContain('google_');
    expect((await portal.refresh(browser)).answer.status).toBe(401);
  });

  it('signs in nobody more who removes the hint from the address on the way to Google', async () => {
    const hints: (string | null)[] = [];
    const callback = await portal.reachCallback(browser, 'kim', (url) => {
      hints.push(url.searchParams.get('hd'));
      url.searchParams.delete('hd');
    });
    expect(hints).toEqual(['example.com']);
    const { error } = readPopup(await browser.send(callback.href));
    expect(error).toMatchObject({ code: 'ERR_GATE_HOSTED_DOMAIN' });
  });
});
