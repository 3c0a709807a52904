/**
 * Sign-in resolvers that modules added, for a hosted Backstage module. The module knows only its own and would refuse the
 * others' names, so where config names one of ours, or names none and some were added for the provider, ours decide in that
 * environment, and the module is not told of `signIn`.
 */
import type { ConfigProblem } from '@vestibule/backend-plugin-api';
import type { NamedResolver } from '../resolution/resolveIdentity.ts';
import type { ProviderSurroundings } from './buildProviders.ts';
import { locationOf, throwProblems } from './configFaults.ts';

/**
 * The resolvers by environment. An environment that is absent is left to the module.
 *
 * @throws ConfigError where such a list names a resolver of the module besides, or one of the proxy type names one of ours.
 */
export function hostedResolvers(
  { providerId, type }: { providerId: string; type: string },
  surroundings: ProviderSurroundings,
): ReadonlyMap<string, readonly NamedResolver[]> {
  const { config, logger, resolvers, allowAnyProviderResolvers } = surroundings;
  const path = `auth.providers.${providerId}`;
  const block = config.getConfig(path).getOptional<Record<string, unknown>>() ?? {};
  const ours = resolvers.namesFor(providerId, type);
  const own = resolvers.addedFor(providerId);
  const found = new Map<string, readonly NamedResolver[]>();
  // Of the proxy type, which needs a resolver of its own to be made at all.
  throwProblems(proxyProblems(surroundings, path, namesIn(block), ours));
  for (const [environment, settings] of Object.entries(block)) {
    if (!isMapping(settings) || ['signIn', 'allow'].includes(environment)) continue;
    const names = namesIn(settings);
    const isOurs = names ? names.some((name) => ours.includes(name)) : own.length > 0;
    if (!isOurs) continue;
    const selected = resolvers.select({
      providerId,
      type,
      builtIn: {},
      config,
      path: `${path}.${environment}`,
      entries: names && (settings as { signIn: { resolvers: { resolver: string }[] } }).signIn.resolvers,
      allowAnyProviderResolvers,
    });
    throwProblems(selected.problems.map(explained));
    for (const warning of selected.warnings) logger.warn(warning);
    found.set(environment, selected.resolvers);
  }
  return found;
}

function proxyProblems(
  { config }: ProviderSurroundings,
  path: string,
  names: readonly string[] | undefined,
  ours: readonly string[],
): ConfigProblem[] {
  return (names ?? []).flatMap((name, index) => {
    if (!ours.includes(name)) return [];
    const at = `${path}.signIn.resolvers[${index}].resolver`;
    return {
      code: 'ERR_CONFIG_VALUE_INVALID',
      path: at,
      message: `${at} names '${name}', which a module added; a hosted Backstage module of the proxy type asks its own only`,
      ...locationOf(config, [...path.split('.'), 'signIn', 'resolvers', index, 'resolver']),
    };
  });
}

/** What the list can hold is not all that the module's own page tells. */
function explained(problem: ConfigProblem): ConfigProblem {
  const suggestion = `${problem.suggestion ?? ''} Beside resolvers that were added, those of the hosted Backstage module are not asked.`;
  return { ...problem, suggestion: suggestion.trim() };
}

/** `undefined` where there is no list. Whatever else is wrong with one is found by who reads it. */
function namesIn(settings: Readonly<Record<string, unknown>>): string[] | undefined {
  const { signIn } = settings;
  const list = isMapping(signIn) ? signIn['resolvers'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.map((entry: unknown) => String(isMapping(entry) ? entry['resolver'] : entry));
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
