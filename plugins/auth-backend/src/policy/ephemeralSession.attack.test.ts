/** A session of somebody who was in no catalog when it began: at each refresh they are who the catalog says, or nobody. */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { createMemoryCatalog, person } from '../testing/memoryCatalog.ts';
import { claimsOf } from '../testing/portal.ts';

const acme = createAcmeProvider();
const catalog = createMemoryCatalog();
const everybody = catalog.entities;
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  portal = await startAcmePortal({ acme, catalog, auth: { signIn: { onMissing: 'ephemeral' } } });
});
afterEach(() => {
  acme.reset();
  catalog.entities = everybody;
  catalog.comeBack();
  portal.clock.reset();
});
afterAll(async () => portal.stop());

async function signInKim(profile = { email: 'kim@example.com' }): Promise<Browser> {
  const grant = { ...grantOf(), subject: 'kim-at-acme', profile };
  acme.exchange = acme.refresh = async () => Promise.resolve(grant);
  const browser = new Browser();
  const { message } = await portal.acmeSignIn(browser);
  expect(message?.response?.backstageIdentity?.identity.userEntityRef).toMatch(/^user:ephemeral\//);
  return browser;
}

async function whoIs(browser: Browser) {
  const { answer, body } = await portal.acmeRefresh(browser);
  const { identity, token = '' } = body.backstageIdentity ?? {};
  if (identity) expect(claimsOf(token)['sub']).toBe(identity.userEntityRef);
  return [answer.status, identity?.userEntityRef, body.error?.code];
}

it('who appears in the catalog meanwhile is the user of the catalog from then on, also in a grace', async () => {
  const browser = await signInKim();
  catalog.entities = [...everybody, person('kim', 'kim@example.com')];
  catalog.goDown();
  expect(await whoIs(browser)).toEqual([200, 'user:ephemeral/kim@example.com', undefined]);
  catalog.comeBack();
  portal.clock.advance(31_000);
  expect(await whoIs(browser)).toEqual([200, 'user:default/kim', undefined]);
  catalog.goDown();
  expect(await whoIs(browser)).toEqual([200, 'user:default/kim', undefined]);
});

it('who would be several users of the catalog meanwhile is nobody', async () => {
  const browser = await signInKim();
  catalog.entities = [person('kim', 'kim@example.com'), person('kim-2', 'KIM@example.com')];
  expect(await whoIs(browser)).toEqual([401, undefined, 'ERR_AUTH_SESSION_ENDED']);
});

it('whose name somebody has in the catalog meanwhile is nobody', async () => {
  const browser = await signInKim({} as never);
  const [, ref = ''] = await whoIs(browser);
  const namesake = person(String(ref).split('/')[1]!.toUpperCase(), 'other@example.com');
  namesake.metadata.namespace = 'Ephemeral';
  catalog.entities = [...everybody, namesake];
  expect(await whoIs(browser)).toEqual([401, undefined, 'ERR_AUTH_SESSION_ENDED']);
});

it('a refresh for another subject, issuer or address makes nobody else of them', async () => {
  for (const change of [{ subject: 'jane-at-acme' }, { issuer: 'https://evil.example' }]) {
    const browser = await signInKim();
    acme.refresh = async () =>
      Promise.resolve({
        ...grantOf(),
        subject: 'kim-at-acme',
        profile: { email: 'jane@example.com' },
        ...change,
      });
    portal.clock.advance(3_500_000);
    expect(await whoIs(browser)).toEqual([401, undefined, 'ERR_AUTH_SESSION_ENDED']);
    portal.clock.reset();
  }
});
