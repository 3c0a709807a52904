import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { createBackendModule, type JsonObject } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { authProvidersExtensionPoint } from '@vestibule/plugin-auth-node';
import { Browser } from '../../testing/browser.ts';
import {
  appOrigin,
  readAnswerPage,
  startIdentityProvider,
  startPortal,
  type ErrorBody,
  type Portal,
} from '../../testing/portal.ts';

let logoutAnswer: unknown;

/** As Backstage's modules of the OAuth type do: a popup page, a refresh cookie, and perhaps a place to go at logout. */
const module = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        const answer = { profile: {}, providerInfo: { accessToken: 'theirs', scope: '' } };
        const message = { type: 'authorization_response', response: answer };
        const factory = () => ({
          async start(_request: IncomingMessage, response: ServerResponse) {
            response.statusCode = 302;
            response.setHeader('Location', 'https://vendor.example/authorize?state=theirs');
            await Promise.resolve(void response.end());
          },
          async frameHandler(_request: IncomingMessage, response: ServerResponse) {
            response.setHeader('Set-Cookie', 'vendor-refresh-token=first');
            const page = `<script>x('${encodeURIComponent(JSON.stringify(message))}')</script>`;
            await Promise.resolve(void response.end(page));
          },
          refresh: async (_request: IncomingMessage, response: ServerResponse) =>
            Promise.resolve(void response.end(JSON.stringify(answer))),
          logout: async (_request: IncomingMessage, response: ServerResponse) =>
            Promise.resolve(
              void response.end(logoutAnswer === undefined ? '' : JSON.stringify(logoutAnswer)),
            ),
        });
        providers.registerProvider({ providerId: 'vendor', factory });
      },
    });
  },
});

let idp: DevIdpServer;
const portals: Portal[] = [];
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
});
afterEach(async () => {
  logoutAnswer = undefined;
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});
afterAll(async () => idp.stop());

async function start(settings: JsonObject = {}): Promise<Portal> {
  const portal = await startPortal({
    idp,
    features: [module],
    auth: { providers: { vendor: { development: { clientId: 'x', ...settings } }, guest: {} } },
  });
  portals.push(portal);
  return portal;
}

async function signIn(portal: Portal, browser: Browser) {
  const started = await browser.send(`${portal.base}/vendor/start?env=development&origin=${appOrigin}`);
  const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = await browser.send(`${portal.base}/vendor/handler/frame?code=x&state=${state}`);
  expect(readAnswerPage(answer.text).message?.error).toBeUndefined();
  return answer;
}

async function call(portal: Portal, browser: Browser, route: 'refresh' | 'logout') {
  return browser.send(`${portal.base}/vendor/${route}?env=development`, {
    method: route === 'logout' ? 'POST' : 'GET',
    headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
  });
}

const day = 86_400_000;

describe('the session of a hosted module', () => {
  it('ends after sessionDuration of its environment', async () => {
    const portal = await start({ sessionDuration: { days: 2 } });
    const browser = new Browser();
    const { setCookies } = await signIn(portal, browser);
    expect(setCookies.find((line) => line.startsWith('vendor-refresh-token='))).toContain(
      '; Max-Age=172800;',
    );
    portal.clock.advance(2 * day - 10_000);
    expect((await call(portal, browser, 'refresh')).status).toBe(200);
    portal.clock.advance(10_000);
    const after = await call(portal, browser, 'refresh');
    expect((JSON.parse(after.text) as ErrorBody).error?.code).toBe('ERR_AUTH_SESSION_ENDED');
  });

  it.each([{}, { sessionDuration: { days: 4000 } }])('lasts 400 days at most, with %j', async (settings) => {
    const { setCookies } = await signIn(await start(settings), new Browser());
    expect(setCookies.find((line) => line.startsWith('vendor-refresh-token='))).toContain(
      '; Max-Age=34560000;',
    );
  });

  it('is not begun by a provider whose sessionDuration is none', async () => {
    const portal = await start({ sessionDuration: 'soon' });
    expect(portal.logs.join('')).toContain('auth.providers.vendor.development.sessionDuration');
    expect((await fetch(`${portal.base}/vendor/start?env=development`)).status).toBe(404);
  });
});

describe('a logout with a hosted module', () => {
  it.each(['https://vendor.example/v2/logout?client_id=x', 'http://localhost:9000/logout'])(
    'tells the front end to go on to %s, and ends the session',
    async (logoutUrl) => {
      const portal = await start();
      const browser = new Browser();
      await signIn(portal, browser);
      logoutAnswer = { logoutUrl, more: 'words' };
      const { status, text } = await call(portal, browser, 'logout');
      expect([status, JSON.parse(text)]).toEqual([200, { logoutUrl }]);
      expect(browser.cookies.has('vendor-refresh-token')).toBe(false);
      expect((await call(portal, browser, 'refresh')).status).toBe(401);
    },
  );

  it.each(['http://vendor.example/logout', 'javascript:alert(1)', '/logout', 7, undefined])(
    'is empty where the module names %p',
    async (logoutUrl) => {
      const portal = await start();
      const browser = new Browser();
      await signIn(portal, browser);
      logoutAnswer = { logoutUrl };
      const { status, text, headers } = await call(portal, browser, 'logout');
      expect([status, text, headers.get('content-type')]).toEqual([200, '', null]);
    },
  );
});
