/** Refresh tokens: how long they live, how many there are, and what ends them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mockServices } from '@vestibule/backend-test-utils';
import { claimsOf, everybody } from '../testing/portal.ts';
import { startOAuthPortal, type OAuthPortal, type TestClient } from '../testing/oauthPortal.ts';

const minute = 60_000;

const catalog = mockServices.catalog({ entities: everybody });
let portal: OAuthPortal;
let jane: string;
let omar: string;
let client: TestClient;
beforeAll(async () => {
  portal = await startOAuthPortal({
    catalog,
    auth: {
      experimentalRefreshToken: {
        enabled: true,
        tokenLifetime: { minutes: 10 },
        maxRotationLifetime: { minutes: 25 },
        maxTokensPerUser: 3,
      },
    },
  });
  jane = await portal.userToken('jane');
  omar = await portal.userToken('omar');
  client = await portal.register();
});
afterEach(() => {
  portal.clock.reset();
  catalog.setEntities(everybody);
  catalog.recover();
});
afterAll(async () => portal.stop());

const grantTo = async (user: string, of = client): Promise<string> =>
  String((await portal.grant(of, user))['refresh_token']);
const isGood = async (token: string): Promise<boolean> => {
  const { status, body } = await portal.refreshWith(client, token);
  expect(status === 200 || body.error === 'invalid_grant').toBe(true);
  return status === 200;
};

describe('a refresh token', () => {
  it('gives a new user token and the next refresh token', async () => {
    const first = await grantTo(jane);
    const { status, headers, body } = await portal.refreshWith(client, first);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.closeTo(3600, -1),
      scope: 'openid offline_access',
      refresh_token: expect.any(String),
    });
    expect(claimsOf(String(body['access_token']))).toMatchObject({
      sub: 'user:default/jane',
      aud: ['backstage', client.id],
    });
    expect(body['refresh_token']).not.toBe(first);
    expect(await isGood(String(body['refresh_token']))).toBe(true);
  });

  it('may ask for less than what was granted, and keeps the rest for the next time', async () => {
    const narrow = await portal.refreshWith(client, await grantTo(jane), { scope: 'openid' });
    expect([narrow.status, narrow.body['scope']]).toEqual([200, 'openid']);
    const whole = await portal.refreshWith(client, narrow.body['refresh_token']);
    expect(whole.body['scope']).toBe('openid offline_access');
  });

  it('ends when it was not used for its lifetime, and lives on when it was', async () => {
    const [idle, used] = [await grantTo(jane), await grantTo(jane)];
    portal.clock.advance(9 * minute);
    const { body } = await portal.refreshWith(client, used);
    portal.clock.advance(1 * minute);
    expect(await isGood(idle)).toBe(false);
    expect(await isGood(String(body['refresh_token']))).toBe(true);
  });

  it('ends with its family, however often it was used', async () => {
    let token: unknown = await grantTo(jane);
    for (let passed = 0; passed < 24; passed += 8) {
      portal.clock.advance(8 * minute);
      const { status, body } = await portal.refreshWith(client, token);
      expect(status).toBe(200);
      token = body['refresh_token'];
    }
    portal.clock.advance(1 * minute);
    expect(await isGood(String(token))).toBe(false);
  });

  it('of another machine is a family of its own; of too many, the longest unused goes', async () => {
    const tokens: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      tokens.push(await grantTo(omar));
      portal.clock.advance(1000);
      if (index > 1) continue;
      // The first one is used after the second was made.
      const { body } = await portal.refreshWith(client, tokens[0]);
      tokens[0] = String(body['refresh_token']);
    }
    expect(await Promise.all(tokens.map(isGood))).toEqual([true, false, true, true]);
  });

  it('counts against the limit of its own user only', async () => {
    const token = await grantTo(jane);
    for (let index = 0; index < 4; index += 1) await grantTo(omar);
    expect(await isGood(token)).toBe(true);
  });
});

describe('the catalog', () => {
  it('that no longer has the user ends the grant', async () => {
    const token = await grantTo(omar);
    catalog.setEntities(everybody.filter(({ metadata }) => metadata.name !== 'omar'));
    const { status, body } = await portal.refreshWith(client, token);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    catalog.setEntities(everybody);
    expect(await isGood(token)).toBe(false);
  });

  it('that cannot be reached spends nothing: the client is told to come back, and its token stays good', async () => {
    const token = await grantTo(omar);
    catalog.failWith();
    const { status, headers, body } = await portal.refreshWith(client, token);
    expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    catalog.recover();
    expect(await isGood(token)).toBe(true);
  });

  it('is not asked where the config says so', async () => {
    const trusting = await startOAuthPortal({
      idp: portal.idp,
      catalog,
      auth: {
        experimentalRefreshToken: { enabled: true, dangerouslyDisableCatalogPresenceCheck: true },
      },
    });
    const own = await trusting.register();
    const tokens = await trusting.grant(own, await trusting.userToken());
    catalog.failWith();
    expect((await trusting.refreshWith(own, tokens['refresh_token'])).status).toBe(200);
    await trusting.stop();
  });
});

describe('revocation', () => {
  it('ends a family by its token, and answers 200 with nothing', async () => {
    const token = await grantTo(jane);
    const { status, text, headers } = await portal.revoke(client, token);
    expect([status, text, headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(await isGood(token)).toBe(false);
  });

  it('ends it by one that was replaced, too', async () => {
    const token = await grantTo(jane);
    const { body } = await portal.refreshWith(client, token);
    expect((await portal.revoke(client, token)).status).toBe(200);
    expect(await isGood(String(body['refresh_token']))).toBe(false);
  });

  it('of a token that is none answers 200, and without one 400', async () => {
    for (const token of ['x', jane, '00000000-0000-4000-8000-000000000000.x']) {
      expect((await portal.revoke(client, token)).status).toBe(200);
    }
    const { status, body } = await portal.revoke(client, '');
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  });
});
