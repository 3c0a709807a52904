/** Limits by session: people behind one address are told apart by their session tokens, and nobody makes up a session token. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from '../testing/browser.ts';
import { startPortal, type Portal } from '../testing/portal.ts';

const limit = 12;
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({
    config: {
      backend: {
        baseUrl: 'http://localhost:7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
        trustProxy: true,
        rateLimit: { incomingRequestLimit: limit, window: { minutes: 10 } },
      },
    },
  });
});
afterAll(async () => portal.stop());

/** Refreshes until a limit answers; gives how many were answered before. */
async function refreshesOf(browser: Browser, address: string): Promise<number> {
  for (let count = 0; count <= 2 * limit; count += 1) {
    const { answer } = await portal.refresh(browser, {}, { 'x-forwarded-for': address });
    if (answer.status === 429) return count;
  }
  throw new Error('no limit answered');
}

describe('the limit of requests', () => {
  it('is counted for each session, so that one machine does not stop the others behind its address', async () => {
    const [jane, omar] = [new Browser(), new Browser()];
    await portal.signIn(jane, 'jane');
    await portal.signIn(omar, 'omar');
    const office = '203.0.113.7';
    expect(await refreshesOf(jane, office)).toBe(limit);
    expect(await refreshesOf(omar, office)).toBe(limit);
    // Nor has either used up what the address has for people without a session.
    expect(await refreshesOf(new Browser(), office)).toBe(limit);
  });

  it('follows a session to other addresses', async () => {
    const jane = new Browser();
    await portal.signIn(jane, 'jane');
    expect(await refreshesOf(jane, '203.0.113.8')).toBe(limit);
    expect(await refreshesOf(jane, '203.0.113.9')).toBe(0);
  });

  it.each([
    ['made up', () => 'A'.repeat(64)],
    ['another each time', (count: number) => Buffer.alloc(48, count + 1).toString('base64url')],
    ['of another form', (count: number) => `ticket-${count}`],
    ['empty', () => ''],
  ])('is that of the address where the session token is %s', async (name, forge) => {
    const address = `203.0.113.${20 + name.length}`;
    const statuses: number[] = [];
    for (let count = 0; count <= limit; count += 1) {
      const { answer } = await portal.refresh(
        new Browser(),
        {},
        { 'x-forwarded-for': address, cookie: `oidc-refresh-token=${forge(count)}` },
      );
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([...Array<number>(limit).fill(401), 429]);
  });

  it('is that of the address where one character of a real session token was changed', async () => {
    const jane = new Browser();
    await portal.signIn(jane, 'jane');
    const sessionToken = jane.cookies.get('oidc-refresh-token')?.value ?? '';
    const statuses = new Set<number>();
    for (let at = 0; at <= limit; at += 1) {
      const other = sessionToken[at] === 'A' ? 'B' : 'A';
      const cookie = `oidc-refresh-token=${sessionToken.slice(0, at)}${other}${sessionToken.slice(at + 1)}`;
      const headers = { 'x-forwarded-for': '203.0.113.60', cookie };
      statuses.add((await portal.refresh(new Browser(), {}, headers)).answer.status);
    }
    expect([...statuses]).toEqual([401, 429]);
    expect((await portal.refresh(jane, {}, { 'x-forwarded-for': '203.0.113.61' })).answer.status).toBe(200);
  });
});
