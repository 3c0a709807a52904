/** How a session ends, and how it outlasts what fails around it: limits, grace, and providers that misbehave. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import {
  ProviderAnswerInvalidError,
  ProviderUnavailableError,
  signingKeysServiceRef,
  type ActiveSigningKey,
  type SigningAlgorithm,
} from '@vestibule/plugin-auth-node';
import { decodeProtectedHeader } from 'jose';
import { generateSigningKey } from '../keys/algorithms.ts';
import { createFixedKeys } from '../keys/staticKeys.ts';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { createMemoryCatalog } from '../testing/memoryCatalog.ts';

const second = 1000;
const hour = 3_600_000;
const day = 24 * hour;
const cookieName = 'acme-refresh-token';
const acme = createAcmeProvider();
const catalog = createMemoryCatalog();
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  portal = await startAcmePortal({ acme, catalog });
});
afterAll(async () => portal.stop());
beforeEach(() => {
  acme.reset();
  catalog.comeBack();
  portal.clock.reset();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const away = async () => Promise.reject(new ProviderUnavailableError('Acme is away'));

async function signedIn(): Promise<Browser> {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  expect(browser.cookies.has(cookieName)).toBe(true);
  acme.witnessed.length = 0;
  return browser;
}

/** The code of a refresh, and how many seconds the identity is good for. */
async function outcome(browser: Browser, scope?: string): Promise<(string | number | undefined)[]> {
  const { answer, body } = await portal.acmeRefresh(browser, scope);
  return [answer.status, body.error?.code ?? body.backstageIdentity?.expiresInSeconds];
}

