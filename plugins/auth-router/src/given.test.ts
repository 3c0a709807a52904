import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectDatabase } from '@vestibule/backend-defaults';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createServiceFactory,
  runtimeModeServiceRef,
  type Config,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import { startTestBackend, type PopupMessage } from '@vestibule/backend-test-utils';
import {
  signInResolverExtensionPoint,
  type AuthResolverContext,
  type BackstageRouteHandlers,
} from '@vestibule/plugin-auth-node';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createAuthRouter } from './createAuthRouter.ts';
import type { AuthRouterOptions } from './environment.ts';
import { defaultAuthProviderFactories, providers } from './providers/providers.ts';
import { appOrigin, keepLog, people, startProgram, user, type Program } from './testing/program.ts';

let program: Program | undefined;
afterEach(async () => {
  await program?.stop();
  program = undefined;
});

const byEmail = providers.oidc.create({
  signIn: { resolver: providers.oidc.resolvers.emailMatchingUserEntityProfileEmail() },
});
const oidc = {
  metadataUrl: 'http://127.0.0.1:1',
  clientId: 'vestibule',
  clientSecret: 'a-client-secret-for-tests',
};
const config: JsonObject = {
  backend: {
    baseUrl: 'http://localhost:7007',
    database: { client: 'better-sqlite3', connection: ':memory:' },
  },
  auth: { providers: { oidc: { development: oidc } } },
};

/** Makes a router that is stopped at once, and gives its log. */
async function logOf(options: AuthRouterOptions): Promise<string> {
  const { lines, logger } = keepLog();
  await using router = await createAuthRouter({
    catalog: createInMemoryCatalog([]),
    config,
    logger,
    ...options,
  });
  expect(router.stack).toHaveLength(1);
  return lines.join('\n');
}

async function identityOf(started: Program): Promise<string | undefined> {
  return (await started.signIn()).response?.backstageIdentity?.identity.userEntityRef;
}

describe('what the program has', () => {
  it('is used: a reader of its config, its logger, database and discovery', async () => {
    let reader: Config | undefined;
    const borrower = createBackendPlugin({
      pluginId: 'borrower',
      register({ registerInit }) {
        registerInit({
          deps: { rootConfig: coreServices.rootConfig },
          async init({ rootConfig }) {
            reader = rootConfig;
          },
        });
      },
    });
    await using backend = await startTestBackend({ features: [borrower], config });
    expect(backend.url).toContain('http');
    const settings = { client: 'better-sqlite3', connection: ':memory:' } as const;
    const knex = await connectDatabase(settings, 'auth', keepLog().logger);
    try {
      const log = await logOf({
        config: reader!,
        database: { getClient: async () => knex },
        discovery: {
          getBaseUrl: async (plugin) => `http://internal.example/api/${plugin}`,
          getExternalBaseUrl: async (plugin) => `https://sign-in.example/api/${plugin}`,
        },
      });
      expect(log).toContain('https://sign-in.example/api/auth/oidc/handler/frame');
      // The router has stopped; the database is still its owner's.
      expect(await knex.schema.hasTable('vestibule_signing_keys')).toBe(true);
    } finally {
      await knex.destroy();
    }
  });

  it('takes the place of what production asks of the config', async () => {
    const production = createServiceFactory({
      service: runtimeModeServiceRef,
      deps: {},
      factory: () => ({ isDevelopment: false, isProduction: true }),
    });
    const inProduction: AuthRouterOptions = {
      features: [production],
      config: {
        backend: { baseUrl: 'https://portal.example.com' },
        auth: { session: { secret: 'Zk2vT8mQ0xW5rN7cB4yL1pH9sD6fG3jA' }, providers: { guest: {} } },
      },
    };
    await expect(logOf(inProduction)).rejects.toMatchObject({
      problems: [{ code: 'ERR_CONFIG_DATABASE_MISSING' }],
    });
    const settings = { client: 'better-sqlite3', connection: ':memory:' } as const;
    const knex = await connectDatabase(settings, 'auth', keepLog().logger);
    try {
      const log = await logOf({ ...inProduction, database: { getClient: async () => knex } });
      expect(log).toContain('sign-in provider guest');
    } finally {
      await knex.destroy();
    }
  });

  it('may hold more than is asked for, as an environment that is spread does', async () => {
    const env = { config, catalog: createInMemoryCatalog(people), scheduler: {}, tokenManager: {} };
    await using router = await createAuthRouter({ ...env, logger: keepLog().logger });
    expect(router.url).toBeInstanceOf(Function);
  });

  it('can be config files with a file of people', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'auth-router-'));
    try {
      const people = join(folder, 'people.yaml');
      await writeFile(
        people,
        'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: { name: jane }\nspec: {}\n',
      );
      const file = join(folder, 'portal.yaml');
      await writeFile(file, JSON.stringify({ ...config, fileCatalog: { path: people } }));
      const log = await logOf({
        config: undefined,
        configFiles: [file],
        catalog: undefined,
      });
      expect(log).toContain(`The catalog is ${people}, with 1 entities`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says what users own', async () => {
    program = await startProgram({
      providerFactories: { oidc: byEmail },
      ownershipResolver: {
        resolveOwnershipEntityRefs: async () => ({ ownershipEntityRefs: ['group:default/mine'] }),
      },
    });
    const { response } = await program.signIn();
    expect(response?.backstageIdentity?.identity.ownershipEntityRefs).toEqual(['group:default/mine']);
  });

  it('can be anything that a backend takes: here a catalog as a feature', async () => {
    const catalog = createServiceFactory({
      service: catalogServiceRef,
      deps: {},
      factory: () => createInMemoryCatalog([user('jane-of-the-feature', 'jane@example.com')]),
    });
    program = await startProgram({ providerFactories: { oidc: byEmail }, features: [catalog] });
    expect(await identityOf(program)).toBe('user:default/jane-of-the-feature');
  });
});

