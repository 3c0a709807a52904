/** Keys in the blocks of providers that are not ours: which of them keep a provider from working. */
import { describe, expect, it } from '@jest/globals';
import { formatConfigProblem, type JsonObject } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import { createOAuthProviderFactory, createProxyProviderFactory } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { judgeProviders } from './judgeProviders.ts';

const acme = createOAuthProviderFactory({
  title: 'Acme',
  configSchema: z.object({ prompt: z.string().optional() }),
  requiredScopes: [],
  create: () => ({
    authorizationUrl: async () => Promise.resolve(new URL('https://acme.example')),
    exchange: async () => Promise.reject(new Error('not here')),
  }),
});
const gateway = createProxyProviderFactory({
  title: 'Gateway',
  configSchema: z.object({ audience: z.string().optional() }),
  create: () => ({ authenticate: async () => Promise.resolve({ result: {}, profile: {} }) }),
});

async function found(block: JsonObject, type = 'acme') {
  const config = mockServices.rootConfig({ data: { auth: { providers: { [type]: block } } } });
  const providers = [
    { providerId: 'acme', factory: acme },
    { providerId: 'gateway', factory: gateway },
  ];
  const findings = await judgeProviders({
    config,
    runtimeMode: { isDevelopment: true, isProduction: false },
    isOnSite: false,
    isAdded: () => true,
    pluginIds: ['auth'],
    valuesOf: async () => Promise.resolve(providers as never),
  });
  const said = (list: readonly Parameters<typeof formatConfigProblem>[0][] = []) =>
    list.map((problem) => formatConfigProblem(problem).replace(`auth.providers.${type}.`, ''));
  const [disabled] = findings.disabled ?? [];
  // That nobody can sign in is said of all blocks together.
  const ofBlock = findings.warnings?.filter(({ path }) => path.startsWith(`auth.providers.${type}`));
  return { problems: said(disabled?.problems), warnings: said(ofBlock) };
}

const environment = { clientId: 'x', clientSecret: 'a-client-secret-for-tests' };

describe('a block', () => {
  it.each<[string, JsonObject]>([
    ['is empty', {}],
    ['has an environment with nothing under it', { development: null }],
  ])('that %s is a warning, which says where its client stands', async (_, block) => {
    expect(await found(block)).toEqual({
      problems: [],
      warnings: [
        'auth.providers.acme has no environment with anything in it: nobody can sign in by it\n' +
          '  Its client stands in an environment: development.clientId.',
      ],
    });
  });
});

