/** What is said at every start of settings that let more people in, or that something else overrules. */
import type { Config, LoggerService } from '@vestibule/backend-plugin-api';
import type { z } from 'zod';
import { defaultMaxDepth, type authConfigSchema } from './config.ts';
import type { ProviderEntry } from './providers/instances.ts';

type AuthSettings = NonNullable<z.infer<typeof authConfigSchema>['auth']>;

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

/** A backend that starts well, and in which nobody will be able to sign in. */
export function warnOfNoProvider(
  logger: LoggerService,
  options: {
    config: Config;
    /** `auth.environment`, which front ends ask for. */
    environment: string | undefined;
    providers: ReadonlyMap<string, ProviderEntry>;
  },
): void {
  const { config, environment = 'development', providers } = options;
  if ((config.getOptionalConfig('auth.providers')?.keys() ?? []).length === 0) {
    logger.warn('nobody can sign in: no provider stands under auth.providers');
    return;
  }
  const usable = [...providers.values()].filter(({ kind }) => kind !== 'disabled');
  const named = usable.flatMap((entry) => {
    if (entry.kind === 'oauth') return [...entry.environments.keys()];
    return entry.kind === 'hosted' && !entry.isProxyType ? entry.environments : [environment];
  });
  if (usable.length === 0 || named.includes(environment)) return;
  logger.warn(
    `nobody can sign in: auth.environment is '${environment}', and no provider has a block of that name, ` +
      `only ${[...new Set(named)].join(', ') || 'empty ones'}`,
  );
}
