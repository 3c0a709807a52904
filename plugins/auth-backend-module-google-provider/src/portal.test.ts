import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { requiredScopes } from './testing/signIn.ts';
import { startGooglePortal, type GooglePortal } from './testing/portal.ts';

let portal: GooglePortal;
let browser: HttpBrowser;

beforeAll(async () => {
  portal = await startGooglePortal();
});

beforeEach(() => {
  browser = new HttpBrowser();
  portal.clock.set(Date.now());
  portal.vendor.resetRequests();
});

afterAll(async () => {
  await portal.stop();
});

/** Google's access tokens last an hour; its ID tokens too, so no more than that. */
const pastExpiry = 3_500_000;

describe('a portal with Google', () => {
  it('tells at start which redirect URI is to be registered, and which resolver runs', () => {
    const line = portal.logs.find((one) => one.includes('sign-in provider google'));
    expect(line).toContain('http://localhost:7007/api/auth/google/handler/frame');
    expect(line).toContain('emailMatchingUserEntityAnnotation');
  });

  it('signs Jane in by the annotation with her address', async () => {
    const { answer, response } = await portal.signIn(browser, 'jane');
    expect(answer.status).toBe(200);
    expect(response).toMatchObject({
      profile: { email: 'jane@example.com', displayName: 'Jane Doe' },
      providerInfo: {
        accessToken: expect.stringMatching(/^google_/),
        idToken: expect.stringMatching(/^ey/),
        scope: requiredScopes.join(' '),
      },
      backstageIdentity: { identity: { userEntityRef: 'user:default/jane' } },
    });
    expect(answer.text).not.toContain('google_refresh_');
  });

  it('refreshes, at Google only when the access token ends', async () => {
    await portal.signIn(browser, 'jane');
    portal.vendor.resetRequests();
    const first = await portal.refresh(browser);
    expect(first.answer.status).toBe(200);
    expect(portal.vendor.requests()).toEqual([]);
    portal.clock.advance(pastExpiry);
    const second = await portal.refresh(browser);
    expect(second.response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    expect(second.response?.providerInfo.accessToken).not.toBe(first.response?.providerInfo.accessToken);
    expect(portal.vendor.requests().map(({ path }) => path)).toEqual([
      '/oauth2/token',
      '/oauth2/v2/userinfo',
    ]);
  });

  it('signs nobody in whose address Google does not call verified', async () => {
    const { response, error, answer } = await portal.signIn(browser, 'sam');
    expect(response).toBeUndefined();
    expect(error).toMatchObject({ code: 'ERR_EMAIL_NOT_VERIFIED' });
    expect(answer.setCookies.join()).not.toContain('google-refresh-token=e');
    expect((await portal.refresh(browser)).answer.status).toBe(401);
  });

  it('ends a session whose grant Google has ended', async () => {
    await portal.signIn(browser, 'jane');
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    await portal.vendor.revoke('jane');
    portal.clock.advance(pastExpiry);
    const { answer, error } = await portal.refresh(browser);
    expect(answer.status).toBe(401);
    expect(error).toMatchObject({ name: 'AuthenticationError' });
    expect((await portal.refresh(browser)).answer.status).toBe(401);
  });

  it('signs out, and takes the grant back at Google', async () => {
    await portal.signIn(browser, 'jane');
    portal.vendor.resetRequests();
    expect((await portal.signOut(browser)).status).toBe(200);
    expect(portal.vendor.requests().map(({ path, status }) => [path, status])).toEqual([
      ['/oauth2/revoke', 200],
    ]);
    expect((await portal.refresh(browser)).answer.status).toBe(401);
  });
});
