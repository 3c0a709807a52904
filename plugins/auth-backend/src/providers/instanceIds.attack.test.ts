/** Ids of instances that look like one another's paths and cookies, or like a route: each stays on its own. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage } from '../testing/portal.ts';

const ids = ['acme', 'acme-refresh', 'acme-refresh-token', 'acme-attempt', 'Acme', 'v1'];
const acme = createAcmeProvider();
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  const development = {
    clientId: 'vestibule',
    clientSecret: 'a-client-secret-for-tests',
    signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
  };
  portal = await startAcmePortal({
    acme,
    auth: { providers: Object.fromEntries(ids.map((id) => [id, { type: 'acme', development }])) },
  });
});
afterAll(async () => portal.stop());

const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };

it('one browser signs in by all of them, and each session opens at its own instance only', async () => {
  const browser = new Browser();
  const states = new Map<string, string>();
  for (const id of ids) {
    const started = await browser.send(`${portal.base}/${id}/start?env=development`);
    states.set(id, new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '');
  }
  for (const [id, state] of states) {
    const page = await browser.send(`${portal.base}/${id}/handler/frame?code=x&state=${state}`);
    expect([id, readAnswerPage(page.text).message?.error]).toEqual([id, undefined]);
  }
  expect([...browser.cookies].map(([name, { path }]) => [name, path]).sort()).toEqual(
    ids.map((id) => [`${id}-refresh-token`, `/api/auth/${id}`]).sort(),
  );
  for (const owner of ids) {
    const sessionToken = browser.cookies.get(`${owner}-refresh-token`)?.value ?? '';
    for (const id of ids) {
      const thief = new Browser();
      thief.cookies.set(`${id}-refresh-token`, { value: sessionToken, path: `/api/auth/${id}` });
      const { status } = await thief.send(`${portal.base}/${id}/refresh?env=development`, { headers });
      expect([owner, id, status]).toEqual([owner, id, id === owner ? 200 : 401]);
    }
  }
});

it('none of them takes the place of a route', async () => {
  const userinfo = await fetch(`${portal.base}/v1/userinfo`);
  expect([userinfo.status, await userinfo.text()]).toEqual([
    401,
    expect.stringContaining('No token provided'),
  ]);
  const draft = await fetch(`${portal.base}/v1/decisions/0000000000`);
  expect([draft.status, await draft.text()]).toEqual([404, expect.stringContaining('ERR_DECISION_UNKNOWN')]);
});
