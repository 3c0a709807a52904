/** What is said at every start of settings that let more people in, or that something else overrules. */
import {
  configProblemAt,
  type Config,
  type ConfigProblem,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { defaultMaxDepth } from './config.ts';
import { providerIdsOf } from './providers/buildProviders.ts';
import { isUsable, type ProviderEntry, type SignInProvider } from './providers/signInProvider.ts';
import type { AuthSettings } from './settings.ts';

export function warnAtStart(
  logger: LoggerService,
  settings: AuthSettings,
  { hasOwnershipResolver }: { hasOwnershipResolver: boolean },
): void {
  if (settings.ownership !== undefined && hasOwnershipResolver) {
    logger.warn('auth.ownership has no effect: a module resolves ownership itself');
  }
  if (settings.ownership?.mode === 'direct' && settings.ownership.maxDepth !== defaultMaxDepth) {
    logger.warn("auth.ownership.maxDepth has no effect without 'mode: transitive'");
  }
  if (settings.signIn?.onMissing === 'ephemeral') {
    const { namespace = 'ephemeral', groups = [] } = settings.signIn.ephemeral ?? {};
    const mapped = groups.map(({ claim, value, group }) => `${group} by ${claim}=${value}`).join(', ');
    const open = settings.allow === undefined ? ' There is no auth.allow.' : '';
    logger.warn(
      `auth.signIn.onMissing: ephemeral: who is not in the catalog signs in as user:${namespace}/…, ` +
        `with ${mapped === '' ? 'no groups' : `the groups ${mapped}`}.${open}`,
    );
  }
}

/**
 * What is said of a backend that starts well, and in which nobody will be able to sign in: `undefined` where somebody may.
 *
 * @param environment - `auth.environment`, which front ends ask for.
 */
export function warningOfNoProvider(
  config: Config,
  providers: ReadonlyMap<string, ProviderEntry>,
  environment = 'development',
): ConfigProblem | undefined {
  if (providerIdsOf(config).length === 0) {
    return {
      code: 'ERR_CONFIG_VALUE_MISSING',
      path: 'auth.providers',
      message: 'nobody can sign in: no provider stands under auth.providers',
    };
  }
  const usable = [...providers.values()].filter(isUsable);
  const named = usable.flatMap(({ can, environments }) => (can.popup ? environments : [environment]));
  if (usable.length === 0) return undefined;
  if (named.includes(environment)) return warningOfDelegation(config, usable, environment);
  const message =
    `nobody can sign in: auth.environment is '${environment}', and no provider has a block of that name, ` +
    `only ${[...new Set(named)].join(', ') || 'empty ones'}`;
  return { ...configProblemAt(config, 'auth.providers', { message, at: 'key' }), path: 'auth.environment' };
}

/** Where every provider gives access tokens and no identity. What a hosted module does without a list, it alone knows. */
function warningOfDelegation(
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
    code: 'ERR_CONFIG_VALUE_MISSING',
    message: `nobody can sign in: no provider has a sign-in resolver, and ${delegating.join(', ')} give${delegating.length === 1 ? 's' : ''} access tokens only`,
    suggestion: 'List signIn.resolvers in a block, or add a module with a resolver',
    at: 'key',
  });
}
