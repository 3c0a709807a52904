/** What is said of a backend that starts well, and in which nobody will be able to sign in: at the start, and by readiness. */
import { asObject, configProblemAt, type Config, type ConfigProblem } from '@vestibule/backend-plugin-api';
import { providerIdsOf } from './providers/buildProviders.ts';
import { howToNameOne, type CatalogPlace } from './providers/catalogPlace.ts';
import {
  isUsable,
  type NobodyAdmitted,
  type ProviderEntry,
  type SignInProvider,
} from './providers/signInProvider.ts';

/** What it depends on beside the providers. */
interface Surroundings {
  /** `auth.environment`, which front ends ask for. Default: `development`. */
  readonly environment?: string | undefined;
  readonly catalog: CatalogPlace;
}

/** Why nobody can sign in, and the next step; `undefined` where somebody may, or a fault of the config was named for it. */
export function nobodySignsIn(
  config: Config,
  providers: ReadonlyMap<string, ProviderEntry>,
  { environment = 'development', catalog }: Surroundings,
): ConfigProblem | undefined {
  if (providerIdsOf(config).length === 0) {
    return {
      code: 'ERR_NOBODY_CAN_SIGN_IN',
      path: 'auth.providers',
      message: 'nobody can sign in: no provider stands under auth.providers',
      suggestion: isMeantForNobody(config)
        ? undefined
        : "Name one, or write 'providers: {}' where nobody is to sign in",
    };
  }
  const usable = [...providers.values()].filter(isUsable);
  const named = usable.flatMap(({ can, environments }) => (can.popup ? environments : [environment]));
  if (usable.length === 0) return undefined;
  if (named.includes(environment)) {
    return (
      nobodyByDelegation(config, usable, environment) ??
      nobodyByAny(config, [...providers.values()], { environment, catalog })
    );
  }
  const message =
    `nobody can sign in: auth.environment is '${environment}', and no provider has a block of that name, ` +
    `only ${[...new Set(named)].join(', ') || 'empty ones'}`;
  const code = 'ERR_NOBODY_CAN_SIGN_IN';
  return {
    ...configProblemAt(config, 'auth.providers', { code, message, at: 'key' }),
    path: 'auth.environment',
  };
}

/**
 * Whether the config says that nobody signs in, by `auth.providers: {}`: such a backend verifies tokens, and is ready. An absent
 * key does not say it, nor one without a value: a file that was not read, or was commented out, looks so.
 */
export function isMeantForNobody(config: Config): boolean {
  const { providers } = asObject(config.getOptional<unknown>('auth'));
  return typeof providers === 'object' && providers !== null && Object.keys(providers).length === 0;
}

/** Where every provider gives access tokens and no identity. What a hosted module does without a list, it alone knows. */
function nobodyByDelegation(
  config: Config,
  usable: readonly SignInProvider[],
  environment: string,
): ConfigProblem | undefined {
  const delegating: string[] = [];
  for (const entry of usable) {
    const settings = entry.settingsOf(entry.can.popup ? environment : undefined);
    if (!settings) continue;
    const { resolvers } = settings.policy;
    if (resolvers === undefined || resolvers.length > 0) return undefined;
    delegating.push(entry.id);
  }
  if (delegating.length === 0) return undefined;
  return configProblemAt(config, 'auth.providers', {
    code: 'ERR_NOBODY_CAN_SIGN_IN',
    message: `nobody can sign in: no provider has a sign-in resolver, and ${delegating.join(', ')} give${delegating.length === 1 ? 's' : ''} access tokens only`,
    suggestion: 'List signIn.resolvers in a block, or add a module with a resolver',
    at: 'key',
  });
}

/** Where each of them has a reason of its own. */
function nobodyByAny(
  config: Config,
  entries: readonly ProviderEntry[],
  surroundings: Required<Surroundings>,
): ConfigProblem | undefined {
  const found = entries.map((entry) => ({ entry, nobody: nobodyBy(entry, surroundings) }));
  const reasons = found.flatMap(({ entry, nobody }) => (nobody ? [{ id: entry.id, ...nobody }] : []));
  if (reasons.length < found.length) return undefined;
  const nextSteps = [...new Set(reasons.flatMap(({ nextStep }) => nextStep ?? []))];
  return configProblemAt(config, 'auth.providers', {
    code: 'ERR_NOBODY_CAN_SIGN_IN',
    message: `nobody can sign in: ${reasons.map(({ id, why }) => `${id} ${why}`).join('; ')}`,
    suggestion: nextSteps.length > 0 ? nextSteps.join(' ') : undefined,
    at: 'key',
  });
}

/** Why nobody can sign in by one; `undefined` where somebody may, or nobody here knows. */
function nobodyBy(
  entry: ProviderEntry,
  { environment, catalog }: Required<Surroundings>,
): NobodyAdmitted | undefined {
  if (!isUsable(entry)) return { why: 'is disabled for a fault in its block' };
  const settings = entry.settingsOf(entry.can.popup ? environment : undefined);
  if (!settings) return { why: `has no block '${environment}'` };
  const { nobody, policy } = settings;
  if (nobody) return nobody;
  const { resolvers } = policy;
  // What a hosted module does without a list, it alone knows.
  if (!resolvers) return undefined;
  if (resolvers.length === 0) {
    const nextStep = 'List signIn.resolvers in a block, or add a module with a resolver.';
    return { why: 'has no sign-in resolver, and gives access tokens only', nextStep };
  }
  if (catalog.isThere || resolvers.some(({ looksUp }) => looksUp === undefined)) return undefined;
  return { why: `looks people up in a catalog, and ${catalog.says}`, nextStep: howToNameOne };
}
