/** Hostile clients and hostile links, up to the code: nobody is sent where it was not proven, and only users decide. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { tables } from '../database/migrations.ts';
import {
  cliClientId,
  cliRedirectUri,
  redirectUri,
  startOAuthPortal,
  type OAuthPortal,
  type TestClient,
} from './testing/oauthPortal.ts';

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
    async (decision) => {
      const held = String((await portal.grant(client, jane))['access_token']);
      const handle = await portal.begin(client);
      const attempts = [
        ['nothing', '', 401, 'invalid_token'],
        ['no token', 'x', 401, 'invalid_token'],
        ['a changed token', `${jane.slice(0, -6)}AAAAAA`, 401, 'invalid_token'],
        ['a limited token', limitedFrom(jane), 403, 'access_denied'],
        ['the token that a client holds', held, 403, 'access_denied'],
        ['the limited form of that', limitedFrom(held), 403, 'access_denied'],
      ] as const;
      for (const [what, token, status, error] of attempts) {
        const answer = await portal.decide(handle, token, decision);
        expect([what, answer.status, answer.body.error]).toEqual([what, status, error]);
        expect(answer.headers.get('www-authenticate')?.startsWith('Bearer') ?? false).toBe(status === 401);
      }
      expect((await portal.json(`/v1/sessions/${handle}`)).status).toBe(200);
      expect((await portal.decide(handle, jane, decision)).status).toBe(200);
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

describe('the tables', () => {
  it('hold no handle, code or token that can be read, and no more than 10,000 requests that wait', async () => {
    for (const { config, connect, cleanup } of await testDatabases()) {
      const own = await startOAuthPortal({ idp: portal.idp, database: config });
      const registered = await own.register();
      const user = await own.userToken();
      const handle = await own.begin(registered);
      const tokens = await own.grant(registered, user);
      const code = await own.code(registered, user);
      const knex = await connect('auth');
      const stored = JSON.stringify(
        await Promise.all(
          [tables.oauthAuthorizations, tables.oauthGrants, tables.oauthClients].map(async (table) =>
            knex(table).select(),
          ),
        ),
      );
      const refreshToken = String(tokens['refresh_token']);
      for (const secret of [handle, code, refreshToken.split('.')[1], registered.secret]) {
        expect(secret).toBeTruthy();
        expect(stored).not.toContain(secret);
      }

      const now = Date.now();
      const rows = Array.from({ length: 10_500 }, (_one, index) => ({
        handle_hash: `flood-${index}`,
        client_id: 'x',
        client_name: 'x',
        redirect_uri: redirectUri,
        scope: 'openid',
        status: 'pending',
        expires_at: now + 3_600_000 + index,
      }));
      await knex.batchInsert(tables.oauthAuthorizations, rows, 100);
      for (let index = 0; index < 50; index += 1) await own.begin(registered);
      const count = async (where: object): Promise<number> => {
        const [found] = await knex(tables.oauthAuthorizations).where(where).count({ count: '*' });
        return Number(found?.['count']);
      };
      expect(await count({ status: 'pending' })).toBeLessThanOrEqual(10_000);
      // The oldest went, and what somebody has approved stays.
      expect(await count({ handle_hash: 'flood-0' })).toBe(0);
      expect(await count({ handle_hash: 'flood-10499' })).toBe(1);
      expect((await own.exchange(registered, code)).status).toBe(200);
      await own.stop();
      await cleanup();
    }
  }, 30_000);
});

function none(): never {
  throw new Error('there is no database to test with');
}
