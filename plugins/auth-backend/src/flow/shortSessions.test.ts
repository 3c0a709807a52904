/** Sessions that end with their access token: what is said at their beginning, and at their end. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { authProvidersExtensionPoint, type SignInRecord } from '@vestibule/plugin-auth-node';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { hostedLogout } from '../testing/hostedHandlers.ts';
import { appOrigin, startPortal, type ErrorBody } from '../testing/portal.ts';

const day = 86_400;
const advice = 'Add forever to auth.providers.acme.development.additionalScopes.';
const acme = createAcmeProvider({
  refreshTokenAdvice: ({ path }) => `Add forever to ${path}.additionalScopes.`,
});
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  portal = await startAcmePortal({ acme });
});
afterAll(async () => portal.stop());
afterEach(() => {
  acme.reset();
  portal.clock.reset();
  portal.logs.length = 0;
});

function withoutRefreshToken(expiresInSeconds?: number) {
  const tokens = { accessToken: 'acme-access-token', tokenType: 'bearer' };
  acme.exchange = async () =>
    Promise.resolve({
      ...grantOf(),
      tokens: expiresInSeconds === undefined ? tokens : { ...tokens, expiresInSeconds },
    });
}

/** What `vestibule explain` prints. */
async function explained(reference: string): Promise<{ decision: SignInRecord; text: string }> {
  const answer = await fetch(`${portal.base}/v1/decisions/${reference}`);
  return (await answer.json()) as { decision: SignInRecord; text: string };
}

const told = (text: string) => portal.logs.filter((line) => line.includes(text));

describe('a sign-in without a refresh token', () => {
  it('says that the session ends with its access token: once in the log, and in every record', async () => {
    withoutRefreshToken(900);
    for (let time = 0; time < 2; time += 1) await portal.acmeSignIn(new Browser());
    expect(told('sessions of acme (development) end with their access token, after 900 s')).toEqual([
      expect.stringContaining(advice),
    ]);
    expect(told('"shortSession"')).toHaveLength(2);
    expect(told('"shortSession"')[0]).toContain(JSON.stringify({ seconds: 900, advice }));
  });

  it('keeps the session token for a day longer, so that its end can be told apart', async () => {
    withoutRefreshToken(900);
    const { answer } = await portal.acmeSignIn(new Browser());
    expect(answer.setCookies.find((line) => line.startsWith('acme-refresh-token='))).toContain(
      `; Max-Age=${900 + day};`,
    );
  });

  it('keeps it so, too, where the session is as long as the access token by its own settings', async () => {
    const short = await startAcmePortal({ acme, settings: { sessionDuration: { minutes: 15 } } });
    try {
      withoutRefreshToken(900);
      const { answer } = await short.acmeSignIn(new Browser());
      const cookie = answer.setCookies.find((line) => line.startsWith('acme-refresh-token='));
      expect(cookie).toContain(`; Max-Age=${900 + day};`);
    } finally {
      await short.stop();
    }
  });

  it('says nothing where the access token does not end', async () => {
    withoutRefreshToken();
    const { answer } = await portal.acmeSignIn(new Browser());
    expect(answer.setCookies.find((line) => line.startsWith('acme-refresh-token='))).toContain(
      `; Max-Age=${400 * day};`,
    );
    expect(told('"shortSession"')).toEqual([]);
  });
});

