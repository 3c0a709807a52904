/** A provider that keeps rotated tokens at the wrong time: of all refresh tokens the newest is kept, and no other's. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ProviderUnavailableError, type RefreshRequest } from '@vestibule/plugin-auth-node';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';

const acme = createAcmeProvider();
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  portal = await startAcmePortal({ acme });
});
beforeEach(() => {
  acme.reset();
  portal.clock.reset();
});
afterAll(async () => portal.stop());

async function signedIn(): Promise<Browser> {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  portal.clock.advance(3_600_000);
  return browser;
}

const keep = async (request: RefreshRequest, refreshToken: string) =>
  request.keepTokens?.({ ...grantOf().tokens, refreshToken });

it('kept twice before a failure, the last one counts', async () => {
  const browser = await signedIn();
  acme.refresh = async (request) => {
    await keep(request, 'second');
    await keep(request, 'third');
    throw new ProviderUnavailableError('Acme is away.');
  };
  const { body } = await portal.acmeRefresh(browser);
  expect(body.providerInfo?.accessToken).toBeUndefined();
  portal.clock.advance(31_000);
  acme.refresh = async () => Promise.resolve(grantOf());
  expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
  expect(acme.refreshes.map(({ refreshToken }) => refreshToken)).toEqual(['acme-refresh-token', 'third']);
});

it('kept after a later refresh has succeeded, it changes nothing', async () => {
  const browser = await signedIn();
  acme.refresh = async () => Promise.reject(new ProviderUnavailableError('Acme is away.'));
  await portal.acmeRefresh(browser);
  portal.clock.advance(31_000);
  acme.refresh = async () => Promise.resolve(grantOf({ refreshToken: 'newest', expiresInSeconds: 100 }));
  expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
  for (const request of acme.refreshes) await keep(request, 'late');
  expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
  expect(acme.refreshes.at(-1)?.refreshToken).toBe('newest');
});

it('kept for somebody else, it ends the session', async () => {
  const browser = await signedIn();
  acme.refresh = async (request) => {
    await keep(request, 'of-another');
    return { ...grantOf({ refreshToken: 'of-another' }), subject: 'sam-at-acme' };
  };
  const { answer, body } = await portal.acmeRefresh(browser);
  expect([answer.status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  expect(browser.cookies.has('acme-refresh-token')).toBe(false);
});
