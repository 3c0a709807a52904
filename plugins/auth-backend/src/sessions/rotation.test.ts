/* A provider that gives a new refresh token at each refresh, and fails right after: the new token must not be lost. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { Browser } from '../testing/browser.ts';
import { startIdentityProvider, startPortal, type Portal } from '../testing/portal.ts';

let idp: DevIdpServer;
let portal: Portal;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
  // Less than a front end wants, so that each refresh asks the provider.
  idp.configure({ rotateRefreshTokens: true, accessTokenSeconds: 100 });
  portal = await startPortal({ idp });
});
afterAll(async () => {
  await portal.stop();
  await idp.stop();
});

it.each(['userinfo', 'jwks'] as const)(
  'keeps a session whose refresh token was rotated just before %s went away',
  async (endpoint) => {
    const browser = new Browser();
    await portal.signIn(browser);
    if (endpoint === 'jwks') await idp.rotateKeys();
    idp.scenario({ [endpoint]: '503' });
    const during = await portal.refresh(browser);
    expect(during.answer.status).toBe(200);
    idp.scenario({});
    // Beyond the pause after a failure, in which nobody is asked.
    portal.clock.advance(31_000);
    const after = await portal.refresh(browser);
    expect(after.answer.status).toBe(200);
    expect(after.body?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    expect(after.body?.providerInfo?.accessToken).not.toBe(during.body?.providerInfo?.accessToken);
    portal.clock.reset();
  },
);
