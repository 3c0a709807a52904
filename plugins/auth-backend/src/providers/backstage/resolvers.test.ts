/** Resolvers that modules added, for a hosted Backstage module. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule, type Config, type JsonObject } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import {
  authProvidersExtensionPoint,
  signInResolverExtensionPoint,
  type AuthResolverContext,
  type SignInInfo,
} from '@vestibule/plugin-auth-node';
import { Browser } from '../../testing/browser.ts';
import { moduleHandlers, hostedLogout } from '../../testing/hostedHandlers.ts';
import {
  appOrigin,
  readAnswerPage,
  startIdentityProvider,
  startPortal,
  type ErrorBody,
  type Portal,
} from '../../testing/portal.ts';

const profile = { email: 'jane@example.com' };
const providerInfo = { accessToken: 'their-access-token', scope: 'read' };
let seen: unknown[] = [];
let verdict: 'jane' | 'pass' | 'deny' = 'jane';
let theirResolverRuns = 0;

/** As Backstage's `createOAuthProviderFactory`: it refuses the name of a resolver that is not its own. */
function theirFactory({ config, resolverContext }: { config: Config; resolverContext: AuthResolverContext }) {
  const names = (config.getConfig('development').getOptionalConfigArray('signIn.resolvers') ?? []).map(
    (entry) => entry.getString('resolver'),
  );
  const unknown = names.find((name) => name !== 'theirs');
  if (unknown !== undefined) throw new Error(`Sign-in resolver '${unknown}' is not available`);
  if (JSON.stringify(config.get()).includes('acme')) throw new Error('the names of added resolvers are seen');
  const answer = async () => {
    if (names.length === 0) return { profile, providerInfo };
    theirResolverRuns += 1;
    const backstageIdentity = await resolverContext.signInWithCatalogUser({ entityRef: { name: 'omar' } });
    return { profile, providerInfo, backstageIdentity };
  };
  return { ...moduleHandlers(answer), logout: hostedLogout };
}

/** As `createProxyAuthProviderFactory`, which refuses to be without a resolver, be it in code or in config. */
function theirProxyFactory(hasOneInCode: boolean) {
  return (options: { providerId: string; config: Config; resolverContext: AuthResolverContext }) => {
    const { providerId, config, resolverContext } = options;
    if (JSON.stringify(config.get()).includes('acme'))
      throw new Error('the names of added resolvers are seen');
    if (!hasOneInCode && !config.has('signIn.resolvers'))
      throw new Error(`No sign-in resolver configured for proxy auth provider '${providerId}'`);
    const refuse = async () => Promise.reject(new Error('Not implemented'));
    return {
      start: refuse,
      frameHandler: refuse,
      async refresh(_request: IncomingMessage, response: ServerResponse) {
        const backstageIdentity = await resolverContext.signInWithCatalogUser({
          entityRef: { name: 'omar' },
        });
        response.end(JSON.stringify({ profile, providerInfo, backstageIdentity }));
      },
    };
  };
}

interface AnswerBody {
  backstageIdentity?: { identity: { userEntityRef: string } };
}

const vendor = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        providers.registerProvider({ providerId: 'vendor', factory: theirFactory });
        providers.registerProvider({ providerId: 'sidecar', factory: theirProxyFactory(true) });
        providers.registerProvider({ providerId: 'declared', factory: theirProxyFactory(false) });
      },
    });
  },
});

