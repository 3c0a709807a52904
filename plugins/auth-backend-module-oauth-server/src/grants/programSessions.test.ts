/** Programs among the sessions that operators list and end. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, testDatabases } from '@vestibule/backend-test-utils';
import { redirectUri, withOAuth, type OAuthPortal } from '../testing/oauthPortal.ts';
import { startPortal } from '../testing/portal.ts';

const serviceToken = 'an-outside-token-9kQx72LmVb';
const client = { id: 'acme-notes' };
const minute = 60_000;

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

describe.each(databases)('the programs of a person, on $name', ({ config, connect }) => {
  let portal: OAuthPortal;
  let jane: string;
  let omar: string;
  beforeAll(async () => {
    portal = withOAuth(
      await startPortal({
        auth: {
          staticClients: [{ clientId: client.id, redirectUris: [redirectUri] }],
          experimentalRefreshToken: { enabled: true, tokenLifetime: { days: 90 } },
        },
        config: {
          backend: {
            baseUrl: 'http://localhost:7007',
            database: config,
            auth: {
              externalAccess: [{ type: 'static', options: { token: serviceToken, subject: 'outside' } }],
            },
          },
        },
      }),
    );
    jane = await portal.userToken('jane');
    omar = await portal.userToken('omar');
  });
  afterAll(async () => portal.stop());
  afterEach(async () => {
    portal.clock.reset();
    await ask('DELETE', '?all=true');
  });

  const ask = async (method: string, query = '') =>
    portal.json(`/v1/sessions${query}`, { method, headers: { authorization: `Bearer ${serviceToken}` } });
  const listed = async (query: string) => {
    const { body } = await ask('GET', query);
    return body['sessions'] as Record<string, string>[];
  };
  const refreshTokenOf = async (user: string) => String((await portal.grant(client, user))['refresh_token']);
  const isGood = async (refreshToken: string): Promise<boolean> => {
    const { status, body } = await portal.refreshWith(client, refreshToken);
    expect(status === 200 || body.error === 'invalid_grant').toBe(true);
    return status === 200;
  };

  it('are listed beside the browsers, by their client, without what they hold', async () => {
    await portal.signIn(new HttpBrowser());
    const refreshToken = await refreshTokenOf(jane);
    const sessions = await listed('?user=jane');
    expect(sessions.map(({ kind }) => kind).sort()).toEqual(
      ['browser', 'browser', 'program'].slice(-sessions.length),
    );
    const program = sessions.find(({ kind }) => kind === 'program');
    const time = expect.stringMatching(/Z$/);
    expect(program).toEqual({
      kind: 'program',
      id: refreshToken.slice(0, 13),
      userEntityRef: 'user:default/jane',
      client: client.id,
      createdAt: time,
      lastUsedAt: time,
      endsAt: time,
    });
    expect(JSON.stringify(sessions)).not.toContain(refreshToken.split('.')[1]);
    expect(await listed('?user=jane&provider=oidc')).toEqual(
      sessions.filter(({ kind }) => kind === 'browser'),
    );
  });

  it('end with the browsers of their user, and with those of nobody else; codes as well', async () => {
    const browser = new HttpBrowser();
    await portal.signIn(browser);
    const ofJane = await refreshTokenOf(jane);
    const ofOmar = await refreshTokenOf(omar);
    const code = await portal.code(client, jane);
    const count = (await listed('?user=jane')).length;
    expect(count).toBeGreaterThanOrEqual(2);
    expect((await ask('DELETE', '?user=jane')).body).toEqual({ endedCount: count });
    expect((await portal.refresh(browser)).error?.code).toBe('ERR_AUTH_SESSION_ENDED');
    expect([await isGood(ofJane), await isGood(ofOmar)]).toEqual([false, true]);
    expect((await portal.exchange(client, code)).body.error).toBe('invalid_grant');
  });

  it('end one by one, by age, and not by provider', async () => {
    const old = await refreshTokenOf(jane);
    portal.clock.advance(10 * minute);
    const young = await refreshTokenOf(jane);
    await ask('DELETE', '?provider=oidc');
    const one = await portal.refreshWith(client, old);
    expect(one.status).toBe(200);
    // Its age is that of the approval, however often its tokens were replaced.
    expect((await ask('DELETE', '?user=jane&olderThan=5m')).body['endedCount']).toBeGreaterThanOrEqual(1);
    expect([await isGood(String(one.body['refresh_token'])), await isGood(young)]).toEqual([false, true]);
    const [program] = (await listed('?user=jane')).filter(({ kind }) => kind === 'program');
    expect((await ask('DELETE', `?id=${program?.['id']}`)).body).toEqual({ endedCount: 1 });
    expect((await listed('?user=jane')).filter(({ kind }) => kind === 'program')).toEqual([]);
  });

  it('that may be unused for longer than a browser end with the others', async () => {
    const token = await refreshTokenOf(jane);
    portal.clock.advance(40 * 24 * 60 * minute);
    expect((await ask('DELETE', '?user=jane')).body).toEqual({ endedCount: 1 });
    expect(await isGood(token)).toBe(false);
  });

  it('of a release before are as old as their last use at least', async () => {
    const token = await refreshTokenOf(jane);
    await (await connect('auth'))('vestibule_oauth_grants').update({ created_at: null });
    expect((await listed('?user=jane')).find(({ kind }) => kind === 'program')).not.toHaveProperty(
      'createdAt',
    );
    await ask('DELETE', '?user=jane&olderThan=5m');
    expect(await isGood(token)).toBe(true);
    portal.clock.advance(10 * minute);
    await ask('DELETE', '?user=jane&olderThan=5m');
    expect((await listed('?user=jane')).filter(({ kind }) => kind === 'program')).toEqual([]);
  });
});