describe('a sign-in resolver', () => {
  const inCode = async (_info: unknown, ctx: AuthResolverContext) =>
    ctx.issueToken({ claims: { sub: 'user:default/code' } });
  const module = createBackendModule({
    pluginId: 'auth',
    moduleId: 'test-resolver',
    register({ registerInit }) {
      registerInit({
        deps: { resolvers: signInResolverExtensionPoint },
        async init({ resolvers }) {
          resolvers.add({
            provider: 'oidc',
            name: 'fromModule',
            resolver: (_info, ctx) => ctx.issueToken({ claims: { sub: 'user:default/module' } }),
          });
        },
      });
    },
  });

  it('may be a plain function under the id of a default provider', async () => {
    program = await startProgram({ providerFactories: { oidc: inCode } });
    expect(await identityOf(program)).toBe('user:default/code');
  });

  it('of a module wins over the one in code', async () => {
    program = await startProgram({ providerFactories: { oidc: inCode }, features: [module] });
    expect(await identityOf(program)).toBe('user:default/module');
  });

  it('of the config wins over the one in code, which the start says', async () => {
    program = await startProgram({
      providerFactories: { oidc: inCode },
      oidc: { signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] } },
    });
    expect(await identityOf(program)).toBe('user:default/jane');
    expect(program.logs).toContain(
      'auth.providers.oidc.development.signIn.resolvers wins over the sign-in resolver that was given in code',
    );
  });

  it('is warned of at the start where it takes the local part of any domain', async () => {
    const { emailLocalPartMatchingUserEntityName } = providers.oidc.resolvers;
    const logWith = (options?: object) =>
      logOf({
        providerFactories: {
          oidc: providers.oidc.create({
            signIn: { resolver: emailLocalPartMatchingUserEntityName(options) },
          }),
        },
      });
    const warning = "the resolver of 'oidc' in code: emailLocalPartMatchingUserEntityName takes the name";
    expect(await logWith()).toContain(warning);
    expect(await logWith({ allowedDomains: ['example.com'] })).not.toContain(warning);
  });

  it('is not there by default: a login then gives access to the vendor only', async () => {
    program = await startProgram();
    const { response } = await program.signIn();
    expect(response?.profile.email).toBe('jane@example.com');
    expect(response).not.toHaveProperty('backstageIdentity');
  });
});