const acme = (provider: string) =>
  createBackendModule({
    pluginId: 'auth',
    moduleId: 'acme-sign-in',
    register({ registerInit }) {
      registerInit({
        deps: { resolvers: signInResolverExtensionPoint },
        init({ resolvers }) {
          resolvers.add({
            provider,
            name: 'acme',
            async resolver(info: SignInInfo, context: AuthResolverContext) {
              seen.push(info);
              if (verdict === 'pass') return context.pass('not known');
              if (verdict === 'deny') return context.deny('not today');
              return context.signInWithCatalogUser({ entityRef: { name: 'jane' } });
            },
          });
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
  seen = [];
  verdict = 'jane';
  theirResolverRuns = 0;
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});
afterAll(async () => idp.stop());

async function start(
  settings: JsonObject,
  {
    provider = 'vendor',
    block,
    ...others
  }: { provider?: string; block?: JsonObject; sidecar?: JsonObject; declared?: JsonObject } = {},
): Promise<Portal> {
  const portal = await startPortal({
    idp,
    features: [vendor, acme(provider)],
    auth: {
      providers: { vendor: block ?? { development: { clientId: 'x', ...settings } }, ...others, guest: {} },
    },
  });
  portals.push(portal);
  return portal;
}

const signedInBy = (...resolvers: string[]): JsonObject => ({
  signIn: { resolvers: resolvers.map((resolver) => ({ resolver })) },
});

async function signIn(portal: Portal, browser = new Browser()) {
  const started = await browser.send(`${portal.base}/vendor/start?env=development&origin=${appOrigin}`);
  const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = await browser.send(`${portal.base}/vendor/handler/frame?code=x&state=${state}`);
  return readAnswerPage(answer.text).message;
}

async function refresh(portal: Portal, browser: Browser) {
  const answer = await browser.send(`${portal.base}/vendor/refresh?env=development`, {
    headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
  });
  return { status: answer.status, body: JSON.parse(answer.text) as ErrorBody };
}

describe('a resolver that a module added for a hosted Backstage module', () => {
  it.each([
    ['is named in config', signedInBy('acme')],
    ['stands alone, without any in config', {}],
  ])('decides where it %s, at sign-in and at every refresh', async (_where, settings) => {
    const portal = await start(settings);
    const browser = new Browser();
    const message = await signIn(portal, browser);
    expect(message?.response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    expect(message?.response?.providerInfo).toEqual(providerInfo);
    expect(seen).toEqual([{ profile, result: { providerInfo } }]);

    expect((await refresh(portal, browser)).status).toBe(200);
    expect(seen).toHaveLength(2);
    verdict = 'deny';
    const denied = await refresh(portal, browser);
    expect([denied.status, denied.body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    expect(theirResolverRuns).toBe(0);
    expect(portal.logs.join('')).not.toContain('are not asked');
  });

  it('may be one for any provider, where config names it', async () => {
    const portal = await start(signedInBy('acme'), { provider: '*' });
    expect((await signIn(portal))?.response?.backstageIdentity?.identity.userEntityRef).toBe(
      'user:default/jane',
    );
  });

  it('goes on to the next in the list, which may be one that every provider has', async () => {
    verdict = 'pass';
    const portal = await start(signedInBy('acme', 'emailMatchingUserEntityProfileEmail'));
    expect((await signIn(portal))?.response?.backstageIdentity?.identity.userEntityRef).toBe(
      'user:default/jane',
    );
    expect(portal.logs.join('')).toContain(
      'sign-in provider vendor (development): resolvers: acme (config), then emailMatchingUserEntityProfileEmail (config)',
    );
  });

  it('signs nobody in who does not pass the gates', async () => {
    const portal = await start({ ...signedInBy('acme'), allow: { users: ['user:default/omar'] } });
    expect((await signIn(portal))?.error?.code).toBe('ERR_GATE_USER');
  });

  it("leaves the module's own alone where config names those, and that is said", async () => {
    const portal = await start(signedInBy('theirs'));
    expect((await signIn(portal))?.response?.backstageIdentity?.identity.userEntityRef).toBe(
      'user:default/omar',
    );
    expect(seen).toEqual([]);
    expect(portal.logs.join('')).toContain("added for 'vendor' are not asked: acme");
  });

  it('does not run where config lists none', async () => {
    const message = await signIn(await start(signedInBy()));
    expect([message?.error, message?.response?.backstageIdentity, seen]).toEqual([undefined, undefined, []]);
  });

  it("is a fault beside one of the module's own", async () => {
    const portal = await start(signedInBy('acme', 'theirs'));
    const log = portal.logs.join('');
    expect(log).toContain(
      "auth.providers.vendor.development.signIn.resolvers[1].resolver names 'theirs', which is no sign-in resolver of 'vendor'",
    );
    expect(log).toContain(
      'Beside resolvers that were added, those of the hosted Backstage module are not asked.',
    );
  });

  it('is a fault beside the environments', async () => {
    const portal = await start({}, { block: { development: { clientId: 'x' }, ...signedInBy('acme') } });
    expect(portal.logs.join('')).toContain(
      "auth.providers.vendor.signIn.resolvers[0].resolver names 'acme' beside the environments, where it decides nothing",
    );
  });
});

describe('a resolver that a module added for a hosted Backstage module of the proxy type', () => {
  const email = { headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin } };
  const come = async (portal: Portal, provider = 'sidecar') => {
    const answer = await new Browser().send(`${portal.base}/${provider}/refresh`, email);
    return { status: answer.status, body: JSON.parse(answer.text) as ErrorBody & AnswerBody };
  };

  it.each([
    ['is named in config', signedInBy('acme')],
    ['stands alone, without any in config', {}],
  ])("decides where it %s, over the module's own in code", async (_where, block) => {
    const portal = await start({}, { provider: 'sidecar', sidecar: block });
    const { status, body } = await come(portal);
    expect([status, body.backstageIdentity?.identity.userEntityRef]).toEqual([200, 'user:default/jane']);
    expect(seen).toEqual([{ profile, result: { providerInfo } }]);
    expect(portal.logs.join('')).toContain('sign-in provider sidecar: resolvers: acme');

    verdict = 'deny';
    const denied = await come(portal);
    expect([denied.status, denied.body.error?.code]).toEqual([403, 'ERR_RESOLVER_DENIED']);
  });

  it("leaves the module's own alone where config names those, and that is said", async () => {
    const portal = await start({}, { provider: 'sidecar', sidecar: signedInBy('theirs') });
    expect((await come(portal)).body.backstageIdentity?.identity.userEntityRef).toBe('user:default/omar');
    expect(seen).toEqual([]);
    expect(portal.logs.join('')).toContain("added for 'sidecar' are not asked: acme");
  });

  it('disables a provider whose module cannot be made without a resolver of its own, and that is explained', async () => {
    for (const block of [{}, signedInBy('acme')]) {
      const portal = await start({}, { provider: 'declared', declared: block });
      const log = portal.logs.join('');
      expect(log).toContain(
        "sign-in provider 'declared' is disabled: auth.providers.declared: No sign-in resolver configured for proxy auth provider 'declared'",
      );
      expect(log).toContain('so that what was added (acme) cannot decide. Name one of its own');
      expect((await come(portal, 'declared')).status).toBe(404);
    }
  });
});