describe('the end of such a session', () => {
  it('is a 401 that says why, in its code, in the log and in the record', async () => {
    withoutRefreshToken(900);
    const browser = new Browser();
    await portal.acmeSignIn(browser);
    portal.clock.advance(899_000);
    expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
    portal.clock.advance(1000);
    portal.logs.length = 0;
    const { answer, body } = await portal.acmeRefresh(browser);
    expect([answer.status, body.error]).toMatchObject([
      401,
      {
        name: 'AuthenticationError',
        code: 'ERR_AUTH_SESSION_NOT_RENEWABLE',
        message: 'The session has ended. Please sign in again.',
        reference: expect.stringMatching(/^[0-9a-f]{10}$/),
      },
    ]);
    expect(answer.text).not.toContain('additionalScopes');
    expect(browser.cookies.has('acme-refresh-token')).toBe(false);
    const [line = ''] = told("refresh with 'acme' refused: ERR_AUTH_SESSION_NOT_RENEWABLE");
    expect(line).toContain(advice);
    const { reference } = JSON.parse(answer.text).error as { reference: string };
    const { text } = await explained(reference);
    expect(text).toContain("refresh with 'acme' (development) refused: ERR_AUTH_SESSION_NOT_RENEWABLE");
    expect(text.replaceAll(/\s+[│└├─ ]*/g, ' ')).toContain(advice);
  });

  it('is told once: then there is nothing any more, as after any other end', async () => {
    withoutRefreshToken(900);
    const browser = new Browser();
    await portal.acmeSignIn(browser);
    const sessionToken = browser.cookies.get('acme-refresh-token');
    portal.clock.advance(900_000);
    await portal.acmeRefresh(browser);
    if (sessionToken) browser.cookies.set('acme-refresh-token', sessionToken);
    expect((await portal.acmeRefresh(browser)).body.error?.code).toBe('ERR_AUTH_SESSION_ENDED');
  });

  it('is forgotten after a day', async () => {
    withoutRefreshToken(900);
    const browser = new Browser();
    await portal.acmeSignIn(browser);
    portal.clock.advance(900_000 + day * 1000 + 1);
    // Whoever signs in next clears up.
    await portal.acmeSignIn(new Browser());
    expect((await portal.acmeRefresh(browser)).body.error?.code).toBe('ERR_AUTH_SESSION_ENDED');
  });
});

/** As Backstage's: without a refresh token there is no refresh cookie, and a refresh finds none. */
const hosted = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        const finish = async (response: ServerResponse, text = '') =>
          Promise.resolve(void response.end(text));
        const response = { profile: {}, providerInfo: { accessToken: 'theirs', expiresInSeconds: 600 } };
        const page = encodeURIComponent(JSON.stringify({ type: 'authorization_response', response }));
        providers.registerProvider({
          providerId: 'vendor',
          factory: () => ({
            async start(_request: IncomingMessage, answer: ServerResponse) {
              answer.statusCode = 302;
              answer.setHeader('Location', 'https://vendor.example/authorize?state=theirs');
              await finish(answer);
            },
            frameHandler: async (_request, answer) => finish(answer, `<script>x('${page}')</script>`),
            refresh: async () => {
              const cause = Object.assign(new Error('Missing session cookie'), { name: 'InputError' });
              return Promise.reject(
                Object.assign(new Error('Refresh failed', { cause }), { name: 'AuthenticationError' }),
              );
            },
            logout: hostedLogout,
          }),
        });
      },
    });
  },
});

it('a hosted module without a refresh token says so, too', async () => {
  const started = await startPortal({
    features: [hosted],
    auth: { providers: { vendor: { development: { clientId: 'x' } }, guest: {} } },
  });
  try {
    const browser = new Browser();
    const begun = await browser.send(`${started.base}/vendor/start?env=development&origin=${appOrigin}`);
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    await browser.send(`${started.base}/vendor/handler/frame?code=x&state=${state}`);
    const log = started.logs.join('');
    expect(log).toContain('sessions of vendor (development) end with their access token, after 600 s');
    expect(log).toContain('offline_access under auth.providers.vendor.<environment>.additionalScopes');
    const refused = await browser.send(`${started.base}/vendor/refresh?env=development`, {
      headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
    });
    expect([refused.status, (JSON.parse(refused.text) as ErrorBody).error?.code]).toEqual([
      401,
      'ERR_AUTH_SESSION_NOT_RENEWABLE',
    ]);
  } finally {
    await started.stop();
  }
});
