/** Hostile clients and thieves at the token and the revocation endpoint. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  codeChallenge,
  codeVerifier,
  redirectUri,
  startOAuthPortal,
  type JsonAnswer,
  type OAuthPortal,
  type TestClient,
} from '../testing/oauthPortal.ts';

const otherRedirectUri = 'http://127.0.0.1:9000/other';

let portal: OAuthPortal;
let jane: string;
let client: TestClient;
let openClient: TestClient;
let hostile: TestClient;
beforeAll(async () => {
  portal = await startOAuthPortal();
  jane = await portal.userToken();
  client = await portal.register({ redirect_uris: [redirectUri, otherRedirectUri] });
  openClient = await portal.register({ token_endpoint_auth_method: 'none' });
  hostile = await portal.register();
});
afterEach(() => portal.clock.reset());
afterAll(async () => portal.stop());

const basic = (id: string, secret = '') => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('a code is worth nothing', () => {
  it('to another client, and stays good for its own', async () => {
    const code = await portal.code(client, jane);
    for (const other of [hostile, openClient]) {
      const { status, body } = await portal.exchange(other, code);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
    expect((await portal.exchange(client, code)).status).toBe(200);
  });

  it.each([
    ['with another address of the same client', { redirect_uri: otherRedirectUri }],
    ['with the address spelt in another way', { redirect_uri: redirectUri.replace('%20', '+') }],
    ['without the verifier', { code_verifier: undefined }],
    ['with the verifier of another', { code_verifier: `${codeVerifier}x` }],
    ['with the challenge for a verifier, as plain PKCE has it', { code_verifier: codeChallenge }],
    ['with a verifier of 10,000 characters', { code_verifier: 'v'.repeat(10_000) }],
  ])('%s', async (_what, changes) => {
    const { status, body } = await portal.exchange(client, await portal.code(client, jane), changes);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    expect(body).not.toHaveProperty('access_token');
  });

  it('when somebody took the challenge out of the request: there is none', async () => {
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    const { location } = await portal.authorize(client, without);
    expect(Object.fromEntries(new URL(location).searchParams)).toMatchObject({ error: 'invalid_request' });
    expect(location).not.toContain('code=');
  });

  it.each<[string, string, (code: string) => Promise<JsonAnswer>]>([
    [
      'that says who it is, whoever that may be',
      '400 invalid_grant',
      async (code) => portal.exchange({ id: 'https://other.example/client.json' }, code),
    ],
    ['that has no secret', '400 invalid_grant', async (code) => portal.exchange(openClient, code)],
    ['that has another', '400 invalid_grant', async (code) => portal.exchange(hostile, code)],
    ['without the secret', '401 invalid_client', async (code) => portal.exchange({ id: client.id }, code)],
    [
      'with an assertion for the secret',
      '401 invalid_client',
      async (code) =>
        portal.exchange({ id: client.id }, code, {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: 'e30.e30.e30',
        }),
    ],
  ])('to a client %s, and is not spent', async (_who, refusal, transaction) => {
    const code = await portal.code(client, jane);
    const { status, body } = await transaction(code);
    expect(`${status} ${body.error}`).toBe(refusal);
    expect(body).not.toHaveProperty('access_token');
    expect((await portal.exchange(client, code)).status).toBe(200);
  });

  it('after ten minutes', async () => {
    const code = await portal.code(client, jane);
    portal.clock.advance(600_000);
    const { status, body } = await portal.exchange(client, code);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  it('when it is something else: a handle, a refresh token, a user token, its own hash', async () => {
    const handle = await portal.begin(client);
    const { refresh_token: refreshToken } = await portal.grant(client, jane);
    for (const code of [handle, String(refreshToken), jane, '__proto__', '😀'.repeat(100)]) {
      const { status, body } = await portal.exchange(client, code);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
  });
});

describe('the second use of a code', () => {
  it.each([
    ['by its own client', () => client],
    ['by another client', () => hostile],
    ['by nobody who says so', () => ({ id: '' })],
  ])('%s takes back what the first one gave, as it is by then', async (_who, who) => {
    const code = await portal.code(client, jane);
    const { body: tokens } = await portal.exchange(client, code);
    const { body: next } = await portal.refreshWith(client, tokens['refresh_token']);
    const { status, body } = await portal.exchange(who(), code, { client_id: who().id || undefined });
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    const { body: late } = await portal.refreshWith(client, next['refresh_token']);
    expect(late.error).toBe('invalid_grant');
  });

  it('at the same moment as the first: at most one gets tokens, which are taken back', async () => {
    const code = await portal.code(client, jane);
    const answers = await Promise.all(Array.from({ length: 6 }, async () => portal.exchange(client, code)));
    const given = answers.filter(({ status }) => status === 200);
    expect(given).toHaveLength(1);
    const late = await portal.refreshWith(client, given[0]?.body['refresh_token']);
    expect([late.status, late.body.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('a refresh token', () => {
  it('that was replaced ends its family, whoever shows it', async () => {
    for (const thief of [client, hostile, { id: '' }]) {
      const { refresh_token: first } = await portal.grant(client, jane);
      const { body: second } = await portal.refreshWith(client, first);
      const { body: third } = await portal.refreshWith(client, second['refresh_token']);
      const replay = await portal.refreshWith(thief, first, { client_id: thief.id || undefined });
      expect([replay.status, replay.body.error]).toEqual([400, 'invalid_grant']);
      const late = await portal.refreshWith(client, third['refresh_token']);
      expect([late.status, late.body.error]).toEqual([400, 'invalid_grant']);
    }
    expect(portal.logs.join('')).toContain('a refresh token was used after it was replaced');
  });

  it('that several use at once gives at most one of them the next, and the family ends', async () => {
    const { refresh_token: token } = await portal.grant(client, jane);
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => portal.refreshWith(client, token)),
    );
    const given = answers.filter(({ status }) => status === 200);
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { body } of [...given, { body: { refresh_token: token } }]) {
      expect((await portal.refreshWith(client, body['refresh_token'])).status).toBe(400);
    }
  });

  it('is refused to another client, and to nobody where its client has a secret; it stays good', async () => {
    const { refresh_token: token } = await portal.grant(client, jane);
    const other = await portal.refreshWith(hostile, token);
    expect([other.status, other.body.error]).toEqual([400, 'invalid_grant']);
    const nobody = await portal.refreshWith({ id: '' }, token, { client_id: undefined });
    expect([nobody.status, nobody.body.error]).toEqual([401, 'invalid_client']);
    const unproven = await portal.refreshWith({ id: client.id }, token);
    expect([unproven.status, unproven.body.error]).toEqual([401, 'invalid_client']);
    expect((await portal.refreshWith(client, token)).status).toBe(200);
  });

  it('never gives more than was granted', async () => {
    const { refresh_token: token } = await portal.grant(client, jane, { scope: 'offline_access' });
    for (const scope of ['openid', 'offline_access openid', 'admin', ' ']) {
      const { status, body } = await portal.refreshWith(client, token, { scope });
      expect([scope, status, body.error]).toEqual([scope, 400, 'invalid_scope']);
    }
    expect((await portal.refreshWith(client, token)).status).toBe(200);
  });

  it('cannot be guessed from its id, and a guess ends nothing', async () => {
    const { refresh_token: token } = await portal.grant(client, jane);
    const [id = '', secret = ''] = String(token).split('.');
    const flip = secret.startsWith('A') ? 'B' : 'A';
    const guesses = [
      id,
      `${id}.`,
      `${id}.${'A'.repeat(43)}`,
      `${id}.${flip}${secret.slice(1)}`,
      `${id}.${secret}=`,
      `${id.toUpperCase()}.${secret}`,
      `${id}.${secret}.x`,
    ];
    for (const guess of guesses) {
      const { status, body } = await portal.refreshWith(client, guess);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
      expect((await portal.revoke(client, guess)).status).toBe(200);
    }
    expect((await portal.refreshWith(client, token)).status).toBe(200);
  });

  it('is revoked by its own client only', async () => {
    const { refresh_token: token } = await portal.grant(client, jane);
    const other = await portal.revoke(hostile, token);
    expect([other.status, other.body.error]).toEqual([400, 'invalid_grant']);
    for (const unproven of [{ id: client.id }, { id: client.id, secret: 'wrong' }]) {
      expect((await portal.revoke(unproven, token)).status).toBe(401);
    }
    expect((await portal.revoke({ id: '' }, token, { client_id: undefined })).status).toBe(401);
    expect((await portal.refreshWith(client, token)).status).toBe(200);
  });
});

describe('a client', () => {
  it('is who it says only by the way that it registered', async () => {
    const byHeader = await portal.register({ token_endpoint_auth_method: 'client_secret_basic' });
    const inBody = await portal.register({ token_endpoint_auth_method: 'client_secret_post' });
    const code = await portal.code(client, jane);
    const transactions = [
      await portal.exchange({ id: client.id }, code),
      await portal.exchange({ id: client.id, secret: 'wrong' }, code),
      await portal.exchange({ id: client.id, secret: hostile.secret ?? '' }, code),
      await portal.exchange(byHeader, code),
      await portal.exchange({ id: '' }, code, { client_id: undefined }, basic(inBody.id, inBody.secret)),
      await portal.exchange({ id: openClient.id, secret: 'x' }, code),
      await portal.exchange({ id: '__proto__', secret: 'x' }, code),
      await portal.exchange({ id: '' }, code, { client_id: undefined }),
      await portal.exchange(client, code, { client_assertion: 'e30.e30.e30' }),
    ];
    for (const { status, body, headers } of transactions) {
      expect([status, body.error]).toEqual([401, 'invalid_client']);
      expect(headers.get('www-authenticate')).toBe('Basic realm="auth"');
    }
    expect((await portal.exchange(client, code)).status).toBe(200);
  });

  it.each([
    ['no credentials', 'Basic'],
    ['no base64', 'Basic ***'],
    ['no colon', `Basic ${Buffer.from('x').toString('base64')}`],
    ['a malformed percent encoding', `Basic ${Buffer.from('%zz:%zz').toString('base64')}`],
    ['a bearer token', 'Bearer x'],
  ])('with %s in the header is nobody', async (_what, authorization) => {
    const answer = await portal.exchange({ id: '' }, 'x', { client_id: undefined }, { authorization });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });

  it('does not prove itself in two ways, nor as two', async () => {
    const code = await portal.code(client, jane);
    const twice = await portal.exchange(client, code, {}, basic(client.id, client.secret));
    const two = await portal.exchange({ id: hostile.id }, code, {}, basic(client.id, client.secret));
    for (const { status, body } of [twice, two]) {
      expect([status, body.error]).toEqual([400, 'invalid_request']);
    }
  });
});

describe('a body', () => {
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each<[string, Record<string, string>, string]>([
    ['with a parameter twice', form, 'grant_type=authorization_code&code=a&code=b'],
    ['with a control character', form, 'grant_type=authorization_code&code=a%0d%0ab'],
    ['with a list', json, '{"grant_type":"authorization_code","code":["a","b"]}'],
    ['with an object', json, '{"grant_type":"refresh_token","refresh_token":{"$ne":""}}'],
    ['that is a list', json, '[]'],
    ['that is null', json, 'null'],
    ['that is no JSON', json, '{"grant_type":"secret-in-the-body"'],
    ['that is too large', form, `grant_type=refresh_token&refresh_token=${'x'.repeat(70_000)}`],
    ['with members of every object', json, '{"__proto__":{"client_id":"x"},"constructor":1}'],
    ['of another type', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
  ])('%s is refused, and not quoted', async (_what, headers, body) => {
    for (const path of ['/v1/token', '/v1/revoke']) {
      const answer = await portal.json(path, { method: 'POST', headers, body });
      expect([path, answer.status, answer.body.error]).toEqual([path, 400, 'invalid_request']);
      expect(answer.text).not.toContain('secret-in-the-body');
    }
  });
});
