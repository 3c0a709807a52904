/** A backend that starts well, and in which nobody will be able to sign in. */
import { expect, it } from '@jest/globals';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import type { ProviderEntry } from './providers/instances.ts';
import { warnAtStart, warnOfNoProvider } from './startWarnings.ts';
import { silentLogger } from './testing/silentLogger.ts';

const oauth = (...names: string[]) =>
  ({ kind: 'oauth', environments: new Map(names.map((name) => [name, {}])) }) as unknown as ProviderEntry;
const proxy = { kind: 'proxy' } as ProviderEntry;

function warningsOf(
  providers: Record<string, ProviderEntry>,
  environment?: string,
  block?: JsonObject,
): string[] {
  const warnings: string[] = [];
  const configured = block ?? Object.fromEntries(Object.keys(providers).map((id) => [id, {}]));
  warnOfNoProvider(
    { ...silentLogger, warn: (message) => void warnings.push(message) },
    {
      config: mockServices.rootConfig({ data: { auth: { providers: configured } } }),
      environment,
      providers: new Map(Object.entries(providers)),
    },
  );
  return warnings;
}

it('is warned about where no provider is configured', () => {
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
])('is not warned about where %s', (_, providers, environment, block) => {
  expect(warningsOf(providers, environment, block)).toEqual([]);
});

it('names a depth of ownership that nothing asks for', () => {
  const said = (mode: 'direct' | 'transitive', maxDepth: number): string[] => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    warnAtStart(logger, { ownership: { mode, maxDepth } }, { hasOwnershipResolver: false });
    return warnings;
  };
  expect(said('direct', 3)).toEqual(["auth.ownership.maxDepth has no effect without 'mode: transitive'"]);
  expect([...said('transitive', 3), ...said('direct', 10)]).toEqual([]);
});
