/**
 * Sign-in resolvers that modules added, for a hosted Backstage module. The module knows only its own and would refuse the
 * others' names, so where config names one of ours, or names none and some were added for the provider, ours decide in that
 * environment, and the module is not told of `signIn`. A module that has a resolver in its code all the same asks that one
 * first: its refusal stands, and what it issues is not used.
 */
import {
  CodedError,
  configProblemAt,
  isObject,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import type { NamedResolver } from '../../policy/signInPolicy.ts';
import type { ProviderBuildContext } from '../buildContext.ts';
import { throwProblems } from '../configFaults.ts';

type Chains = ReadonlyMap<string | undefined, readonly NamedResolver[]>;

/**
 * The resolvers by environment, and under `undefined` those of a block that is not divided, as one of the proxy type. What
 * is absent is left to the module.
 *
 * @throws ConfigError where such a list names a resolver of the module besides.
 */
export function moduleResolvers(
  { providerId, type }: { providerId: string; type: string },
  building: ProviderBuildContext,
): Chains {
  const { config, logger, resolvers, allowAnyProviderResolvers } = building;
  const path = `auth.providers.${providerId}`;
  const block = blockOf(config, path);
  const ours = resolvers.namesFor(providerId, type);
  const own = resolvers.addedFor(providerId);
  const found = new Map<string | undefined, readonly NamedResolver[]>();
  for (const [environment, settings] of [[undefined, block] as const, ...Object.entries(block)]) {
    if (!isObject(settings) || ['signIn', 'allow'].includes(environment ?? '')) continue;
    const names = namesIn(settings);
    const isOurs = names ? names.some((name) => ours.includes(name)) : own.length > 0;
    if (!isOurs) continue;
    const selected = resolvers.select({
      providerId,
      type,
      builtIn: {},
      claims: 'none',
      config,
      path: environment === undefined ? path : `${path}.${environment}`,
      entries: names && (settings as { signIn: { resolvers: { resolver: string }[] } }).signIn.resolvers,
      allowAnyProviderResolvers,
    });
    throwProblems(selected.problems.map(explained));
    for (const warning of selected.warnings) logger.warn(warning);
    found.set(environment, selected.resolvers);
  }
  return found;
}

/** Where a block is divided by environment, a list beside the environments would decide nothing. */
export function misplacedProblems(
  { providerId, type }: { providerId: string; type: string },
  { config, resolvers }: ProviderBuildContext,
): ConfigProblem[] {
  const path = `auth.providers.${providerId}`;
  const ours = resolvers.namesFor(providerId, type);
  return (namesIn(blockOf(config, path)) ?? []).flatMap((name, index) => {
    if (!ours.includes(name)) return [];
    return configProblemAt(config, `${path}.signIn.resolvers[${index}].resolver`, {
      what: `names '${name}' beside the environments, where it decides nothing`,
      suggestion: 'Put signIn into the environment for which it is meant.',
    });
  });
}

/**
 * Makes the module's handlers. Backstage's own modules of the proxy type refuse to be made without a resolver of theirs, so
 * for them an added one cannot decide: it would have to follow a resolver that was not asked for.
 */
export function explainingRefusals<T>(
  { providerId }: { providerId: string },
  { resolvers }: ProviderBuildContext,
  make: () => T,
): T {
  try {
    return make();
  } catch (error) {
    const added = resolvers.addedFor(providerId);
    const message = error instanceof Error ? error.message : String(error);
    if (added.length === 0 || !/sign-in resolver/i.test(message)) throw error;
    throw new CodedError('ERR_CONFIG_VALUE_INVALID', message, {
      cause: error,
      hint:
        `This Backstage module cannot be made without a resolver of its own, so that what was added (${added.join(', ')}) ` +
        'cannot decide. Name one of its own in signIn.resolvers, or write the provider as in docs/guides/write-your-own-provider.md.',
    });
  }
}

function blockOf(config: Config, path: string): Record<string, unknown> {
  return config.getConfig(path).getOptional<Record<string, unknown>>() ?? {};
}

/** What the list can hold is not all that the module's own page tells. */
function explained(problem: ConfigProblem): ConfigProblem {
  const suggestion = `${problem.suggestion ?? ''} Beside resolvers that were added, those of the hosted Backstage module are not asked.`;
  return { ...problem, suggestion: suggestion.trim() };
}

/** `undefined` where there is no list. Whatever else is wrong with one is found by who reads it. */
function namesIn(settings: Readonly<Record<string, unknown>>): string[] | undefined {
  const { signIn } = settings;
  const list = isObject(signIn) ? signIn['resolvers'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.map((entry: unknown) => String(isObject(entry) ? entry['resolver'] : entry));
}
