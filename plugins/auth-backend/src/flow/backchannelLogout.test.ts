import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { testDatabases } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { Browser } from '../testing/browser.ts';
import { startPortal, type Portal } from '../testing/portal.ts';

const callbackUrl = 'http://localhost:7007/api/auth/oidc/handler/frame';
const returnUrl = 'http://localhost:7007/api/auth/oidc/logout/return';

const databases = await testDatabases();

/** Hands on what the provider sends, to the portal of the moment: the provider is told the address before it has one. */
let portals: Portal[] = [];
const received: { token: string; status: number }[] = [];
const relay = createServer((request, response) => {
  void (async () => {
    const form = await text(request);
    const answer = await send(portals[1]!, form);
    received.push({ token: new URLSearchParams(form).get('logout_token') ?? '', status: answer.status });
    response.writeHead(answer.status).end();
  })();
});
let idp: DevIdpServer;

beforeAll(async () => {
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  idp = await startDevIdp({
    remembersPeople: true,
    clients: [
      {
        clientId: 'vestibule',
        clientSecret: 'a-client-secret-for-tests',
        redirectUris: [callbackUrl],
        postLogoutRedirectUris: [returnUrl],
        backchannelLogoutUri: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/`,
        idTokenSignedResponseAlg: 'ES256',
      },
    ],
  });
});

afterEach(() => void received.splice(0));

afterAll(async () => {
  await idp.stop();
  relay.closeAllConnections();
  relay.close();
  await Promise.all(databases.map(async (database) => database.cleanup()));
});

const send = async ({ base }: Portal, form: string, headers: Record<string, string> = {}) =>
  fetch(`${base}/oidc/backchannel-logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: form,
  });

/** Follows a browser at the provider until it is sent away, logging in as a person where that is asked. */
async function atProvider(browser: Browser, address: string, person = 'jane'): Promise<string> {
  let url = address;
  let form: string | undefined;
  for (let step = 0; step < 8; step += 1) {
    const answer = await browser.send(url, {
      ...(form !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      }),
    });
    form = undefined;
    const location = answer.headers.get('location');
    if (location !== null) {
      url = new URL(location, url).href;
      if (!url.startsWith(idp.issuer)) return url;
    } else if (url.includes('/interaction/')) {
      form = `person=${person}`;
    } else {
      const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(answer.text) ?? [];
      const [, action] = /action="([^"]+)"/.exec(answer.text) ?? [];
      if (xsrf === undefined || action === undefined) throw new Error(`${answer.status}: ${answer.text}`);
      [url, form] = [action, `xsrf=${xsrf}&logout=yes`];
    }
  }
  throw new Error('the provider went in circles');
}

/** A person's browser, as it is at the portal and as it is at the provider. */
async function signIn(portal: Portal, elsewhere = new Browser()): Promise<{ here: Browser; there: Browser }> {
  const here = new Browser();
  const started = await portal.start(here);
  const callback = new URL(await atProvider(elsewhere, started.headers.get('location') ?? ''));
  await here.send(`${portal.base}/oidc/handler/frame${callback.search}`);
  expect((await portal.refresh(here)).answer.status).toBe(200);
  return { here, there: elsewhere };
}

describe.each(databases)('back-channel logout on $name', ({ config, connect }) => {
  beforeAll(async () => {
    const settings = { idp, database: config };
    portals = [await startPortal(settings), await startPortal(settings)];
  });

  afterAll(async () => Promise.all(portals.map(async (portal) => portal.stop())));

  it('ends the session at the provider at sign-out, and those of the other browser stay', async () => {
    const [portal] = portals as [Portal];
    const other = await signIn(portal);
    const { here, there } = await signIn(portal);
    const answer = await portal.logout(here);
    const { logoutUrl } = JSON.parse(answer.text) as { logoutUrl: string };
    const { searchParams } = new URL(logoutUrl);
    expect(logoutUrl).toMatch(new RegExp(`^${idp.issuer}/logout\\?`));
    expect([...searchParams.keys()]).toEqual(['id_token_hint', 'post_logout_redirect_uri', 'state']);
    const back = new URL(await atProvider(there, logoutUrl));
    expect(`${back.origin}${back.pathname}`).toBe(returnUrl);
    const returned = await here.send(`${portal.base}/oidc/logout/return${back.search}`);
    expect([returned.status, returned.headers.get('location')]).toEqual([302, 'http://localhost:3000']);
    expect((await portal.refresh(other.here)).answer.status).toBe(200);
  });

  it('ends a session of this replica that another one is told of, and a token counts once', async () => {
    const [one, two] = portals as [Portal, Portal];
    const other = await signIn(one);
    const { here, there } = await signIn(one);
    const hint = new URLSearchParams({ client_id: 'vestibule', post_logout_redirect_uri: returnUrl });
    await atProvider(there, `${idp.issuer}/logout?${hint}`);
    expect(received).toMatchObject([{ status: 200 }]);
    expect((await one.refresh(here)).body).toMatchObject({ error: { code: 'ERR_AUTH_SESSION_ENDED' } });
    expect((await two.refresh(here)).answer.status).toBe(401);
    expect((await one.refresh(other.here)).answer.status).toBe(200);

    const again = await send(one, `logout_token=${received[0]?.token}`);
    expect([again.status, again.headers.get('cache-control')]).toEqual([400, 'no-store']);
    expect(await again.json()).toEqual({
      error: 'invalid_request',
      error_description: 'The logout token was used before',
    });
  });

  it('ends every session of a person, where the token names no session', async () => {
    const [one] = portals as [Portal];
    const [first, second] = [await signIn(one), await signIn(one)];
    await idp.announceLogout('kim');
    expect((await one.refresh(first.here)).answer.status).toBe(200);
    await idp.announceLogout('jane');
    for (const { here } of [first, second]) expect((await one.refresh(here)).answer.status).toBe(401);
    expect(received).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  it('leaves nothing behind of a session that has ended so, and keeps no names', async () => {
    const knex = await connect('auth');
    await knex('vestibule_provider_sessions').delete();
    const { there } = await signIn(portals[0]!);
    const rows = (await knex('vestibule_provider_sessions').select()) as Record<string, string>[];
    expect(rows).toEqual([
      {
        session_key: expect.stringMatching(/^[\w-]{43}$/),
        subject_hash: expect.stringMatching(/^[\w-]{43}$/),
        session_hash: expect.stringMatching(/^[\w-]{43}$/),
        ends_at: expect.anything(),
      },
    ]);
    const hint = new URLSearchParams({ client_id: 'vestibule', post_logout_redirect_uri: returnUrl });
    await atProvider(there, `${idp.issuer}/logout?${hint}`);
    expect(await knex('vestibule_provider_sessions').select()).toEqual([]);
  });

  it('is refused without a token that counts, whoever asks, and the session stays', async () => {
    const { here } = await signIn(portals[0]!);
    const idToken = (await portals[0]!.refresh(here)).body?.providerInfo?.idToken ?? '';
    for (const [form, type] of [
      ['', undefined],
      ['logout_token=', undefined],
      ['logout_token=a&logout_token=b', undefined],
      [`logout_token=${'x'.repeat(70_000)}`, undefined],
      [`logout_token=${idToken}`, undefined],
      [JSON.stringify({ logout_token: idToken }), 'application/json'],
    ] as const) {
      const answer = await send(portals[0]!, form, type ? { 'content-type': type } : {});
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store']);
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    }
    expect((await portals[0]!.refresh(here)).answer.status).toBe(200);
  });
});
