/**
 * Makes the configured providers: finds the type of each block under `auth.providers`, checks the block, and creates what
 * the routes use.
 *
 * A fault inside a block disables that provider only, and one of a type that nobody installed is passed over; the start
 * fails if none is left.
 */
import {
  asObject,
  configProblemLine,
  formatConfigProblem,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import { AuthSetupError } from '../errors.ts';
import type { ProviderBuildContext } from './buildContext.ts';
import { settle, throwProblems } from './configFaults.ts';
import { createBackstageSignIn } from './backstage/adapter.ts';
import { misspeltTypeProblems, readableKeys, typeOfInstance } from './instanceKeys.ts';
import { missingModule } from './missingModule.ts';
import { createOAuthSignIn } from './oauth.ts';
import type { ProviderType } from './providerTypes.ts';
import { createProxySignIn } from './proxy.ts';
import { isUsable, type ProviderEntry, type SignInProvider } from './signInProvider.ts';

/**
 * The entries by provider id, in the order of the config.
 *
 * @throws `ERR_NO_PROVIDER_LEFT`, and `ERR_RESOLVER_NAME_TAKEN` where two resolvers have one name.
 */
export function buildProviders(
  types: ReadonlyMap<string, ProviderType>,
  building: ProviderBuildContext,
): Map<string, ProviderEntry> {
  const { config, logger, warn } = building;
  const entries = new Map<string, ProviderEntry>();
  const reasons: string[] = [];
  for (const { providerId, type, entry, missing, problems } of settleProviders(types, building)) {
    if (missing) warn(missing);
    reasons.push(...[missing ?? [], problems].flat().map(formatConfigProblem));
    if (entry) entries.set(providerId, entry);
    else if (!missing) {
      entries.set(providerId, disabledProvider(types, config, { providerId, type }));
      const why = problems.map(configProblemLine).join('; ');
      logger.error(`${nameOfProvider(providerId)} is disabled: ${why}`);
    }
  }
  if (reasons.length > 0 && ![...entries.values()].some(isUsable)) {
    throw new AuthSetupError(
      'ERR_NO_PROVIDER_LEFT',
      `${noProviderLeft}\n  ${reasons.join('\n').replaceAll('\n', '\n  ')}`,
    );
  }
  return entries;
}

/** What stands for a provider whose block has a fault. */
export function disabledProvider(
  types: ReadonlyMap<string, ProviderType>,
  config: Config,
  { providerId, type }: Pick<SettledProvider, 'providerId' | 'type'>,
): ProviderEntry {
  return {
    id: providerId,
    type,
    title: types.get(type)?.definition?.title ?? providerId,
    ...readableKeys(config, providerId),
    problem: `The configuration of '${providerId}' has a fault; the log of the start says where.`,
  };
}

/** Said where every block has a fault, or a type that nobody installed. */
export const noProviderLeft = 'nobody can sign in: no sign-in provider can be used';

/** As people call it. */
export function nameOfProvider(providerId: string): string {
  return `sign-in provider '${providerId}'`;
}

/** The keys of `auth.providers`, where that is an object. */
export function providerIdsOf(config: Config): string[] {
  // Not by the whole path: the getter throws where a parent is no object, which the check of the config says.
  const { providers } = asObject(config.getOptional<unknown>('auth'));
  return Object.keys(asObject(providers)).filter((id) => (asObject(providers)[id] ?? null) !== null);
}

/** What becomes of a block: an entry; `missing`, where no module provides its type; or faults, which disable it. */
interface SettledProvider {
  readonly providerId: string;
  readonly type: string;
  readonly entry?: SignInProvider;
  readonly missing?: ConfigProblem;
  readonly problems: readonly ConfigProblem[];
}

/** What becomes of each block, in the order of the config. Nothing of the providers is called. */
export function settleProviders(
  types: ReadonlyMap<string, ProviderType>,
  building: ProviderBuildContext,
): SettledProvider[] {
  const { config } = building;
  return providerIdsOf(config).map((providerId) => {
    let type = providerId;
    const { value, problems } = settle((): Pick<SettledProvider, 'entry' | 'missing'> => {
      type = typeOfInstance(config, providerId);
      const found = types.get(type);
      if (found) return { entry: build(providerId, type, found, building) };
      throwProblems(misspeltTypeProblems(config, providerId));
      return { missing: missingModule(config, { providerId, type, installed: [...types.keys()] }) };
    });
    return { providerId, type, ...value, problems };
  });
}

function build(
  providerId: string,
  type: string,
  { factory, definition }: ProviderType,
  building: ProviderBuildContext,
): SignInProvider {
  switch (definition?.kind) {
    case 'oauth':
      return createOAuthSignIn({ providerId, type, definition }, building);
    case 'proxy':
      return createProxySignIn({ providerId, type, definition }, building);
    case undefined:
      return createBackstageSignIn({ providerId, type, factory }, building);
  }
}