describe('a key in a block that', () => {
  it.each<[string, unknown]>([
    ['ssl', true],
    ['params', { access_type: 'offline' }],
    ['url', 'https://sso.acme.example'],
    ['id', 'acme'],
    ['realm', 'acme'],
    ['host', 'sso.acme.example'],
    ['enabled', true],
    ['allowGuestAccess', true],
    ['secure', false],
    ['env', 'x'],
    ['name', 'Acme'],
    ['organizations', ['acme']],
    ['teams', ['acme/staff']],
    ['tenants', ['acme']],
    ['allowUserRegistration', true],
  ])(
    'resembles none of ours, as %s does, is a warning, within an environment and beside it',
    async (key, value) => {
      const warned = (at: string) =>
        expect.stringMatching(`^${at} is no key of ours, and is left to whoever reads it`);
      expect(await found({ development: { ...environment, [key]: value as string } })).toEqual({
        problems: [],
        warnings: [warned(`development.${key}`)],
      });
      expect(await found({ [key]: value as string, development: environment })).toEqual({
        problems: [],
        warnings: [warned(key)],
      });
    },
  );

  it.each([
    ['scope', 'additionalScopes'],
    ['scopes', 'additionalScopes'],
    ['appOrigin', 'app.baseUrl'],
  ])('another has replaced, as %s, is a warning that names the newer one', async (key, newer) => {
    expect(await found({ development: { ...environment, [key]: 'x' } })).toEqual({
      problems: [],
      warnings: [
        `development.${key} has no effect: another key has replaced it\n  Write '${newer}' instead.`,
      ],
    });
  });

  it.each<[string, unknown]>([
    ['clientID', 'x'],
    ['callbackURL', 'https://portal.acme.example/x'],
    ['additionalScope', 'x'],
    ['alow', { domains: ['acme.example'] }],
    ['Allow', { domains: ['acme.example'] }],
    ['allowed', { domains: ['acme.example'] }],
    ['allowedDomains', ['acme.example']],
    ['allowedDomians', ['acme.example']],
    ['allowDomains', ['acme.example']],
    ['allowedEmailDomains', ['acme.example']],
    ['allowedOrganisations', ['acme']],
    ['githubOrganisations', ['acme']],
    ['domains', ['acme.example']],
    ['users', ['jane']],
    ['groups', ['staff']],
    ['signin', { resolvers: [] }],
    ['signInResolvers', []],
    ['resolvers', []],
    ['stripSubAddress', true],
    ['dangerouslyAllowSignInWithoutUserInCatalog', true],
    ['onMissing', 'deny'],
  ])('resembles one of ours, or is ours elsewhere, as %s, disables the provider', async (key, value) => {
    const { problems } = await found({ development: { ...environment, [key]: value as string } });
    expect(problems).toEqual([expect.stringMatching(`^development.${key} is not a known key\n  \\S`)]);
  });

  it.each<[string, unknown, string]>([
    ['emailDomains', ['acme.example'], '.domains'],
    ['permittedDomains', ['acme.example'], '.domains'],
    ['restrictDomains', ['acme.example'], '.domains'],
    ['authorizedDomains', ['acme.example'], '.domains'],
    ['acceptedDomains', ['acme.example'], '.domains'],
    ['requiredGroups', ['staff'], '.groups'],
    ['groupsAllowed', ['staff'], '.groups'],
    ['onlyUsers', ['jane'], '.users'],
    ['denyUsers', ['jane'], '.users'],
    ['allowedTenants', ['acme'], ''],
    ['allow-only', ['jane'], ''],
    ['allowlist', { domains: ['acme.example'] }, ''],
    ['permit', { users: ['jane'] }, ''],
  ])(
    'plainly means a gate, as %s does, disables the provider, within an environment and beside it',
    async (key, value, name) => {
      const within = await found({ development: { ...environment, [key]: value as string } });
      expect(within).toEqual({
        problems: [
          `development.${key} is not a known key\n  Who may come in is said at auth.providers.acme.development.allow${name}.`,
        ],
        warnings: [],
      });
      const beside = await found({ [key]: value as string, development: environment });
      // A mapping is taken for an environment, which must be complete.
      const said =
        typeof value === 'object' && !Array.isArray(value)
          ? `^${key}\\.\\w+ is not a known key\n  It is misplaced: `
          : `^${key} is not a known key\n  Who may come in is said at \\S+allow${name}`;
      expect(beside.problems).toContainEqual(expect.stringMatching(said));
      expect(beside.warnings).toEqual([]);
    },
  );

  it.each<[string, JsonObject]>([
    ['allow.domain', { allow: { domain: ['acme.example'] } }],
    ['allow.anything', { allow: { domains: ['acme.example'], anything: true } }],
    ['signIn.resolver', { signIn: { resolver: 'x' } }],
    ['signIn.fallback', { signIn: { resolvers: [], fallback: 'x' } }],
    [
      'signIn.resolvers[0].ssl',
      { signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail', ssl: true }] } },
    ],
  ])('stands where it is said who may come in, as %s, disables the provider', async (key, settings) => {
    const { problems } = await found({ development: { ...environment, ...settings } });
    expect(problems).toEqual([expect.stringContaining(`development.${key} is not a known key`)]);
  });

  it('is an environment, in the block of a proxy-type provider, disables it: what is within would not count', async () => {
    expect(await found({ development: { allow: { domains: ['acme.example'] } } }, 'gateway')).toEqual({
      problems: [
        "development is not a known key: a provider of this kind has no environments\n  'allow' belongs at auth.providers.gateway.allow.",
      ],
      warnings: [],
    });
    expect((await found({ tls: { ca: 'x' } }, 'gateway')).warnings).toHaveLength(1);
  });
});
