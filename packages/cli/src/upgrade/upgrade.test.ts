/**
 * What the released code left behind, under today's: its databases, and the cookies and tokens that people and programs hold.
 * The clock stands a minute after the release was stopped.
 */
import { createRootLogger } from '@vestibule/backend-defaults';
import { clockServiceRef, coreServices } from '@vestibule/backend-plugin-api';
import {
  createFrontEnd,
  type HttpBrowser,
  mockServices,
  readPopup,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { main } from '../main.ts';
import { freePort } from '../testing/vestibuleProcess.ts';
import { codeIn, redirectUrlOf } from './testing/actBeforeUpgrade.ts';
import {
  browserOf,
  inherit,
  releasedPortals,
  type BegunSignIn,
  type CookieJar,
  type InheritedDatabase,
  type ReleasedPortal,
} from './testing/fixture.ts';
import { lastingIssuer, lastingRefreshToken, startLastingProvider } from './testing/lastingProvider.ts';
import { callbackOfVendor } from './testing/logins.ts';
import { createOAuthProgram } from './testing/oauthProgram.ts';
import { createPortalBackend, portalEnvironment, writePortal } from './testing/upgradedPortal.ts';

const minute = 60_000;
const inherited = await Promise.all(
  releasedPortals.map(async (portal) => ({ portal, left: await inherit(portal) })),
);
afterAll(async () => Promise.all(inherited.map(async ({ left }) => left?.cleanup())));
const there = inherited.flatMap(({ portal, left }) => (left ? [{ ...portal, left }] : []));

/** Today's code on what was left. */
async function startToday(portal: ReleasedPortal, left: InheritedDatabase) {
  const { held, directory, database } = left;
  const clock = mockServices.clock(held.madeAt + minute);
  const idp = await startLastingProvider(clock);
  const { metadataUrl, clientId, clientSecret } = idp;
  const port = await freePort();
  const configFile = await writePortal({
    ...portal,
    directory,
    port,
    database,
    idp: { metadataUrl, issuer: lastingIssuer, clientId, clientSecret },
    // Nobody is there: a session is good for an hour without a word from GitHub.
    gitHubUrl: 'http://127.0.0.1:9',
  });
  const backend = createPortalBackend(configFile);
  backend.add(mockServices.factoryOf(clockServiceRef, clock));
  backend.add(mockServices.factoryOf(coreServices.rootLogger, createRootLogger({ write: () => undefined })));
  await backend.start();
  const url = `http://127.0.0.1:${port}`;
  const base = `${url}/api/auth`;
  const { origin } = new URL(portal.baseUrl);

  return {
    clock,
    idp,
    base,
    program: createOAuthProgram(base),

    /** The code of a refusal, or who it is and for how long. */
    async refresh(provider: string, browser: HttpBrowser, scope?: string) {
      const frontEnd = createFrontEnd({ url }, { provider, environment: portalEnvironment, origin });
      const { answer, response, error } = await frontEnd.refresh(browser, scope);
      return { status: answer.status, code: error?.code, response };
    },

    /** From the login, which the browser was sent to before the upgrade, to the page. */
    async finish(provider: string, { cookies, authorizationUrl }: BegunSignIn) {
      const browser = browserOf(cookies);
      const { href, search } = new URL(authorizationUrl);
      const callback =
        provider === 'vendor'
          ? callbackOfVendor(portal.baseUrl, new URL(href))
          : await idp.authorize(`${idp.issuer}/authorization${search}`);
      const { pathname, search: query } = new URL(callback);
      return { browser, answer: await browser.send(url + pathname + query) };
    },

    send: async (cookies: CookieJar, path: string) => browserOf(cookies).send(url + path),

    userInfo: async (token: string) =>
      fetch(`${base}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } }),

    async keySet() {
      return (await (await fetch(`${base}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
    },

    /** What `vestibule explain REFERENCE` prints on that day. */
    async explain(reference: string): Promise<string> {
      const today = jest.spyOn(Date, 'now').mockImplementation(clock.now);
      const written: string[] = [];
      const out = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
        written.push(String(chunk));
        return true;
      });
      try {
        await main(['explain', reference, '--config', configFile]);
      } finally {
        out.mockRestore();
        today.mockRestore();
      }
      return written.join('');
    },

    async stop() {
      await backend.stop();
      await idp.close();
    },
  };
}

/** Another character in the middle. */
function damaged(value: string): string {
  const at = Math.floor(value.length / 2);
  return value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
}

function damagedCookies(cookies: CookieJar): CookieJar {
  return Object.fromEntries(
    Object.entries(cookies).map(([name, { value, path }]) => [name, { value: damaged(value), path }]),
  );
}

