/** What the plugin makes of its config and of the modules that extend it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import {
  authOwnershipResolutionExtensionPoint,
  authProvidersExtensionPoint,
  authSignInPageExtensionPoint,
  createProxyProviderFactory,
  signInResolverExtensionPoint,
  type AuthSignInPageExtensionPoint,
  type SignInResolver,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { Browser } from './testing/browser.ts';
import { startIdentityProvider, startPortal, type Portal } from './testing/portal.ts';

let idp: DevIdpServer;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
});
afterAll(async () => idp.stop());
const portals: Portal[] = [];
afterEach(async () => {
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});

/** With the one identity provider of these tests, unless its client must fit another callback URL. */
async function start(options: NonNullable<Parameters<typeof startPortal>[0]>): Promise<Portal> {
  const portal = await startPortal(options.callbackUrl === undefined ? { idp, ...options } : options);
  portals.push(portal);
  return portal;
}

function resolverModule(moduleId: string, provider: string, name: string, resolver: SignInResolver) {
  return createBackendModule({
    pluginId: 'auth',
    moduleId,
    register({ registerInit }) {
      registerInit({
        deps: { resolvers: signInResolverExtensionPoint },
        init: ({ resolvers }) => resolvers.add({ provider, name, resolver }),
      });
    },
  });
}

const asGroup =
  (name: string): SignInResolver =>
  async (_, ctx) =>
    ctx.issueToken({ claims: { sub: `user:default/${name}` } });

const userOf = async (portal: Portal) =>
  (await portal.signIn(new Browser())).message?.response?.backstageIdentity?.identity.userEntityRef;

