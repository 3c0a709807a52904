/** A backend that starts well, and in which nobody will be able to sign in. */
import { expect, it } from '@jest/globals';
import { configProblemLine, type JsonObject } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import type { ProviderEntry } from './providers/signInProvider.ts';
import { nobodySignsIn } from './nobodySignsIn.ts';

const resolving = { resolvers: [{ name: 'a', source: 'config' }] };
const delegating = { resolvers: [] };

function entry(policy: object, ...names: string[]) {
  const settings = new Map(names.map((name) => [name, { policy }]));
  const settingsOf = (environment: string) => settings.get(environment);
  return { id: 'y', can: { popup: true }, environments: names, settingsOf } as unknown as ProviderEntry;
}
const oauth = (...names: string[]) => entry(resolving, ...names);
const proxy = {
  id: 'x',
  can: { popup: false },
  environments: [],
  settingsOf: () => ({ policy: resolving }),
} as unknown as ProviderEntry;
/** A Backstage module; without resolvers of ours, its own decide. */
const hosted = (policy: object) => entry(policy, 'development');

function warningsOf(
  providers: Record<string, ProviderEntry>,
  environment?: string,
  block?: JsonObject,
  catalog = { isThere: true, says: 'the catalog' },
): string[] {
  const configured = block ?? Object.fromEntries(Object.keys(providers).map((id) => [id, {}]));
  const config = mockServices.rootConfig({ data: { auth: { providers: configured } } });
  const warning = nobodySignsIn(config, new Map(Object.entries(providers)), { environment, catalog });
  return warning ? [configProblemLine(warning)] : [];
}

it.each<[string, JsonObject]>([
  ['no provider is configured', {}],
  ['the list of providers has no value', { auth: { providers: null } }],
])('is warned about where %s', (_, data) => {
  const config = mockServices.rootConfig({ data });
  const found = nobodySignsIn(config, new Map(), { catalog: { isThere: true, says: 'the catalog' } });
  expect(found && configProblemLine(found)).toBe(
    "nobody can sign in: no provider stands under auth.providers. Name one, or write 'providers: {}' where nobody is to sign in",
  );
});

it('is warned about without a next step where the config says so', () => {
  expect(warningsOf({})).toEqual(['nobody can sign in: no provider stands under auth.providers']);
});

it('is warned about where no provider has the environment that front ends ask for', () => {
  expect(
    warningsOf({ oidc: oauth('development'), google: oauth('development', 'test') }, 'production'),
  ).toEqual([
    "nobody can sign in: auth.environment is 'production', and no provider has a block of that name, only development, test",
  ]);
  expect(warningsOf({ oidc: oauth('production') })[0]).toContain("auth.environment is 'development'");
});

it('is warned about where every provider gives access tokens and no identity', () => {
  const providers = {
    github: entry(delegating, 'development'),
    google: oauth('production'),
    gitlab: hosted(delegating),
  };
  expect(warningsOf(providers)).toEqual([
    'nobody can sign in: no provider has a sign-in resolver, and y, y give access tokens only. ' +
      'List signIn.resolvers in a block, or add a module with a resolver',
  ]);
});

it.each<[string, Record<string, ProviderEntry>, string | undefined, JsonObject | undefined]>([
  [
    'one provider has the environment',
    { oidc: oauth('development'), google: oauth('production') },
    'production',
    undefined,
  ],
  ['the environment is the default', { oidc: oauth('development') }, undefined, undefined],
  ['a provider has no environments', { oidc: oauth('development'), guest: proxy }, 'production', undefined],
  ['the fault is another, and was named', {}, undefined, { gitlab: {} }],
  [
    'one gives access alone',
    { oidc: oauth('development'), github: entry(delegating, 'development') },
    undefined,
    undefined,
  ],
  [
    'a hosted module may know',
    { gitlab: hosted({}), github: entry(delegating, 'development') },
    undefined,
    undefined,
  ],
])('is not warned about where %s', (_, providers, environment, block) => {
  expect(warningsOf(providers, environment, block)).toEqual([]);
});

const lookingUp = { resolvers: [{ name: 'a', source: 'config', looksUp: 'spec.profile.email' }] };
const noCatalog = { isThere: false, says: 'no catalog is named' };
const closed = {
  id: 'guest',
  can: { popup: false },
  environments: [],
  settingsOf: () => ({
    policy: resolving,
    nobody: { why: 'lets in nobody, since it is closed', nextStep: 'Open it.' },
  }),
} as unknown as ProviderEntry;
const disabled = { id: 'acme', type: 'acme', title: 'Acme', problem: 'a fault' } as ProviderEntry;

it('is told of where each provider has a reason of its own, with each next step once', () => {
  const providers = {
    guest: closed,
    oidc: entry(lookingUp, 'development'),
    github: entry(delegating, 'development'),
    google: oauth('production'),
    acme: disabled,
  };
  expect(warningsOf(providers, undefined, undefined, noCatalog)).toEqual([
    'nobody can sign in: guest lets in nobody, since it is closed; y looks people up in a catalog, and no catalog is named; ' +
      "y has no sign-in resolver, and gives access tokens only; y has no block 'development'; acme is disabled for a fault in its block. " +
      "Open it. Name a catalog: its backend under discovery.endpoints, with 'plugins: [catalog]', or a file of entities at fileCatalog.path. " +
      'List signIn.resolvers in a block, or add a module with a resolver.',
  ]);
});

it.each<[string, ProviderEntry]>([
  [
    'of whose resolvers one may ask nobody',
    entry({ resolvers: [...lookingUp.resolvers, ...resolving.resolvers] }, 'development'),
  ],
  ['that is a hosted module', hosted({})],
  ['that is open', proxy],
])('is not told of beside a provider %s', (_, other) => {
  expect(warningsOf({ guest: closed, other }, undefined, undefined, noCatalog)).toEqual([]);
});

it('is not told of resolvers that have a catalog to ask', () => {
  expect(warningsOf({ oidc: entry(lookingUp, 'development') })).toEqual([]);
});