const refreshTokensSent = ({ requests }: ScriptedOpenIdProvider) =>
  requests.flatMap(({ endpoint, form }) => (endpoint === 'token' ? [form.get('refresh_token')] : []));

describe.each(there)('after an upgrade from $name', ({ left, ...portal }) => {
  const { held } = left;
  let today: Awaited<ReturnType<typeof startToday>>;
  beforeAll(async () => {
    today = await startToday(portal, left);
  });
  afterAll(async () => today.stop());

  describe('a session', () => {
    it.each(['oidc', 'partners', 'github', 'vendor'] as const)("of '%s' goes on", async (provider) => {
      const browser = browserOf(held.sessions[provider]);
      for (const round of [1, 2]) {
        const { status, response } = await today.refresh(provider, browser);
        const { identity, expiresInSeconds } = response?.backstageIdentity ?? {};
        expect([round, status, identity?.userEntityRef]).toEqual([round, 200, 'user:default/jane']);
        expect(response?.profile).toMatchObject({ email: 'jane@example.com' });
        expect(identity?.ownershipEntityRefs).toEqual(['user:default/jane', 'group:default/team-a']);
        // 480 would be the last good identity, given out while a part is away.
        expect(expiresInSeconds).toBeGreaterThan(3000);
      }
    });

    it('whose access token runs out is renewed with the refresh token and scopes that were stored', async () => {
      const { response } = await today.refresh('oidc', browserOf(held.sessions.oidc));
      expect(refreshTokensSent(today.idp)).toEqual([lastingRefreshToken]);
      const scopes = ['email', 'offline_access', 'openid', 'profile'];
      expect(response?.providerInfo.scope?.split(' ').sort()).toEqual(scopes);
    });

    it('gives out the tokens of the provider that were stored', async () => {
      const { response } = await today.refresh('partners', browserOf(held.sessions.partners));
      const { expiresInSeconds: _, ...stored } = held.providerInfo;
      expect(stored).toMatchObject({ accessToken: expect.any(String), idToken: expect.any(String) });
      expect(response?.providerInfo).toMatchObject(stored);
    });

    it('is asked for again with the scopes it had, when its person signs in once more', async () => {
      const query = new URLSearchParams({ env: portalEnvironment, origin: new URL(portal.baseUrl).origin });
      const { headers } = await today.send(held.sessions.untouched, `/api/auth/oidc/start?${query}`);
      const { searchParams } = new URL(headers.get('location') ?? '');
      expect(searchParams.get('scope')?.split(' ')).toContain('groups');
    });

    it('of a hosted module gives it the refresh token it had stored, and stores the next', async () => {
      const browser = browserOf(held.sessions.vendor);
      const generation = async () => {
        const { response } = await today.refresh('vendor', browser);
        return Number(response?.providerInfo.accessToken?.replace('vendor-access-', ''));
      };
      const first = await generation();
      expect(first).toBeGreaterThan(0);
      expect(await generation()).toBe(first + 1);
    });

    it.each(['oidc', 'partners', 'github', 'vendor'] as const)(
      "of '%s' is opened by no other cookie, and covers no scope that was not granted",
      async (provider) => {
        const cookies = held.sessions[provider];
        const refused = await today.refresh(provider, browserOf(damagedCookies(cookies)));
        expect([refused.status, refused.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
        if (provider === 'vendor') return;
        const wider = await today.refresh(provider, browserOf(cookies), 'admin');
        expect([wider.status, wider.code]).toEqual([401, 'ERR_AUTH_SCOPE_NOT_GRANTED']);
      },
    );

    it('that was signed out before stays so', async () => {
      const { cookies, refused } = held.signedOut;
      const { status, code } = await today.refresh('oidc', browserOf(cookies));
      expect({ status, code }).toEqual(refused);
    });
  });

  describe('a sign-in that had begun', () => {
    it.each(['oidc', 'vendor'] as const)("with '%s' ends in a session", async (provider) => {
      const { browser, answer } = await today.finish(provider, held.begun[provider]);
      const { response, error } = readPopup(answer);
      expect(error).toBeUndefined();
      expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
      expect((await today.refresh(provider, browser)).status).toBe(200);

      const again = await today.finish(provider, held.begun[provider]);
      expect(readPopup(again.answer).error?.code).toBe('ERR_AUTH_ATTEMPT_REPLAYED');
    });

    it('without a popup leads to where it should', async () => {
      const { answer } = await today.finish('oidc', held.begun.redirect);
      expect([answer.status, answer.headers.get('location')]).toEqual([302, redirectUrlOf(portal.baseUrl)]);
    });

    it('needs its own cookie', async () => {
      const { cookies, authorizationUrl } = held.begun.redirect;
      const { browser, answer } = await today.finish('oidc', {
        cookies: damagedCookies(cookies),
        authorizationUrl,
      });
      expect(codeIn(answer.text)).toBe('ERR_AUTH_STATE_MISMATCH');
      expect(browser.cookies.has('oidc-refresh-token')).toBe(false);
    });

    it('does not end twice, at the release and today', async () => {
      const { cookies, path, refused } = held.spent;
      const { status, text } = await today.send(cookies, path);
      expect({ status, code: codeIn(text) }).toEqual(refused);
    });
  });

  describe('a token', () => {
    it.each(['oidc', 'vendor', 'guest'] as const)("of '%s' verifies", async (provider) => {
      const token = held.userTokens[provider];
      const keys = createLocalJWKSet(await today.keySet());
      const currentDate = new Date(today.clock.now());
      const verified = await jwtVerify(token, keys, { currentDate, typ: 'vnd.backstage.user' });
      const subject = provider === 'guest' ? 'user:default/visitor' : 'user:default/jane';
      expect(verified.payload.sub).toBe(subject);
      const answer = await today.userInfo(token);
      const ent = provider === 'guest' ? [subject] : [subject, 'group:default/team-a'];
      expect([answer.status, await answer.json()]).toMatchObject([200, { claims: { sub: subject, ent } }]);
      expect((await today.userInfo(damaged(token))).status).toBe(401);
    });

    it('is signed with the key that was there', async () => {
      const { response } = await today.refresh('partners', browserOf(held.sessions.partners));
      const { kid } = decodeProtectedHeader(response?.backstageIdentity?.token ?? '');
      expect(kid).toBe(decodeProtectedHeader(held.userTokens.oidc).kid);
      expect((await today.keySet()).keys.map((key) => key.kid)).toContain(kid);
    });
  });

  describe('a program that acts for a user', () => {
    const { client, refreshToken, replacedRefreshToken, successorRefreshToken, code, handle } = held.program;

    it('refreshes its tokens', async () => {
      const wrong = await today.program.refresh(client, damaged(refreshToken));
      expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_grant']);
      const { status, body } = await today.program.refresh(client, refreshToken);
      expect([status, body['token_type']]).toEqual([200, 'Bearer']);
      expect((await today.program.refresh(client, body['refresh_token'] ?? '')).status).toBe(200);
    });

    // RFC 9700 section 4.14.2: one of the two who have it is a thief.
    it('loses what took the place of a refresh token that comes a second time', async () => {
      for (const token of [replacedRefreshToken, successorRefreshToken]) {
        const { status, body } = await today.program.refresh(client, token);
        expect([status, body['error']]).toEqual([400, 'invalid_grant']);
      }
    });

    it('redeems the code it had got, once', async () => {
      const unproven = await today.program.exchange({ ...client, client_secret: 'another' }, code);
      expect([unproven.status, unproven.body['error']]).toEqual([401, 'invalid_client']);
      expect((await today.program.exchange(client, code)).status).toBe(200);
      expect((await today.program.exchange(client, code)).status).toBe(400);
    });

    it('gets a code for the request that was not decided yet', async () => {
      const given = await today.program.approve(handle, held.userTokens.oidc);
      expect((await today.program.exchange(client, given)).status).toBe(200);
    });
  });

  it('is explained how sign-ins ended before', async () => {
    const refused = await today.explain(held.refusedReference);
    for (const part of [held.refusedReference, 'oidc', 'ERR_RESOLVER_NO_MATCH', 'ERR_USER_NOT_FOUND'])
      expect(refused).toContain(part);
    const allowed = await today.explain(held.allowedReference);
    for (const part of [held.allowedReference, 'oidc', 'user:default/jane']) expect(allowed).toContain(part);
  });

  it('an hour later has ended what ends by itself, and goes on with the rest', async () => {
    today.clock.advance(60 * minute);
    const short = await today.refresh('partners', browserOf(held.sessions.partners));
    expect([short.status, short.code]).toEqual([401, 'ERR_AUTH_SESSION_NOT_RENEWABLE']);
    const { answer } = await today.finish('vendor', held.begun.vendor);
    expect(codeIn(answer.text)).toBe('ERR_AUTH_ATTEMPT_EXPIRED');
    expect((await today.userInfo(held.userTokens.oidc)).status).toBe(401);

    expect((await today.refresh('oidc', browserOf(held.sessions.oidc))).status).toBe(200);
    today.idp.scripts.token = () => 'reset';
    // While the provider is away: the last good identity, as the released code stored it.
    const { response } = await today.refresh('oidc', browserOf(held.sessions.untouched));
    const { identity, expiresInSeconds } = response?.backstageIdentity ?? {};
    expect([identity?.userEntityRef, expiresInSeconds]).toEqual(['user:default/jane', 480]);
  });
});
