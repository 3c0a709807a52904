/**
 * Two instances of one type of provider, each with an issuer of its own: nothing of one is ever taken for the other's
 * (RFC 9700 section 4.4, RFC 9207).
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { Browser } from '../testing/browser.ts';
import {
  appOrigin,
  readAnswerPage,
  startIdentityProvider,
  startPortal,
  type Portal,
} from '../testing/portal.ts';

const ids = ['acme', 'partner'] as const;
type Id = (typeof ids)[number];

let idps: Record<Id, DevIdpServer>;
let portal: Portal;
beforeAll(async () => {
  const start = async (id: Id) => startIdentityProvider(`http://localhost:7007/api/auth/${id}/handler/frame`);
  idps = { acme: await start('acme'), partner: await start('partner') };
  const block = (id: Id) => ({
    type: 'oidc',
    development: {
      metadataUrl: idps[id].metadataUrl,
      clientId: 'vestibule',
      clientSecret: 'a-client-secret-for-tests',
      tokenSignedResponseAlg: 'ES256',
      additionalScopes: ['offline_access'],
      signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
    },
  });
  portal = await startPortal({
    idp: idps.acme,
    auth: { providers: { acme: block('acme'), partner: block('partner') } },
  });
});
afterAll(async () => {
  await portal.stop();
  await Promise.all(ids.map(async (id) => idps[id].stop()));
});
beforeEach(() => {
  for (const id of ids) idps[id].resetRequests();
});

/** The parameters that the provider sends the browser back with. */
async function answerOf(browser: Browser, id: Id, as = 'jane'): Promise<URLSearchParams> {
  const query = new URLSearchParams({ env: 'development', origin: appOrigin, flow: 'popup' });
  const { headers } = await browser.send(`${portal.base}/${id}/start?${query}`);
  return new URL(await idps[id].authorize(headers.get('location') ?? '', { as })).searchParams;
}

async function present(browser: Browser, id: Id, parameters: URLSearchParams) {
  const answer = await browser.send(`${portal.base}/${id}/handler/frame?${parameters}`);
  return { answer, ...readAnswerPage(answer.text).message };
}

const tokenRequests = () => ids.map((id) => idps[id].requests().token ?? 0);
const sessionCookies = (browser: Browser) =>
  [...browser.cookies.keys()].filter((name) => name.endsWith('-refresh-token'));

describe('an attempt', () => {
  it.each([
    ['under its own name', (name: string) => name],
    ['under the name that the other instance gives', (name: string) => name.replace('acme-', 'partner-')],
  ])('of one instance opens nothing at the callback of another, %s', async (_, rename) => {
    const browser = new Browser();
    const parameters = await answerOf(browser, 'acme');
    for (const [name, { value }] of [...browser.cookies]) {
      browser.cookies.set(rename(name), { value, path: '/api/auth/partner' });
    }
    const { error, response } = await present(browser, 'partner', parameters);
    expect([error?.code, response]).toEqual(['ERR_AUTH_STATE_MISMATCH', undefined]);
    expect(sessionCookies(browser)).toEqual([]);
    // Nobody was even asked: the code of one provider never reaches another.
    expect(tokenRequests()).toEqual([0, 0]);
  });
});

describe('a code', () => {
  it.each([
    ['as the other issuer sent it', (iss: string) => iss],
    ['with the issuer left out', () => undefined],
  ])('of one issuer is not taken for the other, %s, and not sent to it', async (_, issuerOf) => {
    const browser = new Browser();
    const honest = await answerOf(browser, 'acme');
    const swapped = await answerOf(browser, 'partner');
    swapped.set('code', honest.get('code') ?? '');
    const issuer = issuerOf(honest.get('iss') ?? '');
    if (issuer === undefined) swapped.delete('iss');
    else swapped.set('iss', issuer);
    const { error, response } = await present(browser, 'partner', swapped);
    expect([error?.code, response]).toEqual(['ERR_PROVIDER_ANSWER_INVALID', undefined]);
    expect(sessionCookies(browser)).toEqual([]);
    expect(tokenRequests()).toEqual([0, 0]);
  });

  it('of one issuer, said to be of the other, is refused there, and nobody is signed in', async () => {
    const browser = new Browser();
    const honest = await answerOf(browser, 'acme');
    const swapped = await answerOf(browser, 'partner');
    swapped.set('code', honest.get('code') ?? '');
    const { error, response } = await present(browser, 'partner', swapped);
    expect([error?.code, response]).toEqual(['ERR_PROVIDER_REFUSED', undefined]);
    expect(sessionCookies(browser)).toEqual([]);
    expect(tokenRequests()).toEqual([0, 1]);
  });
});

describe('a session', () => {
  it('of one instance is none at another, and stays what it was', async () => {
    const browser = new Browser();
    await present(browser, 'acme', await answerOf(browser, 'acme'));
    const sessionToken = browser.cookies.get('acme-refresh-token')?.value ?? '';
    browser.cookies.set('partner-refresh-token', { value: sessionToken, path: '/api/auth/partner' });
    const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };
    const refresh = async (id: Id) =>
      browser.send(`${portal.base}/${id}/refresh?env=development`, { headers });
    const taken = await refresh('partner');
    expect([taken.status, JSON.parse(taken.text)]).toMatchObject([
      401,
      { error: { code: 'ERR_AUTH_SESSION_ENDED' } },
    ]);
    expect((await refresh('acme')).status).toBe(200);
  });
});

it('signs two people in by two instances of one type at once, each with its own issuer', async () => {
  const browser = new Browser();
  const [first, second] = [
    await answerOf(browser, 'acme', 'jane'),
    await answerOf(browser, 'partner', 'omar'),
  ];
  const answers = [await present(browser, 'acme', first), await present(browser, 'partner', second)];
  expect(answers.map(({ response }) => response?.backstageIdentity?.identity.userEntityRef)).toEqual([
    'user:default/jane',
    'user:default/omar',
  ]);
  expect([...browser.cookies]).toEqual([
    ['acme-refresh-token', { value: expect.any(String), path: '/api/auth/acme' }],
    ['partner-refresh-token', { value: expect.any(String), path: '/api/auth/partner' }],
  ]);
});