describe('a fault in the block of a provider', () => {
  it('disables that provider, says so at start and on its routes, and leaves the others working', async () => {
    const portal = await start({
      oidc: {
        clientld: 'typo',
        signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmial' }] },
      },
    });
    const log = portal.logs.join('');
    expect(log).toContain("sign-in provider 'oidc' is disabled");
    expect(log).toContain('auth.providers.oidc.development.clientld');
    expect(log).toContain("Did you mean 'clientId'?");
    const answer = await portal.start(new Browser());
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'ERR_AUTH_PROVIDER_DISABLED' } });
    const guest = await new Browser().send(`${portal.base}/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    expect(guest.status).toBe(200);
  });

  it.each([
    ['an unknown resolver', { resolvers: [{ resolver: 'nobody' }] }, 'no sign-in resolver of'],
    [
      'an unknown option',
      { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail', allowedDomain: ['x'] }] },
      "Did you mean 'allowedDomains'?",
    ],
  ])('is %s of a resolver', async (_, signIn, words) => {
    const portal = await start({ oidc: { signIn } });
    expect(portal.logs.join('')).toContain(words);
  });

  it('fails the start where no provider is left', async () => {
    const started = start({ auth: { providers: { oidc: { development: {} } } } });
    await expect(started).rejects.toThrow(/no sign-in provider can be used[^]*clientId/);
  });
});

describe('config', () => {
  it('that names a provider without a module is warned about, with the package to add', async () => {
    const portal = await start({ auth: { providers: { guest: {}, gitlab: { development: {} } } } });
    expect(portal.logs.join('')).toContain('plugin-auth-backend-module-gitlab-provider');
  });

  it('of Backstage without effect here is accepted and named once', async () => {
    const portal = await start({ auth: { experimentalRefreshToken: { enabled: true } } });
    expect(
      portal.logs.filter((line) => line.includes('auth.experimentalRefreshToken has no effect')),
    ).toHaveLength(1);
  });

  it.each(['short', 'change-me', 'your-secret-goes-here'])(
    'refuses the session secret %p in production',
    async (secret) => {
      await expect(
        start({ isProduction: true, auth: { session: { secret } }, config: httpsConfig }),
      ).rejects.toThrow('auth.session.secret is a placeholder or has fewer than 16 characters');
    },
  );

  it.each([
    'changeme12345678',
    'aaaaaaaaaaaaaaaa',
    'secretsecretsecret',
    'qwertyuiop123456',
    '<your-secret>',
  ])('refuses the secret %p in production, for sessions and for a client', async (secret) => {
    const weak = '(?:is a placeholder|can be guessed)';
    const session = start({ isProduction: true, auth: { session: { secret } }, config: httpsConfig });
    const refused: unknown = await session.catch((error: unknown) => error);
    expect(String(refused)).toMatch(new RegExp(`auth\\.session\\.secret ${weak}`));
    expect(String(refused)).not.toContain(secret);

    const portal = await start({ isProduction: true, oidc: { clientSecret: secret } });
    const log = portal.logs.join('');
    expect(log).toMatch(
      new RegExp(`'oidc' is disabled: auth\\.providers\\.oidc\\.development\\.clientSecret ${weak}`),
    );
    expect(log).not.toContain(secret);
  });

  it('without a session secret works in production, and says what to set', async () => {
    const portal = await start({ isProduction: true, auth: { session: {} } });
    expect(portal.logs.join('')).toContain('Set auth.session.secret');
    expect(await userOf(portal)).toBe('user:default/jane');
  });

  it('without resolvers gives access delegation only', async () => {
    const portal = await start({ oidc: { signIn: { resolvers: [] } } });
    const { message } = await portal.signIn(new Browser(), 'kim');
    expect(Object.keys(message?.response ?? {})).toEqual(['profile', 'providerInfo']);
    expect(portal.logs.join('')).toContain('access delegation only');
  });

  it('with auth.omitIdentityTokenOwnershipClaim: false puts ownership into the token', async () => {
    const portal = await start({ auth: { omitIdentityTokenOwnershipClaim: false } });
    const { message } = await portal.signIn(new Browser());
    const [, payload = ''] = message?.response?.backstageIdentity?.token.split('.') ?? [];
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      ent: ['user:default/jane', 'group:default/team-a', 'group:default/admins'],
    });
  });

  it('that lets people in who are not in the catalog says so at every start, with what they get', async () => {
    const groups = [{ claim: 'dept', value: 'ops', group: 'group:default/operators' }];
    const warned = async (signIn: JsonObject) =>
      (await start({ auth: { signIn } })).logs.filter((line) => line.includes('onMissing: ephemeral'));
    const [line = ''] = await warned({
      onMissing: 'ephemeral',
      ephemeral: { namespace: 'visitors', groups },
    });
    expect(line).toContain('"warn"');
    expect(line).toContain('user:visitors/…, with the groups group:default/operators by dept=ops');
    expect(line).toContain('There is no auth.allow.');
    expect((await warned({ onMissing: 'ephemeral' }))[0]).toContain('user:ephemeral/…, with no groups');
    expect(await warned({ onMissing: 'deny' })).toEqual([]);
  });

  it.each([{ ephemeral: {} }, { onMissing: 'deny', ephemeral: { namespace: 'visitors' } }])(
    'refuses settings for people outside the catalog that have no effect: %j',
    async (signIn) => {
      await expect(start({ auth: { signIn } })).rejects.toThrow(
        "has no effect without 'auth.signIn.onMissing: ephemeral'",
      );
    },
  );

  it.each([
    [{ ephemeral: { namespace: 'default' } }, "must not be 'default'"],
    [
      { ephemeral: { groups: [{ claim: 'a', value: 'b', group: 'staff' }] } },
      'must be a full entity reference',
    ],
    [{ onMising: 'ephemeral' }, "Did you mean 'onMissing'?"],
  ])('refuses malformed ones: %j', async (signIn, words) => {
    await expect(start({ auth: { signIn: { onMissing: 'ephemeral', ...signIn } } })).rejects.toThrow(words);
  });

  it('bounds the life of a token to ten minutes and a day', async () => {
    const portal = await start({ auth: { backstageTokenExpiration: { minutes: 2 } } });
    const { message } = await portal.signIn(new Browser());
    expect(message?.response?.backstageIdentity?.expiresInSeconds).toBe(600);
  });
});

const httpsConfig = {
  app: { baseUrl: 'https://portal.example.com' },
  backend: {
    baseUrl: 'https://api.example.org',
    database: { client: 'better-sqlite3', connection: ':memory:' },
  },
};

it.each(['!https://evil.example', ''])('refuses %p as a pattern of origins', async (pattern) => {
  await expect(start({ auth: { experimentalExtraAllowedOrigins: [pattern] } })).rejects.toThrow(
    'must be an origin or a pattern of origins, and no negation',
  );
});

describe('cookies over https', () => {
  it('are Secure, prefixed, and SameSite=None where the front end is on another host', async () => {
    const portal = await start({ config: httpsConfig });
    const answer = await portal.start(new Browser(), { origin: 'https://portal.example.com' });
    expect(answer.setCookies[0]).toMatch(
      /^__Secure-oidc-attempt-[\w-]{12}=[^;]+; Max-Age=600; Path=\/api\/auth\/oidc; Expires=[^;]+; HttpOnly; Secure; SameSite=None$/,
    );
  });

  it('of an attempt cover a callback URL elsewhere, and those of the session stay with the provider', async () => {
    const callbackUrl = 'http://localhost:7007/api/sign-in/back';
    const portal = await start({ callbackUrl, oidc: { callbackUrl } });
    const answer = await portal.start(new Browser());
    expect(answer.setCookies[0]).toContain('; Path=/api;');
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(callbackUrl);
  });
});

describe('modules', () => {
  it('add a resolver that runs where config names none', async () => {
    const features = [resolverModule('acme', 'oidc', 'acme', asGroup('from-acme'))];
    expect(await userOf(await start({ features, oidc: { signIn: {} } }))).toBe('user:default/from-acme');
  });

  it('add a resolver that config can name, among the others and in its order', async () => {
    const features = [resolverModule('acme', 'oidc', 'acme', asGroup('from-acme'))];
    const signIn = {
      resolvers: [{ resolver: 'emailLocalPartMatchingUserEntityName' }, { resolver: 'acme' }],
    };
    const portal = await start({ features, oidc: { signIn } });
    expect(await userOf(portal)).toBe('user:default/jane');
    expect(portal.logs.join('')).toContain(
      'emailLocalPartMatchingUserEntityName (config), then acme (config)',
    );
    // The local part of any domain is somebody's name: that is said at every start.
    expect(
      portal.logs.filter((line) => line.includes('"warn"') && line.includes('allowedDomains')),
    ).toHaveLength(1);
  });

  it('that add one for any provider turn access delegation into sign-in only where that is allowed', async () => {
    const features = [resolverModule('acme', '*', 'acme', asGroup('from-acme'))];
    expect(await userOf(await start({ features, oidc: { signIn: {} } }))).toBeUndefined();
    const auth = { signIn: { allowAnyProviderResolvers: true } };
    expect(await userOf(await start({ features, oidc: { signIn: {} }, auth }))).toBe(
      'user:default/from-acme',
    );
  });

  it.each([
    ['oidc', 'acme'],
    ['*', 'acme'],
    ['oidc', 'emailMatchingUserEntityProfileEmail'],
  ])('that add two resolvers of one name are refused (%s, %s)', async (provider, name) => {
    const features = [
      resolverModule('acme', provider, name, asGroup('a')),
      resolverModule('other', 'oidc', name, asGroup('b')),
    ];
    await expect(start({ features })).rejects.toThrow(new RegExp(`sign-in resolver named '${name}'`));
  });

  it('say what a user owns', async () => {
    const ownership = createBackendModule({
      pluginId: 'auth',
      moduleId: 'ownership',
      register({ registerInit }) {
        registerInit({
          deps: { ownership: authOwnershipResolutionExtensionPoint },
          init({ ownership: point }) {
            point.setAuthOwnershipResolver({
              resolveOwnershipEntityRefs: async ({ metadata }) =>
                Promise.resolve({ ownershipEntityRefs: [`group:default/of-${metadata.name}`] }),
            });
          },
        });
      },
    });
    const portal = await start({ features: [ownership], auth: { ownership: { mode: 'transitive' } } });
    const { message } = await portal.signIn(new Browser());
    expect(message?.response?.backstageIdentity?.identity.ownershipEntityRefs).toEqual([
      'group:default/of-jane',
    ]);
    expect(portal.logs.filter((line) => line.includes('auth.ownership has no effect'))).toHaveLength(1);
  });

  it('that register one provider twice are refused', async () => {
    const again = createBackendModule({
      pluginId: 'auth',
      moduleId: 'again',
      register({ registerInit }) {
        registerInit({
          deps: { providers: authProvidersExtensionPoint },
          init: ({ providers }) =>
            providers.registerProvider({
              providerId: 'guest',
              factory: createProxyProviderFactory({
                title: 'Again',
                configSchema: z.object({}),
                create: () => ({ authenticate: async () => Promise.resolve({ result: {}, profile: {} }) }),
              }),
            }),
        });
      },
    });
    await expect(start({ features: [again] })).rejects.toThrow(
      "Auth provider 'guest' was already registered",
    );
  });

  it('of a sign-in page learn the choices', async () => {
    let page: AuthSignInPageExtensionPoint | undefined;
    const module = createBackendModule({
      pluginId: 'auth',
      moduleId: 'page',
      register({ registerInit }) {
        registerInit({
          deps: { point: authSignInPageExtensionPoint },
          init({ point }) {
            page = point;
            point.allowOrigin('http://page.example');
          },
        });
      },
    });
    const portal = await start({ features: [module] });
    expect(page?.signInOptions()).toEqual([
      {
        providerId: 'guest',
        environment: '',
        type: 'guest',
        title: 'Guest',
        drawing: 'person',
        kind: 'proxy',
        signIn: true,
      },
      {
        providerId: 'oidc',
        type: 'oidc',
        environment: 'development',
        title: 'OpenID Connect',
        drawing: 'openid',
        kind: 'oauth',
        signIn: true,
      },
    ]);
    expect((await portal.start(new Browser(), { origin: 'http://page.example' })).status).toBe(302);
  });
});

describe('a second plugin of the backend', () => {
  it('protects its routes with core.httpAuth, and sees the user and what they own', async () => {
    const hello = createBackendPlugin({
      pluginId: 'hello',
      register({ registerInit }) {
        registerInit({
          deps: {
            router: coreServices.httpRouter,
            httpAuth: coreServices.httpAuth,
            userInfo: coreServices.userInfo,
          },
          init({ router, httpAuth, userInfo }) {
            router.use((request, response, next) => {
              void (async () => {
                const credentials = await httpAuth.credentials(request, { allow: ['user'] });
                response.setHeader('content-type', 'application/json');
                response.end(JSON.stringify(await userInfo.getUserInfo(credentials)));
              })().catch(next);
            });
          },
        });
      },
    });
    // Nobody outside knows the free port of the test, so the key set is asked for where the backend really listens.
    const portal = await start({ features: [hello] });
    const { message } = await portal.signIn(new Browser());
    const call = async (headers: Record<string, string>) => fetch(`${portal.url}/api/hello`, { headers });
    expect((await call({})).status).toBe(401);
    expect((await call({ authorization: 'Bearer a.b.c' })).status).toBe(401);
    const token = message?.response?.backstageIdentity?.token ?? '';
    const answer = await call({ authorization: `Bearer ${token}` });
    expect(await answer.json()).toEqual({
      userEntityRef: 'user:default/jane',
      ownershipEntityRefs: ['user:default/jane', 'group:default/team-a', 'group:default/admins'],
    });
  });
});
