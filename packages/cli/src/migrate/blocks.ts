/** The blocks under `auth.providers`, taken apart, whoever reads them. */
import {
  asObject,
  isObject,
  type Config,
  type ConfigLocation,
  type JsonObject,
  type JsonValue,
  type LocatedConfig,
} from '@vestibule/backend-plugin-api';
import {
  backstageProviders,
  isKnownProviderType,
  type BackstageDifferences,
} from '@vestibule/plugin-auth-node';
import { formatPath, type Installation } from './readInstallation.ts';

/** The settings of a provider, in one environment where it has several. */
export interface ProviderBlock {
  readonly providerId: string;
  /** Which provider it is. */
  readonly type: string;
  readonly path: readonly string[];
  readonly settings: JsonObject;
  readonly resolvers: readonly ResolverEntry[] | undefined;
  readonly isProxyType: boolean;
  /** Whether its logins are resolved without a resolver in config. */
  readonly hasDefaultResolver: boolean;
  /** What ours does otherwise than Backstage's; empty for a provider that is not ours. */
  readonly fromBackstage: BackstageDifferences;
}

/** One entry of `signIn.resolvers`. */
export interface ResolverEntry {
  readonly name: string;
  readonly options: JsonObject;
  readonly path: readonly (string | number)[];
}

const reservedKeys: readonly string[] = ['type', 'title', 'icon'];

/** All of them, in the order of the config. What is no mapping is left to the check of the config. */
export function blocksOf({ config, providers }: Pick<Installation, 'config' | 'providers'>): ProviderBlock[] {
  return Object.entries(asObject(valueAt(config, ['auth', 'providers']))).flatMap(([providerId, value]) => {
    const block = asObject(value);
    const type = typeof block['type'] === 'string' ? block['type'] : providerId;
    const path = ['auth', 'providers', providerId];
    const definition = providers.get(type);
    // Of a module that nobody here knows, only the shape tells: environments have 'signIn' inside.
    const isProxyType =
      definition?.kind === 'proxy' ||
      backstageProviders[type]?.isProxyType === true ||
      (!isKnownProviderType(type) && isObject(block['signIn']));
    const one = (at: string[], settings: JsonObject): ProviderBlock => ({
      providerId,
      type,
      path: at,
      settings,
      resolvers: resolversOf(at, settings),
      isProxyType,
      hasDefaultResolver: definition?.defaultResolver !== undefined,
      fromBackstage: definition?.fromBackstage ?? {},
    });
    if (isProxyType) return [one(path, block)];
    return Object.entries(block)
      .filter(([key, member]) => !reservedKeys.includes(key) && isObject(member))
      .map(([environment, member]) => one([...path, environment], asObject(member)));
  });
}

/** Looks without the getters of the config, which throw where a parent is no object; that is for the check to say. */
export function valueAt(config: Config, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, key) => asObject(value)[key], config.getOptional());
}

/** Key and place, to be spread into a finding. */
export function at(
  config: LocatedConfig,
  path: readonly (string | number)[],
): { key: string; location?: ConfigLocation } {
  const location = config.locate(path, 'key');
  return { key: formatPath(path), ...(location && { location }) };
}

function resolversOf(path: readonly string[], settings: JsonObject): ResolverEntry[] | undefined {
  const listed = asObject(settings['signIn'])['resolvers'];
  if (!Array.isArray(listed)) return undefined;
  return listed.map((entry, index) => {
    const { resolver, ...options } = asObject(entry);
    return {
      name: typeof resolver === 'string' ? resolver : '',
      options,
      path: [...path, 'signIn', 'resolvers', index],
    };
  });
}