/** The session is gone from the server as well, not only from the browser. */
async function expectEnded(browser: Browser): Promise<void> {
  const sessionToken = browser.cookies.get(cookieName)!;
  const { answer, body } = await portal.acmeRefresh(browser);
  expect([answer.status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  expect(Object.keys(body).sort()).toEqual(['error', 'request', 'response']);
  expect(answer.setCookies[0]).toMatch(/^acme-refresh-token=; Max-Age=0; Path=\/api\/auth\/acme;/);
  acme.reset();
  browser.cookies.set(cookieName, sessionToken);
  expect(await outcome(browser)).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
}

/** Replaces the deadline of so many milliseconds by one that the test ends. */
function holdDeadline(milliseconds: number): { end(): void } {
  const ends: (() => void)[] = [];
  const real = globalThis.setTimeout;
  const held = ((act: () => void, given?: number, ...rest: []) => {
    if (given === milliseconds) ends.push(act);
    return real(act, given, ...rest);
  }) as typeof setTimeout;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(held);
  return { end: () => ends.forEach((end) => end()) };
}

/** A call that never settles, and the moment at which it was made. */
function createHungCall() {
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const call = async (): Promise<never> => {
    arrive();
    return new Promise(() => undefined);
  };
  return { call, arrived };
}

describe('the absolute end of a session', () => {
  it('comes after sessionDuration, however much the session is used', async () => {
    const short = await startAcmePortal({ acme, settings: { sessionDuration: { days: 50 } } });
    const browser = new Browser();
    const { answer } = await short.acmeSignIn(browser);
    expect(answer.setCookies.find((line) => line.startsWith(cookieName))).toContain('; Max-Age=4320000;');
    for (let round = 0; round < 2; round += 1) {
      short.clock.advance(24 * day);
      expect((await short.acmeRefresh(browser)).answer.status).toBe(200);
    }
    short.clock.advance(2 * day - 10 * second);
    expect((await short.acmeRefresh(browser)).answer.status).toBe(200);
    short.clock.advance(10 * second);
    expect((await short.acmeRefresh(browser)).body.error?.code).toBe('ERR_AUTH_SESSION_ENDED');
    await short.stop();
  });

  it('comes after 400 days where sessionDuration is longer', async () => {
    const long = await startAcmePortal({ acme, settings: { sessionDuration: { days: 4000 } } });
    const browser = new Browser();
    const { answer } = await long.acmeSignIn(browser);
    expect(answer.setCookies.find((line) => line.startsWith(cookieName))).toContain('; Max-Age=34560000;');
    for (let round = 0; round < 15; round += 1) {
      long.clock.advance(26 * day);
      expect((await long.acmeRefresh(browser)).answer.status).toBe(200);
    }
    long.clock.advance(10 * day);
    expect((await long.acmeRefresh(browser)).body.error?.code).toBe('ERR_AUTH_SESSION_ENDED');
    await long.stop();
  });
});

it('the cookie of a session is Secure over https, and the session token in it is of 256 random bits', async () => {
  const secure = await startAcmePortal({
    acme,
    config: {
      app: { baseUrl: 'https://portal.example.com' },
      backend: {
        baseUrl: 'https://portal.example.com',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
    },
  });
  const sessionTokens = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    const { answer } = await secure.acmeSignIn(new Browser());
    const line = answer.setCookies.find((one) => one.startsWith(cookieName)) ?? '';
    const [, sessionToken = ''] =
      /^acme-refresh-token=([\w-]{64}); Max-Age=\d+; Path=\/api\/auth\/acme; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/.exec(
        line,
      ) ?? [];
    const bytes = Buffer.from(sessionToken, 'base64url');
    // And the code over them, by which a session token of ours is known.
    expect(bytes).toHaveLength(32 + 16);
    sessionTokens.add(bytes.subarray(0, 32).toString('hex'));
  }
  expect(sessionTokens.size).toBe(3);
  await secure.stop();
});

describe('the idle end of a session', () => {
  it('counts from the last use', async () => {
    const browser = await signedIn();
    for (let round = 0; round < 3; round += 1) {
      portal.clock.advance(29 * day);
      expect((await outcome(browser))[0]).toBe(200);
    }
    portal.clock.advance(30 * day);
    await expectEnded(browser);
  });

  it('counts for a session whose provider is away as well', async () => {
    const browser = await signedIn();
    portal.clock.advance(29 * day);
    acme.refresh = away;
    expect(await outcome(browser)).toEqual([200, expect.closeTo(480, -1)]);
    portal.clock.advance(29 * day);
    expect(await outcome(browser)).toEqual([503, 'ERR_AUTH_UNAVAILABLE']);
  });
});

describe('a session ends when a refresh', () => {
  it.each([
    ['subject', { subject: 'sam-at-acme' }],
    ['issuer', { issuer: 'https://other.example' }],
  ])('is of another %s than the sign-in, which is checked for every provider', async (_, change) => {
    const browser = await signedIn();
    portal.clock.advance(hour);
    acme.refresh = async () => Promise.resolve({ ...grantOf(), ...change });
    await expectEnded(browser);
  });

  it('brings an ID token or userinfo that fails a check: that is no outage, and there is no grace', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour);
    acme.refresh = async () => Promise.reject(new ProviderAnswerInvalidError('signature'));
    await expectEnded(browser);
  });

  it('brings another e-mail address that belongs to nobody', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour);
    acme.refresh = async () => Promise.resolve({ ...grantOf(), profile: { email: 'nobody@example.com' } });
    await expectEnded(browser);
  });
});

