/**
 * Makes the configured providers: reads each block under `auth.providers`, checks it, and creates what the routes use.
 *
 * A fault inside a block disables that provider only; the start fails if none is left.
 */
import {
  ConfigError,
  checkConfig,
  formatConfigProblem,
  readConfig,
  type Config,
  type ConfigProblem,
  type LoggerService,
  type RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import {
  providerDefinitionOf,
  type AuthProviderFactory,
  type OAuthProviderDefinition,
  type ProxyProviderDefinition,
} from '@vestibule/plugin-auth-node';
import { createAttemptCookies } from '../attempts/attemptCookies.ts';
import type { Clock } from '../clock.ts';
import { oauthSettingsSchema, proxySettingsSchema } from '../config.ts';
import { AuthSetupError } from '../errors.ts';
import type { NamedResolver } from '../resolution/resolveIdentity.ts';
import { clientSecretProblems } from '../secrets/secretProblems.ts';
import type { AllowedTargets } from '../targets/allowedTargets.ts';
import { providerCookies } from './cookieScope.ts';
import { createFromBlock } from './createFromBlock.ts';
import { createHostedInstance } from './hosted.ts';
import type { OAuthInstance, ProviderEntry } from './instances.ts';
import type { ResolverRegistry } from './resolverRegistry.ts';
import { joinScopes, splitScopes } from './scopes.ts';

const defaultSessionMilliseconds = 400 * 86_400_000;
// Browsers keep no cookie for longer (RFC 6265bis section 5.5).
const longestSessionMilliseconds = 400 * 86_400_000;

/** What the providers are made from. */
export interface ProviderSurroundings {
  config: Config;
  logger: LoggerService;
  runtimeMode: RuntimeModeService;
  http: OutboundHttp;
  clock: Clock;
  resolvers: ResolverRegistry;
  targets: AllowedTargets;
  /** External base URL of the plugin, without a trailing slash. */
  baseUrl: string;
  sealingSecret: string;
  allowAnyProviderResolvers: boolean;
}

/**
 * The entries by provider id, in the order of the config.
 *
 * @throws `ERR_NO_PROVIDER_LEFT`, and `ERR_RESOLVER_NAME_TAKEN` where two resolvers have one name.
 */
export function buildProviders(
  registered: ReadonlyMap<string, AuthProviderFactory>,
  surroundings: ProviderSurroundings,
): Map<string, ProviderEntry> {
  const { config, logger } = surroundings;
  const entries = new Map<string, ProviderEntry>();
  const problems: string[] = [];
  for (const providerId of config.getOptionalConfig('auth.providers')?.keys() ?? []) {
    const factory = registered.get(providerId);
    if (!factory) {
      logger.warn(
        `auth.providers.${providerId} is configured, but no module provides '${providerId}'. ` +
          `Add one: backend.add(import('@vestibule/plugin-auth-backend-module-${providerId}-provider'))`,
      );
      continue;
    }
    const definition = providerDefinitionOf(factory);
    try {
      entries.set(
        providerId,
        definition?.kind === 'oauth'
          ? buildOAuth(providerId, definition, surroundings)
          : definition?.kind === 'proxy'
            ? buildProxy(providerId, definition, surroundings)
            : createHostedInstance(providerId, factory, surroundings),
      );
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const lines = error.problems.map(formatConfigProblem);
      problems.push(...lines);
      const problem = `The configuration of '${providerId}' has a fault; the log of the start says where.`;
      entries.set(providerId, {
        kind: 'disabled',
        providerId,
        title: definition?.title ?? providerId,
        problem,
      });
      // On one line: a log escapes line breaks.
      const reasons = lines.map((line) => line.replace(/\s*\n\s*/g, '. ')).join('; ');
      logger.error(`sign-in provider '${providerId}' is disabled: ${reasons}`);
    }
  }
  const isUsable = [...entries.values()].some(({ kind }) => kind !== 'disabled');
  if (entries.size > 0 && !isUsable) {
    throw new AuthSetupError(
      'ERR_NO_PROVIDER_LEFT',
      `no sign-in provider can be used\n  ${problems.join('\n').replaceAll('\n', '\n  ')}`,
    );
  }
  return entries;
}

function buildOAuth(
  providerId: string,
  definition: OAuthProviderDefinition,
  surroundings: ProviderSurroundings,
): ProviderEntry {
  const environments = surroundings.config.getConfig(`auth.providers.${providerId}`).keys();
  const built = environments.map((environment) =>
    settle(() => buildEnvironment(providerId, environment, definition, surroundings)),
  );
  throwProblems(built.flatMap(({ problems }) => problems));
  return {
    kind: 'oauth',
    environments: new Map(built.flatMap(({ value }) => (value ? [[value.environment, value] as const] : []))),
  };
}

function buildEnvironment(
  providerId: string,
  environment: string,
  definition: OAuthProviderDefinition,
  surroundings: ProviderSurroundings,
): OAuthInstance {
  const { config, logger, http, clock, targets, baseUrl, sealingSecret, runtimeMode } = surroundings;
  const path = `auth.providers.${providerId}.${environment}`;
  const owner = `provider '${providerId}'`;
  const schema = oauthSettingsSchema(definition.clientSecret ?? 'required');
  throwProblems(
    checkConfig({
      config,
      path,
      schemas: [
        { schema, owner },
        { schema: definition.configSchema, owner },
      ],
    }),
  );
  const common = readConfig({ config, path, schema, owner });
  const settings = readConfig({ config, path, schema: definition.configSchema, owner });
  if (runtimeMode.isProduction) {
    throwProblems(clientSecretProblems(config, ['auth', 'providers', providerId, environment], common));
  }
  const callbackUrl = common.callbackUrl ?? `${baseUrl}/${providerId}/handler/frame`;
  const { resolvers, problems, warnings } = surroundings.resolvers.select({
    providerId,
    builtIn: definition.resolvers ?? {},
    config,
    path,
    entries: common.signIn?.resolvers,
    allowAnyProviderResolvers: surroundings.allowAnyProviderResolvers,
  });
  throwProblems(problems);
  for (const warning of warnings) logger.warn(warning);
  const cookies = providerCookies({ providerId, baseUrl, appUrl: targets.appUrl, config });
  announce(logger, `${providerId} (${environment})`, resolvers, `callback URL: ${callbackUrl}`);
  return {
    kind: 'oauth',
    providerId,
    environment,
    title: definition.title,
    provider: createFromBlock(path, config, () =>
      definition.create({
        settings,
        clientId: common.clientId,
        clientSecret: common.clientSecret,
        config: config.getConfig(path),
        providerId,
        environment,
        logger: logger.child({ provider: providerId }),
        http,
        now: clock,
      }),
    ),
    callbackUrl,
    scopes: joinScopes(definition.requiredScopes, splitScopes(common.additionalScopes)),
    persistsScopes: definition.persistsScopes ?? false,
    sessionMilliseconds: Math.min(
      common.sessionDuration ?? defaultSessionMilliseconds,
      longestSessionMilliseconds,
    ),
    resolvers,
    attempts: createAttemptCookies({ secret: sealingSecret, providerId, attributes: cookies.attempt, clock }),
    sessionCookie: { ...cookies.session, name: `${providerId}-refresh-token` },
  };
}

function buildProxy(
  providerId: string,
  definition: ProxyProviderDefinition,
  surroundings: ProviderSurroundings,
): ProviderEntry {
  const { config, logger, http, clock, runtimeMode } = surroundings;
  const path = `auth.providers.${providerId}`;
  const owner = `provider '${providerId}'`;
  throwProblems(
    checkConfig({
      config,
      path,
      schemas: [
        { schema: proxySettingsSchema, owner },
        { schema: definition.configSchema, owner },
      ],
    }),
  );
  const common = readConfig({ config, path, schema: proxySettingsSchema, owner });
  const settings = readConfig({ config, path, schema: definition.configSchema, owner });
  const { resolvers, problems, warnings } = surroundings.resolvers.select({
    providerId,
    builtIn: definition.resolvers ?? {},
    fallback: definition.defaultResolver?.(settings),
    config,
    path,
    entries: common.signIn?.resolvers,
    allowAnyProviderResolvers: surroundings.allowAnyProviderResolvers,
  });
  throwProblems(problems);
  for (const warning of warnings) logger.warn(warning);
  announce(logger, providerId, resolvers);
  return {
    kind: 'proxy',
    providerId,
    title: definition.title,
    provider: createFromBlock(path, config, () =>
      definition.create({
        settings,
        providerId,
        logger: logger.child({ provider: providerId }),
        runtimeMode,
        http,
        now: clock,
      }),
    ),
    resolvers,
  };
}

/** Says which resolvers run, in which order, and where each came from. */
function announce(
  logger: LoggerService,
  what: string,
  resolvers: readonly NamedResolver[],
  detail?: string,
): void {
  const order = resolvers.map(({ name, source }) => `${name} (${source})`).join(', then ');
  const resolution = order === '' ? 'no sign-in resolver: access delegation only' : `resolvers: ${order}`;
  logger.info(`sign-in provider ${what}: ${[resolution, detail].filter(Boolean).join('; ')}`);
}

function throwProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}

/** So that the faults of all environments are reported together. */
function settle<T>(act: () => T): { value?: T; problems: readonly ConfigProblem[] } {
  try {
    return { value: act(), problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}
