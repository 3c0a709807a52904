/**
 * What a start would say of the blocks under `auth.providers`, without one: for tools that look at a config. Providers
 * are created, and nothing of them is called.
 */
import {
  ConfigError,
  type Config,
  type ConfigProblem,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { createOutboundHttp } from '@vestibule/outbound-http';
import type { AuthProvider } from '@vestibule/plugin-auth-node';
import { authConfigSchema } from './config.ts';
import { buildOAuth } from './providers/buildOAuth.ts';
import { buildProxy } from './providers/buildProxy.ts';
import type { ProviderSurroundings } from './providers/buildProviders.ts';
import { misspeltTypeProblems, typeOfInstance } from './providers/instanceKeys.ts';
import { createProviderTypes, type ProviderType } from './providers/providerTypes.ts';
import { createResolverRegistry } from './providers/resolverRegistry.ts';
import { createTransformRegistry } from './providers/transformRegistry.ts';
import { createAllowedTargets } from './targets/allowedTargets.ts';

/** One block under `auth.providers`. @public */
export interface ProviderInspection {
  readonly providerId: string;
  /** The type of provider; the id unless config says otherwise. */
  readonly type: string;
  /** Whether one of the given providers is of that type. Where not, the inside of the block was not looked at. */
  readonly isInstalled: boolean;
  /** Why the provider would be disabled; empty where it would work. */
  readonly problems: readonly ConfigProblem[];
  /** What a start would only tell of the block: keys of others, and those that newer ones have replaced. */
  readonly warnings: readonly ConfigProblem[];
}

/**
 * Looks at each block as a start in development would.
 *
 * @param providers - What modules would register.
 * @example
 * ```ts
 * const found = await inspectProviders({ config, providers: [{ providerId: 'google', factory: googleProviderFactory }] });
 * ```
 * @public
 */
export async function inspectProviders(options: {
  config: Config;
  providers: readonly AuthProvider[];
}): Promise<ProviderInspection[]> {
  const { config, providers } = options;
  const registry = createProviderTypes();
  registry.addServices(providers);
  const types = registry.all();
  const http = createOutboundHttp();
  const auth = authConfigSchema.shape.auth.safeParse(config.getOptional('auth')).data;
  const surroundings: ProviderSurroundings = {
    config,
    logger: silent,
    warn: () => undefined,
    runtimeMode: { isDevelopment: true, isProduction: false },
    guestCode: { run: async (_, act) => act(), leave: (act) => act(), claim: () => undefined },
    http,
    clock: { now: () => 0 },
    resolvers: createResolverRegistry(),
    transforms: createTransformRegistry(),
    targets: createAllowedTargets({ appUrl: anyUrl, extraOrigins: [] }),
    baseUrl: `${anyUrl}/api/auth`,
    sealingSecret: 'seals nothing',
    allowAnyProviderResolvers: false,
    allow: auth?.allow,
  };
  try {
    // Not by the whole path: the getter throws where a parent is no object, which the check of the config says.
    return Object.keys(asObject(asObject(config.getOptional('auth'))['providers'])).map((providerId) =>
      inspect(providerId, types, surroundings),
    );
  } finally {
    await http.close();
  }
}

const anyUrl = 'https://portal.invalid';

function inspect(
  providerId: string,
  types: ReadonlyMap<string, ProviderType>,
  given: ProviderSurroundings,
): ProviderInspection {
  const { config } = given;
  const warnings: ConfigProblem[] = [];
  const surroundings = { ...given, warn: (warning: ConfigProblem) => void warnings.push(warning) };
  let type = providerId;
  let isInstalled = types.has(type);
  try {
    type = typeOfInstance(config, providerId);
    const definition = types.get(type)?.definition;
    isInstalled = definition !== undefined;
    const problems = isInstalled ? [] : misspeltTypeProblems(config, providerId);
    if (definition?.kind === 'oauth') buildOAuth({ providerId, type, definition }, surroundings);
    if (definition?.kind === 'proxy') buildProxy({ providerId, type, definition }, surroundings);
    return { providerId, type, isInstalled, problems, warnings };
  } catch (error) {
    if (error instanceof ConfigError)
      return { providerId, type, isInstalled, problems: error.problems, warnings };
    throw error;
  }
}

/** What a start logs is told by whoever asked. */
const silent: LoggerService = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silent,
};

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