describe('grace', () => {
  it('lasts an hour by default from the first failure, then 503 with Retry-After, and the session lives on', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour);
    acme.refresh = away;
    expect(await outcome(browser)).toEqual([200, expect.closeTo(480, -1)]);
    portal.clock.advance(hour - 10 * second);
    expect(await outcome(browser)).toEqual([200, expect.closeTo(480, -1)]);
    portal.clock.advance(10 * second);
    const { answer, body } = await portal.acmeRefresh(browser);
    expect([answer.status, body.error?.code]).toEqual([503, 'ERR_AUTH_UNAVAILABLE']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.setCookies).toEqual([]);
    expect(body).not.toHaveProperty('backstageIdentity');

    acme.reset();
    portal.clock.advance(31 * second);
    expect(await outcome(browser)).toEqual([200, expect.closeTo(3600, -1)]);
  });

  it('is a whole one again after an outage has ended', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour);
    acme.refresh = away;
    await outcome(browser);
    portal.clock.advance(50 * 60 * second);
    acme.reset();
    expect(await outcome(browser)).toEqual([200, expect.closeTo(3600, -1)]);
    portal.clock.advance(hour);
    acme.refresh = away;
    expect(await outcome(browser)).toEqual([200, expect.closeTo(480, -1)]);
    portal.clock.advance(50 * 60 * second);
    expect(await outcome(browser)).toEqual([200, expect.closeTo(480, -1)]);
  });

  it('goes on without a call for 30 seconds after a failure, and then calls again', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour);
    acme.refresh = away;
    await outcome(browser);
    expect(acme.refreshes).toHaveLength(1);
    portal.clock.advance(29 * second);
    expect(await outcome(browser)).toEqual([200, expect.closeTo(480, -1)]);
    expect(acme.refreshes).toHaveLength(1);
    portal.clock.advance(2 * second);
    expect(await outcome(browser)).toEqual([200, expect.closeTo(480, -1)]);
    expect(acme.refreshes).toHaveLength(2);
  });

  it('hands out the access token while it lives, for no longer than it lives, and never an expired one', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour - 100 * second);
    acme.refresh = away;
    const { body } = await portal.acmeRefresh(browser);
    expect(body.providerInfo).toMatchObject({ accessToken: 'acme-access-token' });
    expect(body.providerInfo?.expiresInSeconds).toBeLessThanOrEqual(100);
    expect(body.backstageIdentity?.expiresInSeconds).toBeCloseTo(480, -1);
    portal.clock.advance(100 * second);
    const { body: later } = await portal.acmeRefresh(browser);
    expect(later.providerInfo).toEqual({ scope: 'basic', expiresInSeconds: expect.closeTo(480, -1) });
  });

  it('is not given at a first sign-in, and leaves no session', async () => {
    for (const fail of [
      () => (acme.exchange = away),
      () => (catalog.goDown(), (acme.exchange = async () => Promise.resolve(grantOf()))),
    ]) {
      fail();
      const browser = new Browser();
      const { message } = await portal.acmeSignIn(browser);
      expect(message?.error?.name).toBe('ServiceUnavailableError');
      expect(message).not.toHaveProperty('response');
      expect(browser.cookies.size).toBe(0);
    }
  });

  it('covers a provider that ignores the signal: nobody waits beyond the budget of the request', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour);
    const { call, arrived } = createHungCall();
    acme.refresh = call;
    const budget = holdDeadline(15_000);
    const answer = outcome(browser);
    await arrived;
    budget.end();
    expect(await answer).toEqual([200, expect.closeTo(480, -1)]);
  });
});

describe('the provider is called', () => {
  it('only when the access token has no more than 200 s left', async () => {
    const browser = await signedIn();
    portal.clock.advance(hour - 210 * second);
    await outcome(browser);
    expect(acme.refreshes).toHaveLength(0);
    portal.clock.advance(11 * second);
    await outcome(browser);
    expect(acme.refreshes).toHaveLength(1);
  });

  it('when the access token does not cover the scopes asked for, and then with those of the sign-in as well', async () => {
    const browser = await signedIn();
    acme.refresh = async () => Promise.resolve(grantOf({ scopes: ['basic', 'repo'] }));
    await outcome(browser, 'basic');
    expect(acme.refreshes).toHaveLength(0);
    expect((await outcome(browser, 'repo'))[0]).toBe(200);
    expect(acme.refreshes[0]?.scopes).toEqual(['basic', 'repo']);
    await outcome(browser, 'repo basic');
    expect(acme.refreshes).toHaveLength(1);
  });

  it('at least hourly for a token without expiry', async () => {
    acme.exchange = async () => {
      const grant = grantOf();
      delete grant.tokens.expiresInSeconds;
      return Promise.resolve(grant);
    };
    acme.refresh = acme.exchange;
    const browser = await signedIn();
    portal.clock.advance(hour - 10 * second);
    await outcome(browser);
    expect(acme.refreshes).toHaveLength(0);
    portal.clock.advance(10 * second);
    await outcome(browser);
    expect(acme.refreshes).toHaveLength(1);
    await outcome(browser);
    expect(acme.refreshes).toHaveLength(1);
    portal.clock.advance(hour);
    acme.refresh = async () => Promise.reject(new ProviderAnswerInvalidError('signature'));
    await expectEnded(browser);
  });

  it('not for the resolvers: they run at every refresh, from the profile and result that were stored', async () => {
    const browser = await signedIn();
    await outcome(browser);
    expect(acme.refreshes).toHaveLength(0);
    const { profile, result, subject, issuer } = grantOf();
    expect(acme.witnessed).toEqual([{ profile, result, subject, issuer }]);

    acme.refresh = async () => Promise.resolve({ ...grantOf(), result: { login: 'renamed' } });
    portal.clock.advance(hour);
    await outcome(browser);
    await outcome(browser);
    expect(acme.witnessed.slice(1)).toMatchObject([
      { result: { login: 'renamed' } },
      { result: { login: 'renamed' } },
    ]);
  });
});

