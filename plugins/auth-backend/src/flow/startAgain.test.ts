/** A start on a living session: which scopes go out, and what the session covers afterwards. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { authProvidersExtensionPoint } from '@vestibule/plugin-auth-node';
import { Browser } from '../testing/browser.ts';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { appOrigin, readAnswerPage, startPortal, type Portal } from '../testing/portal.ts';

const basic = 'openid profile email';
let provider: ScriptedOpenIdProvider;
let portal: Portal;
beforeAll(async () => {
  provider = await startScriptedOpenIdProvider();
  portal = await startPortal({
    oidc: {
      metadataUrl: provider.metadataUrl,
      clientId: provider.clientId,
      clientSecret: provider.clientSecret ?? '',
      tokenSignedResponseAlg: 'RS256',
    },
  });
});
afterAll(async () => {
  await portal.stop();
  await provider.close();
});

/** The scopes for which a start sends the browser to the provider. */
async function askedFor(browser: Browser, scope: string): Promise<string> {
  const { headers } = await portal.start(browser, { scope });
  return new URL(headers.get('location') ?? '').searchParams.get('scope') ?? '';
}

async function signIn(browser: Browser, scope: string): Promise<string | undefined> {
  const { headers } = await portal.start(browser, { scope });
  const { search } = await provider.authorize(headers.get('location') ?? '');
  const { text } = await browser.send(`${portal.base}/oidc/handler/frame${search}`);
  return readAnswerPage(text).message?.response?.providerInfo?.scope;
}

describe('a start on a living session of a provider that persists scopes', () => {
  it('asks for the scopes of now first, then for those granted before, each once', async () => {
    const browser = new Browser();
    await signIn(browser, `${basic} read:repo`);
    expect(await askedFor(browser, 'read:issues openid')).toBe(
      'read:issues openid profile email read:repo offline_access',
    );
  });

  it('makes a session that covers both, and a refresh for either needs no sign-in', async () => {
    const browser = new Browser();
    await signIn(browser, `${basic} read:repo`);
    expect((await portal.refresh(browser, { scope: 'read:issues' })).body?.error?.code).toBe(
      'ERR_AUTH_SCOPE_NOT_GRANTED',
    );
    const both = 'read:issues openid profile email read:repo offline_access';
    expect(await signIn(browser, 'read:issues')).toBe(both);
    for (const scope of ['read:repo', 'read:issues', `${basic} read:issues read:repo`]) {
      const { answer, body } = await portal.refresh(browser, { scope });
      expect([answer.status, body?.providerInfo?.scope]).toEqual([200, both]);
    }
  });

  it('asks for them whoever signs in then: the provider grants them to that person, or does not', async () => {
    const browser = new Browser();
    await signIn(browser, `${basic} read:repo`);
    const jane = provider.person;
    provider.person = { sub: 'omar-456', name: 'Omar', email: 'omar@example.com', email_verified: true };
    try {
      expect(await signIn(browser, basic)).toContain('read:repo');
      const { body } = await portal.refresh(browser);
      expect(body?.backstageIdentity?.identity.userEntityRef).toBe('user:default/omar');
    } finally {
      provider.person = jane;
    }
  });

  it.each<[string, (browser: Browser) => unknown]>([
    ['after sign-out', async (browser) => portal.logout(browser)],
    ['in another browser', (browser) => void browser.cookies.clear()],
    [
      'with a cookie that is no session token',
      (browser) =>
        void browser.cookies.set('oidc-refresh-token', { value: 'stolen', path: '/api/auth/oidc' }),
    ],
  ])('asks for what it is asked for alone %s', async (_, change) => {
    const browser = new Browser();
    await signIn(browser, `${basic} read:repo`);
    await change(browser);
    expect(await askedFor(browser, basic)).toBe(`${basic} offline_access`);
  });

  it('leaves out what the session has once that is more than an attempt can carry', async () => {
    const browser = new Browser();
    const many = Array.from({ length: 60 }, (_, index) => `a:rather:long:scope:${index}`).join(' ');
    await signIn(browser, many);
    expect(await askedFor(browser, basic)).toBe(`${basic} offline_access`);
  });
});

describe('a start on a living session', () => {
  it('of a provider that does not persist scopes asks for what it is asked for alone', async () => {
    const acme = createAcmeProvider();
    const started = await startAcmePortal({ acme });
    try {
      const browser = new Browser();
      const start = async (scope: string) =>
        browser.send(`${started.base}/acme/start?${new URLSearchParams({ env: 'development', scope })}`);
      await started.acmeSignIn(browser);
      const { headers } = await start('more');
      const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
      await browser.send(`${started.base}/acme/handler/frame?code=x&state=${state}`);
      expect(acme.exchanges.map(({ scopes }) => scopes)).toEqual([['basic'], ['more', 'basic']]);
    } finally {
      await started.stop();
    }
  });
});

/** Keeps the scopes of the last sign-in in a cookie, as Backstage's modules do, and tells what it read at the start. */
const hosted = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        type Request = IncomingMessage & { cookies: Record<string, string>; query: Record<string, string> };
        const finish = async (response: ServerResponse, text = '') =>
          Promise.resolve(void response.end(text));
        const message = { type: 'authorization_response', response: { profile: {}, providerInfo: {} } };
        providers.registerProvider({
          providerId: 'vendor',
          factory: () => ({
            async start(request, response) {
              const { query, cookies } = request as Request;
              const granted = cookies['vendor-granted-scope'] ?? '';
              const scope = encodeURIComponent(`${query['scope'] ?? ''} ${granted}`.trim());
              response.statusCode = 302;
              response.setHeader('Location', `https://vendor.example/a?state=theirs&scope=${scope}#x`);
              await finish(response);
            },
            async frameHandler(_request, response) {
              response.setHeader('Set-Cookie', ['vendor-refresh-token=r', 'vendor-granted-scope=one%20two']);
              await finish(response, `<script>x('${encodeURIComponent(JSON.stringify(message))}')</script>`);
            },
            refresh: async (_request, response) => finish(response, JSON.stringify(message.response)),
            logout: async (_request, response) => finish(response),
          }),
        });
      },
    });
  },
});

describe('a start of a hosted module', () => {
  it('sees the granted scopes that our session keeps for it; and its address keeps its encodings', async () => {
    const started = await startPortal({
      features: [hosted],
      auth: { providers: { vendor: { development: { clientId: 'x' } }, guest: {} } },
    });
    try {
      const browser = new Browser();
      const start = async () => {
        const query = new URLSearchParams({ env: 'development', origin: appOrigin, scope: 'three' });
        const { headers } = await browser.send(`${started.base}/vendor/start?${query}`);
        return headers.get('location') ?? '';
      };
      const first = await start();
      expect(first).toMatch(/^https:\/\/vendor\.example\/a\?scope=three&state=[\w-]+#x$/);
      const state = new URL(first).searchParams.get('state') ?? '';
      await browser.send(`${started.base}/vendor/handler/frame?code=x&state=${state}`);
      expect(await start()).toMatch(/^https:\/\/vendor\.example\/a\?scope=three%20one%20two&state=[\w-]+#x$/);
    } finally {
      await started.stop();
    }
  });
});
