/** Hostile clients and hostile links, up to the code: nobody is sent where it was not proven, and only users decide. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, readPopup, testDatabases } from '@vestibule/backend-test-utils';
import { tables } from '../oauthTables.ts';
import {
  cliClientId,
  cliRedirectUri,
  redirectUri,
  startOAuthPortal,
  type OAuthPortal,
  type TestClient,
} from '../testing/oauthPortal.ts';

let portal: OAuthPortal;
let jane: string;
let client: TestClient;
beforeAll(async () => {
  portal = await startOAuthPortal();
  jane = await portal.userToken();
  client = await portal.register({ redirect_uris: [redirectUri, 'https://www.cursor.com/callback'] });
});
afterAll(async () => portal.stop());

const asBrowser = { accept: 'text/html' };

describe('before client and address are proven, nobody is sent anywhere', () => {
  it.each([
    ['another host', 'https://evil.example/callback'],
    ['the host as a prefix', 'https://www.cursor.com.evil.example/callback'],
    ['the host as user information', 'https://www.cursor.com@evil.example/callback'],
    ['another path', 'https://www.cursor.com/callback/../open?to=evil.example'],
    ['another query', `${redirectUri}&next=https://evil.example`],
    ['a query less', 'http://127.0.0.1:9000/callback'],
    ['another port of this machine', redirectUri.replace('9000', '9001')],
    ['letters of another case', redirectUri.replace('callback', 'Callback')],
    ['a fragment', `${redirectUri}#x`],
    ['an empty fragment', `${redirectUri}#`],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,hello'],
    ['no scheme', '//evil.example/callback'],
    ['a back slash', 'https://www.cursor.com\\@evil.example/callback'],
    ['line breaks', `${redirectUri}\r\nLocation: https://evil.example`],
    ['a NUL', `${redirectUri}\u0000`],
    ['a very long address', `${redirectUri}${'x'.repeat(2100)}`],
    ['nothing', ''],
  ])('with %s', async (_what, address) => {
    // Faults that would be sent on if the address were proven.
    for (const changes of [{}, { response_type: 'token', scope: 'x'.repeat(2000) }]) {
      for (const headers of [{}, asBrowser]) {
        const answer = await portal.authorize(client, { ...changes, redirect_uri: address }, headers);
        expect([answer.status, answer.location]).toEqual([400, '']);
        expect(answer.text).not.toContain('evil.example');
      }
    }
  });

  it.each([
    '__proto__',
    'constructor',
    'x'.repeat(4000),
    '*',
    "' OR 1=1 --",
    'https://evil.example/client.json',
  ])('by a client called %s', async (id) => {
    const { status, location, body } = await portal.authorize({ id });
    expect([status, location]).toEqual([400, '']);
    expect(['invalid_request', 'invalid_client']).toContain(body.error);
  });

  it.each(['client_id', 'redirect_uri'])('with two values of %s', async (name) => {
    const other = new URLSearchParams({ [name]: 'https://evil.example/' });
    const own = new URLSearchParams({
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
    });
    for (const query of [`${own}&${other}`, `${other}&${own}`]) {
      const { status, headers } = await portal.json(`/v1/authorize?${query}`);
      expect([status, headers.get('location')]).toEqual([400, null]);
    }
  });
});

describe('a request', () => {
  it.each([
    ['state', 'state=one&state=two'],
    ['scope', 'scope=openid&scope=offline_access'],
    ['code_challenge', 'code_challenge=a&code_challenge=b'],
    ['a name of every object', '__proto__=a&__proto__=b'],
  ])('with %s twice is an error at the client', async (name, twice) => {
    const query = new URLSearchParams({
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
    });
    const { status, headers } = await portal.json(`/v1/authorize?${query}&${twice}`);
    const answer = new URL(headers.get('location') ?? '').searchParams;
    expect([status, answer.get('error')]).toEqual([302, 'invalid_request']);
    expect([name, answer.get('state')]).toEqual([name, null]);
  });

  it.each([
    ['a line break in the state', { state: 'x\r\nSet-Cookie: a=b' }],
    ['a state of 5,000 characters', { state: 's'.repeat(5000) }],
    ['a nonce of 600 characters', { nonce: 'n'.repeat(600) }],
    ['a state in umlauts', { state: 'zustandä' }],
  ])('with %s is an error at the client, which gets nothing of it back', async (_what, changes) => {
    const { status, headers, location } = await portal.authorize(client, changes);
    expect([status, new URL(location).searchParams.get('error')]).toEqual([302, 'invalid_request']);
    expect(headers.get('set-cookie')).toBeNull();
    expect(location.length).toBeLessThan(1000);
  });

  it('with plain PKCE is refused: it would show the verifier to whoever sees the request', async () => {
    for (const method of ['plain', 's256', undefined]) {
      const { location } = await portal.authorize(client, { code_challenge_method: method });
      expect(new URL(location).searchParams.get('error')).toBe('invalid_request');
    }
  });

  it('of a client with a metadata document without PKCE is refused', async () => {
    const { location } = await portal.authorize(
      { id: cliClientId },
      { redirect_uri: cliRedirectUri, code_challenge: undefined, code_challenge_method: undefined },
    );
    expect(new URL(location).searchParams.get('error')).toBe('invalid_request');
  });
});

/** What whoever holds a full token can make of it: the token for cookies. */
function limitedFrom(token: string): string {
  const [header = '', payload = ''] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString());
  const { alg, kid } = JSON.parse(header) as Record<string, string>;
  const { sub, iat, exp, uip } = JSON.parse(payload) as Record<string, string>;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [encode({ typ: 'vnd.backstage.limited-user', alg, kid }), encode({ sub, iat, exp }), uip].join('.');
}

