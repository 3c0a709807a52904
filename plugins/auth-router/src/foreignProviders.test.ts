/** Providers that are not ours, under names that programs of the old system know and under ids of ours. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createBackendModule, type JsonObject } from '@vestibule/backend-plugin-api';
import {
  authProvidersExtensionPoint,
  type AuthProviderFactory,
  type SignInResolver,
} from '@vestibule/plugin-auth-node';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { createAuthRouter, type AuthRouter } from './createAuthRouter.ts';
import type { AuthRouterOptions } from './environment.ts';
import { defaultAuthProviderFactories, providers } from './providers/providers.ts';
import { keepLog } from './testing/program.ts';

/** As `createOAuthProviderFactory` of Backstage makes one: it takes everything at once. */
const madeForBackstage =
  (made: unknown[] = []): AuthProviderFactory =>
  (options: { providerId: string }) => {
    made.push(options.providerId);
    const handler = async () => Promise.resolve();
    return { start: handler, frameHandler: handler, refresh: handler, logout: handler };
  };

const configOf = (providerId: string): JsonObject => ({
  backend: {
    baseUrl: 'http://localhost:7007',
    database: { client: 'better-sqlite3', connection: ':memory:' },
  },
  auth: { providers: { [providerId]: { development: { clientId: 'x', clientSecret: 'y' } } } },
});

let router: AuthRouter | undefined;
afterEach(async () => {
  await router?.stop();
  router = undefined;
});

async function logOf(providerId: string, options: AuthRouterOptions): Promise<string> {
  const { lines, logger } = keepLog();
  router = await createAuthRouter({
    catalog: createInMemoryCatalog([]),
    config: configOf(providerId),
    logger,
    ...options,
  });
  return lines.join('\n');
}

describe('a name of the old system whose vendor has no module of ours', () => {
  const module = (name: string) =>
    `Backstage's module: createAuthRouter({ features: [import('@backstage/plugin-auth-backend-module-${name}-provider')] })`;
  const openId = "'type: oidc' in config (docs/guides/openid-vendors.md)";

  it.each([
    ['microsoft', `${openId}, or ${module('microsoft')}`],
    ['okta', `${openId}, or ${module('okta')}`],
    ['gitlab', `${openId}, or ${module('gitlab')}`],
    ['auth0', `${openId}, or ${module('auth0')}`],
    ['onelogin', `${openId}, or ${module('onelogin')}`],
    ['atlassian', module('atlassian')],
    ['awsAlb', module('aws-alb')],
    ['bitbucket', module('bitbucket')],
    ['bitbucketServer', module('bitbucket-server')],
    ['cfAccess', module('cloudflare-access')],
    ['easyAuth', module('azure-easyauth')],
    ['gcpIap', module('gcp-iap')],
    ['oauth2', module('oauth2')],
    ['oauth2Proxy', module('oauth2-proxy')],
    ['saml', openId],
  ])('says what to use: providers.%s', (name, way) => {
    const old = providers as unknown as Record<string, { create(): unknown }>;
    expect(() => old[name]?.create()).toThrow(
      expect.objectContaining({
        code: 'ERR_AUTH_ROUTER_PROVIDER_ABSENT',
        message: `providers.${name} is not among the providers of ours: use ${way}`,
      }),
    );
  });

  it('is not met by who looks at what there is', () => {
    expect(Object.keys(providers)).toEqual(['google', 'github', 'oidc', 'guest']);
    expect(Object.keys({ ...providers })).toHaveLength(4);
    expect((providers as unknown as Record<string, unknown>)['acme']).toBeUndefined();
  });

  it('says it too where the config has it, and where a resolver was given for it', async () => {
    await expect(logOf('microsoft', {})).rejects.toMatchObject({
      problems: [
        {
          cause: {
            code: 'ERR_AUTH_ROUTER_PROVIDER_MISSING',
            hint: expect.stringContaining(`for 'microsoft' use ${openId}, or ${module('microsoft')}`),
          },
        },
      ],
    });
    const resolver: SignInResolver = (_info, ctx) => ctx.pass();
    await expect(logOf('okta', { providerFactories: { okta: resolver } })).rejects.toMatchObject({
      code: 'ERR_AUTH_ROUTER_PROVIDER_INVALID',
      message: 'providerFactories.okta is a sign-in resolver, and there is no provider of ours under that id',
      hint: expect.stringContaining(`use ${openId}`),
    });
  });
});

describe('a factory made for Backstage, under the id of one of ours', () => {
  it('is known by its one parameter, runs hosted in place of ours, and the start says so', async () => {
    const made: unknown[] = [];
    const log = await logOf('google', {
      providerFactories: { ...defaultAuthProviderFactories, google: madeForBackstage(made) },
    });
    expect(made).toEqual(['google']);
    expect(log).toContain(
      "auth.providers.google is of type 'google', which a module made for Backstage's auth backend provides here: it runs hosted, with keys and resolvers of its own. Ours is @vestibule/plugin-auth-backend-module-google-provider",
    );
  });

  it('that a module registers beside ours is told apart from a second one of ours', async () => {
    const feature = createBackendModule({
      pluginId: 'auth',
      moduleId: 'google-of-backstage',
      register: ({ registerInit }) =>
        registerInit({
          deps: { types: authProvidersExtensionPoint },
          init: ({ types }) => types.registerProvider({ providerId: 'google', factory: madeForBackstage() }),
        }),
    });
    await expect(logOf('google', { features: [feature] })).rejects.toMatchObject({
      problems: [
        {
          cause: {
            code: 'ERR_PROVIDER_REGISTERED_TWICE',
            hint: expect.stringContaining(
              "One is Vestibule's, the other was made for Backstage's auth backend",
            ),
          },
        },
      ],
    });
    const { google: _ours, ...others } = defaultAuthProviderFactories;
    expect(await logOf('google', { features: [feature], providerFactories: others })).toContain(
      'it runs hosted',
    );
  });

  it('and a function that takes one parameter and makes no handlers, signs nobody in', async () => {
    const closed = (async (_info: unknown) => Promise.resolve(undefined)) as never;
    await expect(logOf('google', { providerFactories: { google: closed } })).rejects.toMatchObject({
      message: expect.stringContaining('where it must give handlers'),
    });
  });
});
