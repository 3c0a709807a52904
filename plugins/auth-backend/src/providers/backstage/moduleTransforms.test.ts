/** Profile transforms that modules added, for hosted Backstage modules. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import {
  authProfileTransformExtensionPoint,
  authProvidersExtensionPoint,
  type AuthResolverContext,
  type ProfileTransformContext,
} from '@vestibule/plugin-auth-node';
import { Browser } from '../../testing/browser.ts';
import { moduleHandlers, hostedLogout } from '../../testing/hostedHandlers.ts';
import { createMemoryCatalog } from '../../testing/memoryCatalog.ts';
import { appOrigin, readAnswerPage, startPortal, type ErrorBody, type Portal } from '../../testing/portal.ts';

const profile = { email: 'jane@example.com', displayName: 'Jane Doe' };
const providerInfo = { accessToken: 'their-access-token', scope: 'read', expiresInSeconds: 60 };
const initials = { email: 'jane@example.com', displayName: 'J. D.' };
let given: unknown[] = [];
let isWelcome = true;
let isAway = false;

function shorten(result: unknown, context: ProfileTransformContext) {
  given.push({ result, profile: context.profile });
  if (!isWelcome) return context.deny('left the company');
  return { profile: { ...context.profile, displayName: 'J. D.' } };
}

const hostedModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint, transforms: authProfileTransformExtensionPoint },
      init({ providers, transforms }) {
        const make = ({ resolverContext }: { resolverContext: AuthResolverContext }) => {
          const answer = async () => {
            if (isAway) throw new Error('connect ECONNREFUSED');
            const backstageIdentity = await resolverContext.signInWithCatalogUser({
              entityRef: { name: 'jane' },
            });
            return { profile, providerInfo, backstageIdentity };
          };
          return moduleHandlers(answer);
        };
        providers.registerProvider({
          providerId: 'vendor',
          factory: (options: { resolverContext: AuthResolverContext }) => ({
            ...make(options),
            logout: hostedLogout,
          }),
        });
        providers.registerProvider({ providerId: 'sidecar', factory: make });
        transforms.add({ provider: '*', name: 'initials', transform: shorten });
      },
    });
  },
});

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({
    features: [hostedModule],
    catalog: createMemoryCatalog(),
    auth: { providers: { vendor: { development: { clientId: 'x' } }, sidecar: {} } },
  });
});
afterEach(() => {
  given = [];
  isWelcome = true;
  isAway = false;
});
afterAll(async () => portal.stop());

async function signIn(browser: Browser) {
  const started = await browser.send(`${portal.base}/vendor/start?env=development&origin=${appOrigin}`);
  const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = await browser.send(`${portal.base}/vendor/handler/frame?code=x&state=${state}`);
  return readAnswerPage(answer.text).message;
}

async function refresh(browser: Browser, path = 'vendor/refresh?env=development') {
  const answer = await browser.send(`${portal.base}/${path}`, {
    headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
  });
  return { status: answer.status, body: JSON.parse(answer.text) as ErrorBody & { profile?: object } };
}

describe('a profile transform, at a login by a hosted Backstage module', () => {
  it('makes what the person sees, at sign-in, at every refresh and while the provider is away', async () => {
    const browser = new Browser();
    expect((await signIn(browser))?.response?.profile).toEqual(initials);
    expect((await refresh(browser)).body.profile).toEqual(initials);
    // Each time it starts from the module's own profile.
    expect(given).toEqual([
      { result: { providerInfo }, profile },
      { result: { providerInfo }, profile },
    ]);
    isAway = true;
    expect((await refresh(browser)).body.profile).toEqual(initials);
  });

  it('refuses a sign-in, and ends a session at its next refresh', async () => {
    const browser = new Browser();
    await signIn(browser);
    isWelcome = false;
    const ended = await refresh(browser);
    expect([ended.status, ended.body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    const message = await signIn(new Browser());
    expect([message?.error?.code, message?.response]).toEqual(['ERR_PROFILE_DENIED', undefined]);
  });

  it('counts for one of the proxy type, too', async () => {
    const welcome = await refresh(new Browser(), 'sidecar/refresh');
    expect([welcome.status, welcome.body.profile]).toEqual([200, initials]);
    isWelcome = false;
    const denied = await refresh(new Browser(), 'sidecar/refresh');
    expect([denied.status, denied.body.error?.code]).toEqual([403, 'ERR_PROFILE_DENIED']);
  });

  it('is told at start', () => {
    expect(portal.logs.join('')).toContain(
      'sign-in provider vendor (development): profile transforms: initials (module); Backstage module, hosted',
    );
  });
});