describe('a decision', () => {
  it.each(['approve', 'reject'] as const)(
    'to %s is taken from nobody but a user with the token of a sign-in',
    async (draft) => {
      const held = String((await portal.grant(client, jane))['access_token']);
      const handle = await portal.begin(client);
      const transactions = [
        ['nothing', '', 401, 'invalid_token'],
        ['no token', 'x', 401, 'invalid_token'],
        ['a changed token', `${jane.slice(0, -6)}AAAAAA`, 401, 'invalid_token'],
        ['a limited token', limitedFrom(jane), 403, 'access_denied'],
        ['the token that a client holds', held, 403, 'access_denied'],
        ['the limited form of that', limitedFrom(held), 403, 'access_denied'],
      ] as const;
      for (const [what, token, status, error] of transactions) {
        const answer = await portal.decide(handle, token, draft);
        expect([what, answer.status, answer.body.error]).toEqual([what, status, error]);
        expect(answer.headers.get('www-authenticate')?.startsWith('Bearer') ?? false).toBe(status === 401);
      }
      expect((await portal.json(`/v1/sessions/${handle}`)).status).toBe(200);
      expect((await portal.decide(handle, jane, draft)).status).toBe(200);
    },
  );

  it('is not taken from a token that has expired', async () => {
    portal.clock.advance(3_590_000);
    const handle = await portal.begin(client);
    portal.clock.advance(20_000);
    const { status } = await portal.decide(handle, jane);
    portal.clock.reset();
    expect(status).toBe(401);
  });

  it('is taken once, however many come at once', async () => {
    const handle = await portal.begin(client);
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_one, index) =>
        portal.decide(handle, jane, index % 2 === 0 ? 'approve' : 'reject'),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400, 400, 400]);
  });

  it('is about a handle that somebody has, and never about what looks like one', async () => {
    for (const handle of [
      'x',
      '__proto__',
      'x'.repeat(5000),
      '%25',
      'a'.repeat(43),
      encodeURIComponent('😀'),
    ]) {
      const shown = await portal.json(`/v1/sessions/${handle}`);
      const decided = await portal.decide(handle, jane);
      expect([shown.status, decided.status]).toEqual([400, 400]);
    }
  });
});

describe('a request of a client that changed after it asked', () => {
  it.each([
    ['is gone', undefined],
    ['no longer has that address', ['http://127.0.0.1:9000/other']],
  ])('is neither shown nor decided where the client %s', async (_what, addresses) => {
    const [{ config, connect, cleanup } = none()] = await testDatabases();
    const own = await startOAuthPortal({ idp: portal.idp, database: config });
    const changing = await own.register();
    const user = await own.userToken();
    const handle = await own.begin(changing);
    const knex = await connect('auth');
    const row = knex(tables.oauthClients).where({ client_id: changing.id });
    await (addresses ? row.update({ redirect_uris: JSON.stringify(addresses) }) : row.delete());
    for (const { status, body } of [
      await own.json(`/v1/sessions/${handle}`),
      await own.decide(handle, user),
      await own.decide(handle, user, 'reject'),
    ]) {
      expect([status, Object.keys(body), body.error]).toEqual([
        400,
        ['error', 'error_description'],
        'invalid_request',
      ]);
    }
    await own.stop();
    await cleanup();
  });
});

