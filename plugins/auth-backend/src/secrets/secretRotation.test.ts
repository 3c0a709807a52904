/** `auth.session.secret` is replaced while replicas run: the first of a list seals, all open; and what is said of the rest. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { Browser } from '../testing/browser.ts';
import { claimsOf, startIdentityProvider, startPortal, type Portal } from '../testing/portal.ts';

const former = 'the-former-session-secret';
const next = 'the-next-session-secret';

const databases = await testDatabases();
let idp: DevIdpServer;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
  // Less than a front end wants, so that each refresh asks the provider, and writes what it says.
  idp.configure({ accessTokenSeconds: 100 });
});
afterAll(async () => {
  await idp.stop();
  await Promise.all(databases.map(async (database) => database.cleanup()));
});

describe.each(databases)('a change of the session secret on $name', ({ config: database }) => {
  const portals: Portal[] = [];
  afterAll(async () => Promise.all(portals.map(async (portal) => portal.stop())));

  /** A replica that is started with this secret, or these. */
  async function replica(secret: string | string[]): Promise<Portal> {
    const portal = await startPortal({ idp, database, auth: { session: { secret } } });
    portals.push(portal);
    return portal;
  }

  const callbackAt = (portal: Portal, callback: string, begunAt: Portal) =>
    callback.replace(begunAt.base, portal.base);

  async function statusAt(portal: Portal, browser: Browser): Promise<number> {
    return (await portal.refresh(browser)).answer.status;
  }

  it('signs nobody out, from one step of a rolling change to the next', async () => {
    const before = await replica(former);
    const [jane, omar, other] = [new Browser(), new Browser(), new Browser()];
    const { message } = await before.signIn(jane);
    const kid = kidOf(message!.response!.backstageIdentity!.token);
    await before.signIn(omar, 'omar');
    const begun = await before.reachCallback(other, 'jane');

    // While old and new replicas run side by side, each opens what the other seals.
    const first = await replica([former, next]);
    expect(await statusAt(first, jane)).toBe(200);
    expect(await statusAt(before, jane)).toBe(200);
    const second = await replica([next, former]);
    for (const portal of [second, first, second]) expect(await statusAt(portal, jane)).toBe(200);
    const ended = await other.send(callbackAt(second, begun, before));
    expect([ended.status, ended.text]).toEqual([200, expect.stringContaining('data-message')]);
    expect(await statusAt(first, other)).toBe(200);
    expect(await statusAt(second, other)).toBe(200);

    const last = await replica([next]);
    const refreshed = await last.refresh(jane);
    expect(refreshed.answer.status).toBe(200);
    // The key that signs was sealed anew, and no other had to take its place before verifiers knew it.
    expect(kidOf(refreshed.body!.backstageIdentity!.token)).toBe(kid);
    expect(await statusAt(last, other)).toBe(200);
    expect(last.logs.join('')).not.toContain('ERR_SESSION_NOT_OPENED');

    // Nobody has written Omar's session since, so the former secret alone opens it.
    const { answer, body } = await last.refresh(omar);
    expect([answer.status, body?.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    const said = last.logs.filter((line) => line.includes('ERR_SESSION_NOT_OPENED'));
    expect(said).toEqual([expect.stringContaining('Sessions that could not be opened: 1;')]);
    expect(said[0]).toContain('another secret?');
    for (const secret of [former, next]) expect(last.logs.join('')).not.toContain(secret);
  });

  it('is not told of a session token that is made up', async () => {
    const portal = await replica(next);
    const cookie = `oidc-refresh-token=${'A'.repeat(64)}`;
    expect((await portal.refresh(new Browser(), {}, { cookie })).answer.status).toBe(401);
    expect(portal.logs.join('')).not.toContain('Sessions that could not be opened');
  });

  it('keeps the limit of requests that a session has of its own, once its mark is of a secret that is gone', async () => {
    const limited = async (secret: string | string[]) => {
      const portal = await startPortal({
        idp,
        database,
        auth: { session: { secret } },
        config: {
          backend: {
            baseUrl: 'http://localhost:7007',
            database,
            trustProxy: true,
            rateLimit: { incomingRequestLimit: 3, window: { minutes: 10 } },
          },
        },
      });
      portals.push(portal);
      return portal;
    };
    const office = { 'x-forwarded-for': '203.0.113.7' };
    const jane = new Browser();
    await (await limited(former)).signIn(jane);
    expect(await statusAt(await limited([next, former]), jane)).toBe(200);
    const portal = await limited(next);
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1)
      statuses.push((await portal.refresh(jane, {}, office)).answer.status);
    // The first is counted for the address; that the token is ours, is known only after it.
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    expect((await portal.refresh(new Browser(), {}, office)).answer.status).toBe(401);
  });
});

function kidOf(token: string): unknown {
  const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as object;
  expect(claimsOf(token)).toMatchObject({ aud: 'backstage' });
  return (header as { kid?: unknown }).kid;
}

describe('the config', () => {
  const start = async (secret: unknown, isProduction = false) => {
    const portal = await startPortal({
      idp,
      isProduction,
      auth: { session: { secret: secret as string } },
      config: {
        app: { baseUrl: 'https://portal.example' },
        backend: {
          baseUrl: 'https://portal.example',
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
      },
    });
    await portal.stop();
    return portal.logs.join('');
  };

  it.each([
    [[], 'auth.session.secret must list a secret; remove the key to have one made'],
    [[next, former, next], 'auth.session.secret[2] is an earlier secret of the list again'],
    [[next, ''], 'auth.session.secret[1]'],
    [[next, 7], 'auth.session.secret[1] must be a string, not a number'],
    [7, 'auth.session.secret must be a string'],
    [{ first: next }, 'auth.session.secret must be a string'],
  ])('%j is refused', async (secret, said) => {
    const refused = String(await start(secret).catch((error: unknown) => error));
    expect(refused).toContain(said);
    expect(refused).not.toContain(next);
  });

  it('says which secret of a list is weak: refused in production, a warning elsewhere', async () => {
    const refused = String(await start([next, 'short'], true).catch((error: unknown) => error));
    expect(refused).toContain('auth.session.secret[1] is a placeholder or has fewer than 16 characters');
    expect(refused).not.toContain('auth.session.secret[0]');
    expect(await start([next, 'short'])).toContain('auth.session.secret is weak');
  });
});