describe('logout', () => {
  it('waits five seconds at most for a provider that ignores the signal, and has ended the session before', async () => {
    const browser = await signedIn();
    const sessionToken = browser.cookies.get(cookieName)!;
    const { call, arrived } = createHungCall();
    acme.revoke = call;
    const deadline = holdDeadline(5000);
    const pending = portal.acmeLogout(browser);
    await arrived;
    const thief = new Browser();
    thief.cookies.set(cookieName, sessionToken);
    expect(await outcome(thief)).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    deadline.end();
    const answer = await pending;
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.setCookies[0]).toMatch(/^acme-refresh-token=; Max-Age=0;/);
  });

  it('ends the session when revocation throws', async () => {
    const browser = await signedIn();
    const sessionToken = browser.cookies.get(cookieName)!;
    acme.revoke = async () => Promise.reject(new Error('boom'));
    expect((await portal.acmeLogout(browser)).status).toBe(200);
    browser.cookies.set(cookieName, sessionToken);
    expect(await outcome(browser)).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  });
});

describe('shutdown', () => {
  it('finishes a refresh that is under way, the session written', async () => {
    const stopping = await startAcmePortal({ acme });
    const browser = new Browser();
    await stopping.acmeSignIn(browser);
    stopping.clock.advance(hour);
    let answerProvider: () => void = () => undefined;
    const arrived = new Promise<void>((arrive) => {
      acme.refresh = async () => {
        arrive();
        await new Promise<void>((resolve) => (answerProvider = resolve));
        return grantOf({ accessToken: 'renewed' });
      };
    });
    const pending = stopping.acmeRefresh(browser);
    await arrived;
    const stopped = stopping.stop();
    answerProvider();
    const { answer, body } = await pending;
    expect([answer.status, body.providerInfo?.accessToken]).toEqual([200, 'renewed']);
    await stopped;
  });
});

/** As a client of such a service is: a class with what it needs for itself. */
class ServiceKey implements ActiveSigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly #inner: ActiveSigningKey;

  constructor(
    inner: ActiveSigningKey,
    private readonly isAway: () => boolean,
  ) {
    this.kid = inner.kid;
    this.algorithm = inner.algorithm;
    this.#inner = inner;
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    if (this.isAway()) throw new Error('the key management service is away');
    return this.#inner.sign(data);
  }
}

describe('keys of an outside key management service', () => {
  it('sign without telling their private half, and no session ends while they cannot', async () => {
    const keys = createFixedKeys([{ kid: 'kms', algorithm: 'ES256', ...generateSigningKey('ES256') }]);
    let isAway = false;
    const portal = await startAcmePortal({
      acme,
      catalog,
      features: [
        createServiceFactory({
          service: signingKeysServiceRef,
          deps: {},
          factory: () => ({
            ...keys,
            ready: async () => Promise.resolve(),
            active: () => new ServiceKey(keys.active(), () => isAway),
          }),
        }),
      ],
    });
    try {
      const browser = new Browser();
      await portal.acmeSignIn(browser);
      isAway = true;
      const { answer, body } = await portal.acmeRefresh(browser);
      expect([answer.status, body.error?.code]).toEqual([503, 'ERR_AUTH_UNAVAILABLE']);
      expect(answer.text).not.toContain('management service');
      isAway = false;
      portal.clock.advance(31 * second);
      const { body: afterwards } = await portal.acmeRefresh(browser);
      expect(decodeProtectedHeader(afterwards.backstageIdentity?.token ?? '')).toMatchObject({ kid: 'kms' });
    } finally {
      await portal.stop();
    }
  });
});