describe('a handle', () => {
  /** Neither shown nor decided, in the words for one that nobody ever had. */
  async function expectUnknown(handle: string, at: OAuthPortal, token: string): Promise<void> {
    const unknown = await at.json(`/v1/sessions/${'a'.repeat(43)}`);
    for (const { status, text } of [
      await at.json(`/v1/sessions/${encodeURIComponent(handle)}`),
      await at.decide(encodeURIComponent(handle), token),
      await at.decide(encodeURIComponent(handle), token, 'reject'),
    ]) {
      expect([status, text]).toEqual([400, unknown.text]);
    }
  }

  it('that was changed by one character, cut or lengthened is none', async () => {
    const handle = await portal.begin(client);
    const places = [0, 20, Math.floor(handle.length / 2), handle.length - 1];
    const changed = places.map(
      (at) => handle.slice(0, at) + (handle[at] === 'A' ? 'B' : 'A') + handle.slice(at + 1),
    );
    for (const other of [...changed, handle.slice(0, -1), handle.slice(1), `${handle}A`, handle + handle]) {
      await expectUnknown(other, portal, jane);
    }
    expect((await portal.json(`/v1/sessions/${handle}`)).status).toBe(200);
  });

  it('has one spelling, so that no other brings back what was decided', async () => {
    for (const draft of ['approve', 'reject'] as const) {
      // All three ways to fill the last group of base64.
      for (const state of ['s', 'st', 'sta']) {
        const handle = await portal.begin(client, { state });
        expect((await portal.decide(handle, jane, draft)).status).toBe(200);
        const bytes = Buffer.from(handle, 'base64url');
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const sameBytes = [...alphabet]
          .map((last) => handle.slice(0, -1) + last)
          .filter((other) => Buffer.from(other, 'base64url').equals(bytes));
        const others = [bytes.toString('base64'), `${handle}=`, `${handle}~`, `!${handle}`, `${handle}%00`];
        for (const other of [...sameBytes, ...others]) await expectUnknown(other, portal, jane);
      }
    }
  });

  it('of a portal with another secret is none', async () => {
    const other = await startOAuthPortal({
      idp: portal.idp,
      auth: { session: { secret: 'another-secret-of-the-tests-with-enough-characters' } },
    });
    const handle = await other.begin({ id: cliClientId }, { redirect_uri: cliRedirectUri });
    expect((await other.json(`/v1/sessions/${handle}`)).status).toBe(200);
    await expectUnknown(handle, portal, jane);
    const own = await portal.begin({ id: cliClientId }, { redirect_uri: cliRedirectUri });
    await expectUnknown(own, other, await other.userToken());
    await other.stop();
  });

  it('is no code, no refresh token, no cookie and no state, and none of those is a handle', async () => {
    const handle = await portal.begin(client);
    for (const { status, body } of [
      await portal.exchange(client, handle),
      await portal.refreshWith(client, handle),
    ]) {
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
    const browser = new HttpBrowser();
    await portal.signIn(browser);
    const [name = '', cookie = { value: '', path: '' }] =
      [...browser.cookies].find(([one]) => one.endsWith('refresh-token')) ?? [];
    browser.cookies.set(name, { ...cookie, value: handle });
    expect((await portal.refresh(browser)).error?.code).toBe('ERR_AUTH_SESSION_ENDED');

    const visitor = new HttpBrowser();
    const callback = new URL(await portal.reachCallback(visitor, 'jane'));
    const [[attemptName, transaction]] = [...visitor.cookies] as [[string, { value: string; path: string }]];
    visitor.cookies.set(attemptName, { ...transaction, value: handle });
    const replaced = readPopup(await visitor.send(callback.href));
    expect(replaced.error?.code).toBe('ERR_AUTH_STATE_MISMATCH');
    const state = callback.searchParams.get('state') ?? '';
    callback.searchParams.set('state', handle);
    visitor.cookies.set(attemptName, transaction);
    const foreign = readPopup(await visitor.send(callback.href));
    expect(foreign.error?.code).toBe('ERR_AUTH_STATE_MISMATCH');

    const { refresh_token: refreshToken } = await portal.grant(client, jane);
    const code = await portal.code(client, jane);
    for (const other of [code, String(refreshToken), cookie.value, transaction.value, state]) {
      expect(other).not.toBe('');
      await expectUnknown(other, portal, jane);
    }
    expect((await portal.decide(handle, jane)).status).toBe(200);
  });

  it('fits into an address of ours; a request that is too long for that is an error at the client', async () => {
    const address = `http://127.0.0.1:9000/${'x'.repeat(1000)}`;
    const registered = await portal.register({ redirect_uris: [address] });
    const ask = async (state: string) => portal.authorize(registered, { redirect_uri: address, state });

    const tooLong = await ask('"'.repeat(2000));
    expect([tooLong.status, new URL(tooLong.location).searchParams.get('error')]).toEqual([
      302,
      'invalid_request',
    ]);
    expect(tooLong.location.startsWith(`${address}?`)).toBe(true);

    let longest = '';
    // Quotes take two characters within the handle.
    for (let quotes = 0; quotes <= 2000; quotes += 50) {
      const { location } = await ask('"'.repeat(quotes) + 's'.repeat(2048 - quotes));
      if (!location.startsWith('http://localhost:3000/oauth2/authorize/')) break;
      longest = location.slice(location.lastIndexOf('/') + 1);
    }
    expect(longest.length).toBeLessThanOrEqual(6000);
    expect(longest.length).toBeGreaterThan(5900);
    expect((await portal.json(`/v1/sessions/${longest}`)).status).toBe(200);
    expect((await portal.decide(longest, jane)).status).toBe(200);
  });
});

describe('the tables', () => {
  it('hold no handle, code or token that can be read', async () => {
    for (const { config, connect, cleanup } of await testDatabases()) {
      const own = await startOAuthPortal({ idp: portal.idp, database: config });
      const registered = await own.register();
      const user = await own.userToken();
      const rejected = await own.begin(registered);
      await own.decide(rejected, user, 'reject');
      const approved = await own.begin(registered);
      const { body } = await own.decide(approved, user);
      const code = new URL(String(body['redirectUrl'])).searchParams.get('code') ?? '';
      const tokens = await own.grant(registered, user);
      const knex = await connect('auth');
      const stored = JSON.stringify(
        await Promise.all(
          [tables.oauthAuthorizations, tables.oauthGrants, tables.oauthClients].map(async (table) =>
            knex(table).select(),
          ),
        ),
      );
      const refreshToken = String(tokens['refresh_token']);
      for (const secret of [rejected, approved, code, refreshToken.split('.')[1], registered.secret]) {
        expect(secret).toBeTruthy();
        expect(stored).not.toContain(secret);
      }
      await own.stop();
      await cleanup();
    }
  }, 30_000);

  it('do not grow by requests, however many: those before are shown and decided as ever', async () => {
    for (const { config, connect, cleanup } of await testDatabases()) {
      const own = await startOAuthPortal({ idp: portal.idp, database: config });
      const user = await own.userToken();
      const cli = { id: cliClientId };
      const earlier = await own.begin(cli, { redirect_uri: cliRedirectUri });
      const knex = await connect('auth');
      const rows = () => knex(tables.oauthAuthorizations).select();
      for (let count = 0; count < 500; count += 1) await own.begin(cli, { redirect_uri: cliRedirectUri });
      expect(await rows()).toEqual([]);
      expect((await own.json(`/v1/sessions/${earlier}`)).status).toBe(200);
      expect((await own.decide(earlier, user)).status).toBe(200);
      expect(await rows()).toHaveLength(1);
      await own.stop();
      await cleanup();
    }
  }, 30_000);

  it('keep a decision for as long as its handle opens, and not much longer', async () => {
    for (const { config, connect, cleanup } of await testDatabases()) {
      const own = await startOAuthPortal({
        idp: portal.idp,
        database: config,
        auth: { backstageTokenExpiration: { hours: 2 } },
      });
      const registered = await own.register();
      const user = await own.userToken();
      const knex = await connect('auth');
      const decided = async () => (await knex(tables.oauthAuthorizations).select()).length;
      const handles = [await own.begin(registered), await own.begin(registered)];
      const decide = async (handle: string, draft: 'approve' | 'reject') =>
        (await own.decide(handle, user, draft)).status;
      own.clock.advance(60_000);
      expect(await decide(handles[0] ?? '', 'approve')).toBe(200);
      expect(await decide(handles[1] ?? '', 'reject')).toBe(200);

      own.clock.advance(3_500_000);
      // A decision cleans up; what it finds here is not over yet.
      expect(await decide(await own.begin(registered), 'reject')).toBe(200);
      expect(await decided()).toBe(3);
      for (const handle of handles) expect(await decide(handle, 'approve')).toBe(400);

      own.clock.advance(200_000);
      expect(await decide(await own.begin(registered), 'reject')).toBe(200);
      expect(await decided()).toBe(2);
      await own.stop();
      await cleanup();
    }
  }, 30_000);
});

function none(): never {
  throw new Error('there is no database to test with');
}
