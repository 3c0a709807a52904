/**
 * What the owner of a session asks for at a refresh never passes for an outage: the last good identity goes out again
 * only where nobody could say whether it still holds.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import {
  ProviderRefusedError,
  ProviderUnavailableError,
  authProvidersExtensionPoint,
  type AuthResolverContext,
} from '@vestibule/plugin-auth-node';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { createMemoryCatalog } from '../testing/memoryCatalog.ts';
import { appOrigin, readAnswerPage } from '../testing/portal.ts';

let refusal: (() => Error) | undefined;

/** As Backstage's modules do: an identity from the resolver context, their own page, and an error around every error. */
const hostedModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        const factory = ({ resolverContext }: { resolverContext: AuthResolverContext }) => {
          const answer = async () => ({
            profile: { email: 'jane@example.com' },
            providerInfo: { accessToken: 'their-access-token', scope: 'read', expiresInSeconds: 60 },
            backstageIdentity: await resolverContext.signInWithCatalogUser({ entityRef: { name: 'jane' } }),
          });
          const end = (response: ServerResponse, text: string) => void response.end(text);
          return {
            async start(_request: IncomingMessage, response: ServerResponse) {
              response.setHeader('Location', 'https://vendor.example/authorize?state=theirs');
              return Promise.resolve(end(response, ''));
            },
            async frameHandler(_request: IncomingMessage, response: ServerResponse) {
              const message = { type: 'authorization_response', response: await answer() };
              response.setHeader('Set-Cookie', 'vendor-refresh-token=first');
              end(response, `<script>x('${encodeURIComponent(JSON.stringify(message))}')</script>`);
            },
            async refresh(_request: IncomingMessage, response: ServerResponse) {
              const cause = refusal?.();
              if (cause) {
                const around = new Error(`Refresh failed; caused by ${String(cause)}`, { cause });
                throw Object.assign(around, { name: 'AuthenticationError' });
              }
              end(response, JSON.stringify(await answer()));
            },
            logout: async (_request: IncomingMessage, response: ServerResponse) =>
              Promise.resolve(end(response, '')),
          };
        };
        providers.registerProvider({ providerId: 'vendor', factory: factory });
      },
    });
  },
});

const acme = createAcmeProvider();
const catalog = createMemoryCatalog();
const everybody = catalog.entities;
let portal: Awaited<ReturnType<typeof startAcmePortal>>;
beforeAll(async () => {
  portal = await startAcmePortal({
    acme,
    catalog,
    features: [hostedModule],
    auth: { providers: { vendor: { development: { clientId: 'x' } } } },
  });
});
afterEach(() => {
  acme.reset();
  catalog.entities = everybody;
  refusal = undefined;
});
afterAll(async () => portal.stop());

it('a scope that the provider will not give is no outage, and who is gone stays out', async () => {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  catalog.entities = [];
  acme.refresh = async ({ scopes }) =>
    scopes.includes('nonsense')
      ? Promise.reject(new ProviderRefusedError('invalid_scope'))
      : Promise.resolve(grantOf());
  const wider = await portal.acmeRefresh(browser, 'nonsense');
  expect([wider.answer.status, wider.body.error?.code]).toEqual([401, 'ERR_AUTH_SCOPE_NOT_GRANTED']);
  expect(wider.body.backstageIdentity).toBeUndefined();
  const plain = await portal.acmeRefresh(browser);
  expect([plain.answer.status, plain.body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
});

it('a scope that the provider will not give ends no session', async () => {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  acme.refresh = async () => Promise.reject(new ProviderRefusedError('invalid_scope'));
  expect((await portal.acmeRefresh(browser, 'nonsense')).answer.status).toBe(401);
  acme.reset();
  const { body } = await portal.acmeRefresh(browser);
  expect(body.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
});

it.each<[string, () => Error]>([
  ['was not granted', () => new Error('Refresh failed, session has not been granted the requested scope')],
  [
    'its provider will not give',
    () => Object.assign(new Error('invalid_scope (unknown)'), { error: 'invalid_scope' }),
  ],
  [
    'its provider will not give, by passport',
    () => Object.assign(new Error('Failed'), { data: '{"error":"invalid_scope"}' }),
  ],
])('a scope at a hosted module that %s is no outage, and ends no session', async (_, make) => {
  const browser = new Browser();
  const query = new URLSearchParams({ env: 'development', origin: appOrigin });
  const { headers } = await browser.send(`${portal.base}/vendor/start?${query}`);
  const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
  const page = await browser.send(`${portal.base}/vendor/handler/frame?code=x&state=${state}`);
  expect(readAnswerPage(page.text).message?.response?.backstageIdentity).toBeDefined();
  const refresh = async (scope: string) => {
    const { status, text } = await browser.send(
      `${portal.base}/vendor/refresh?env=development&scope=${scope}`,
      {
        headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
      },
    );
    return [status, (JSON.parse(text) as { error?: { code: string } }).error?.code];
  };
  refusal = make;
  expect(await refresh('nonsense')).toEqual([401, 'ERR_AUTH_SCOPE_NOT_GRANTED']);
  refusal = undefined;
  expect(await refresh('')).toEqual([200, undefined]);
});

it('a scope that nobody granted gets no grace while the provider is away, nor in the pause after that', async () => {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  const wider = async () => {
    const { answer, body } = await portal.acmeRefresh(browser, 'nonsense');
    return [answer.status, body.error?.code];
  };
  acme.refresh = async () => Promise.reject(new ProviderUnavailableError('Acme is away.'));
  expect(await wider()).toEqual([401, 'ERR_AUTH_SCOPE_NOT_GRANTED']);
  expect(acme.refreshes).toHaveLength(1);
  // That was no outage yet: the next one is asked for the tokens that the session has.
  portal.clock.advance(3_500_000);
  const { answer, body } = await portal.acmeRefresh(browser);
  expect(answer.status).toBe(200);
  expect(body.backstageIdentity?.expiresInSeconds).toBeLessThanOrEqual(480);
  expect(acme.refreshes).toHaveLength(2);
  expect(await wider()).toEqual([401, 'ERR_AUTH_SCOPE_NOT_GRANTED']);
  expect(acme.refreshes).toHaveLength(2);
  portal.clock.reset();
});

it('what the provider proves at a refresh is not lost to another refresh that wrote down something else meanwhile', async () => {
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  acme.refresh = async () => {
    // The session is good for what this one asks; what it finds new are Jane's groups.
    catalog.entities = everybody.map((entity) => ({ ...entity, relations: [] }));
    expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
    catalog.entities = everybody;
    return { ...grantOf({ scopes: ['basic', 'more'] }), result: { login: 'renamed' } };
  };
  expect((await portal.acmeRefresh(browser, 'more')).answer.status).toBe(200);
  acme.witnessed.length = 0;
  expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
  expect(acme.witnessed).toMatchObject([{ result: { login: 'renamed' } }]);
});