describe('a provider', () => {
  const inDevelopment = createServiceFactory({
    service: runtimeModeServiceRef,
    deps: {},
    factory: () => ({ isDevelopment: true, isProduction: false }),
  });

  async function guestOf(factories?: AuthRouterOptions['providerFactories']) {
    program = await startProgram({
      auth: { providers: { guest: {} } },
      features: [inDevelopment],
      ...(factories && { providerFactories: factories }),
    });
    const answer = await fetch(`${program.base}/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    const { backstageIdentity } = (await answer.json()) as PopupMessage['response'] & object;
    return backstageIdentity?.identity.userEntityRef;
  }

  it('may be the guest: as the config says, or by a resolver in code', async () => {
    expect(await guestOf()).toBe('user:development/guest');
    await program?.stop();
    const resolver = async (_info: unknown, ctx: AuthResolverContext) =>
      ctx.signInWithCatalogUser({ entityRef: { name: 'jane' } });
    expect(await guestOf({ guest: providers.guest.create({ signIn: { resolver } }) })).toBe(
      'user:default/jane',
    );
    await program?.stop();
    expect(await guestOf({ guest: resolver })).toBe('user:default/jane');
  });

  it("may be a Backstage module's factory under an id of its own", async () => {
    const made: string[] = [];
    const hosted = ({ providerId }: { providerId: string }): BackstageRouteHandlers => {
      made.push(providerId);
      return {
        async start(_request, response) {
          response.setHeader('Set-Cookie', 'acme-nonce=theirs');
          response.setHeader('Location', 'https://vendor.example/authorize?state=theirs');
          response.statusCode = 302;
          response.end();
        },
        async frameHandler() {},
        async logout() {},
      };
    };
    program = await startProgram({
      auth: { providers: { acme: { development: { clientId: 'any' } } } },
      providerFactories: {
        acme: hosted,
      },
    });
    const query = new URLSearchParams({ env: 'development', origin: appOrigin });
    const started = await fetch(`${program.base}/acme/start?${query}`, { redirect: 'manual' });
    expect(started.headers.get('location')).toMatch(/^https:\/\/vendor\.example\/authorize\?state=/);
    expect(made).toEqual(['acme']);
  });

  it('may have another id than its type', async () => {
    const log = await logOf({
      config: {
        ...config,
        auth: {
          providers: { acme: { type: 'google', development: { clientId: 'any', clientSecret: 'any' } } },
        },
      },
    });
    expect(log).toContain('sign-in provider acme (development)');
  });
});

describe('an auth handler', () => {
  it('is given the names of old, and makes the profile that resolvers and people see', async () => {
    let seen: Record<string, unknown> = {};
    program = await startProgram({
      providerFactories: {
        oidc: providers.oidc.create({
          authHandler: ({ fullProfile, idToken, accessToken, params }) => {
            const { userinfo, tokenset } = fullProfile;
            seen = {
              idToken: idToken === tokenset.id_token,
              accessToken: accessToken === tokenset.access_token,
              type: params?.token_type?.toLowerCase(),
            };
            return {
              profile: { email: 'jane@example.com', displayName: `J. ${userinfo.sub}`, picture: undefined },
            };
          },
          signIn: {
            resolver: async ({ profile }, ctx) =>
              ctx.signInWithCatalogUser({
                filter: { 'spec.profile.email': profile.email ?? '' },
              }),
          },
        }),
      },
    });
    const { browser, response } = await program.signIn('kim');
    expect(seen).toEqual({ idToken: true, accessToken: true, type: 'bearer' });
    expect(response?.profile).toEqual({ email: 'jane@example.com', displayName: 'J. kim' });
    expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    const { response: refreshed } = await program.refresh(browser);
    expect(refreshed?.profile).toEqual({ email: 'jane@example.com', displayName: 'J. kim' });
  });

  it('refuses by throwing, or with deny', async () => {
    for (const refuse of [
      () => {
        throw new Error('not on a Sunday');
      },
      (_result: unknown, context: { deny(reason: string): { verdict: 'deny'; reason: string } }) =>
        context.deny('not on a Sunday'),
    ]) {
      program = await startProgram({
        providerFactories: { oidc: providers.oidc.create({ authHandler: refuse }) },
      });
      const { answer, error, response } = await program.signIn();
      expect(response).toBeUndefined();
      expect(error?.code).toMatch(/^ERR_PROFILE_/);
      expect(answer.setCookies.join()).not.toContain('oidc-refresh-token=');
      expect(answer.text).not.toContain('Sunday');
      await program.stop();
      program = undefined;
    }
  });
});

describe('a router that cannot be made', () => {
  const catalog = createInMemoryCatalog([]);
  const { logger } = keepLog();
  const make = async (options: AuthRouterOptions) =>
    createAuthRouter({ config, catalog, logger, ...options });

  it.each([
    ['a number', 7, 'providerFactories.oidc is neither a provider nor a sign-in resolver'],
    ['nothing', null, 'providerFactories.oidc is neither a provider nor a sign-in resolver'],
    [
      'a resolver that was not called',
      providers.oidc.resolvers.emailMatchingUserEntityProfileEmail,
      'providerFactories.oidc makes resolvers, and is none',
    ],
  ])('says what is wrong with %s as a provider', async (_what, value, message) => {
    const made = make({ providerFactories: { oidc: value as never } });
    await expect(made).rejects.toMatchObject({ code: 'ERR_AUTH_ROUTER_PROVIDER_INVALID', message });
  });

  it('says what is wrong with the options of create', () => {
    for (const options of [{ signIn: { resolver: 'email' } }, { signIn: {} }, { authHandler: {} }]) {
      expect(() => providers.oidc.create(options as never)).toThrow(
        expect.objectContaining({ code: 'ERR_AUTH_ROUTER_PROVIDER_INVALID' }),
      );
    }
  });

  it('names the providers that the config has and the code lacks', async () => {
    const withMore = {
      ...config,
      auth: {
        providers: { oidc: { development: oidc }, acme: { type: 'google', development: {} }, okta: {} },
      },
    };
    await expect(make({ config: withMore, providerFactories: { oidc: byEmail } })).rejects.toMatchObject({
      code: 'ERR_BACKEND_STARTUP',
      problems: [
        {
          message: expect.stringContaining(
            "auth.providers has 'acme' of type 'google' and 'okta', and providerFactories has oidc",
          ),
          cause: { code: 'ERR_AUTH_ROUTER_PROVIDER_MISSING' },
        },
      ],
    });
  });

  it('says that it needs a catalog, and how to give it one', async () => {
    await expect(createAuthRouter({ config, logger })).rejects.toMatchObject({
      problems: [
        {
          cause: { code: 'ERR_AUTH_ROUTER_CATALOG_MISSING' },
          hint: expect.stringContaining('fileCatalog.path'),
        },
      ],
    });
    const endpoints = [{ target: 'https://portal.example/api/{{pluginId}}', plugins: ['catalog'] }];
    await using router = await createAuthRouter({
      config: { ...config, discovery: { endpoints } },
      logger,
    });
    expect(router.stop).toBeInstanceOf(Function);
  });

  it('says that it needs an address, unless a discovery knows it', async () => {
    const { backend, ...rest } = config;
    const { database } = backend as JsonObject;
    await expect(make({ config: { ...rest, backend: { database: database! } } })).rejects.toMatchObject({
      problems: [{ cause: { code: 'ERR_AUTH_ROUTER_BASE_URL_MISSING' } }],
    });
  });

  it('refuses two configs', async () => {
    await expect(make({ configFiles: ['app-config.yaml'] })).rejects.toMatchObject({
      code: 'ERR_AUTH_ROUTER_CONFIG_INVALID',
    });
  });

  it('has every fault of the config in one error', async () => {
    const wrong = { ...config, auth: { provider: {}, sesion: {} } };
    await expect(make({ config: wrong })).rejects.toMatchObject({
      code: 'ERR_BACKEND_STARTUP',
      message: expect.stringMatching(/auth\.provider[^s][\s\S]*auth\.sesion/),
    });
  });
});

it('offers the default providers where none is given, and keeps them where they are spread', async () => {
  expect(await logOf({})).toContain('sign-in provider oidc (development)');
  const log = await logOf({ providerFactories: { ...defaultAuthProviderFactories, oidc: byEmail } });
  expect(log).toContain('default (provider)');
});
