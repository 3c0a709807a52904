/**
 * Backstage's provider modules, unmodified. They make their own nonce and state; here those go into our sealed attempt,
 * and a handle of ours takes the place of `state` at the vendor.
 */
import { CodedError, ConfigError, statusOfError } from '@vestibule/backend-plugin-api';
import type { AuthProviderFactory, HostedRouteHandlers } from '@vestibule/plugin-auth-node';
import type { ProviderSurroundings } from './buildProviders.ts';
import type { HostedInstance } from './instances.ts';

/** What Backstage's auth backend hands to a provider's factory. */
interface HostedFactoryOptions {
  providerId: string;
  globalConfig: { baseUrl: string; appUrl: string; isOriginAllowed(origin: string): boolean };
  config: unknown;
  logger: unknown;
  resolverContext: unknown;
  baseUrl: string;
  appUrl: string;
  isOriginAllowed(origin: string): boolean;
}

/** @throws ConfigError where the module's factory refuses its config. */
export function createHostedInstance(
  providerId: string,
  factory: AuthProviderFactory,
  { config, logger, targets, baseUrl }: ProviderSurroundings,
): HostedInstance {
  const path = `auth.providers.${providerId}`;
  const { appUrl, isOriginAllowed } = targets;
  // Identities are issued through `resolution` only; a module that asks here learns why it gets none.
  const resolverContext = new Proxy(
    {},
    {
      get: () => () => {
        throw new CodedError(
          'ERR_RESOLVER_FAILED',
          'Sign-in through this provider module is not offered by this host',
        );
      },
    },
  );
  const make = factory as unknown as (options: HostedFactoryOptions) => HostedRouteHandlers;
  try {
    const handlers = make({
      providerId,
      globalConfig: { baseUrl, appUrl, isOriginAllowed },
      config: config.getConfig(path),
      logger: logger.child({ provider: providerId }),
      resolverContext,
      baseUrl,
      appUrl,
      isOriginAllowed,
    });
    logger.info(`sign-in provider ${providerId}: hosted Backstage module`);
    return { kind: 'hosted', providerId, handlers };
  } catch (error) {
    if (statusOfError(error) === 409) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ code: 'ERR_CONFIG_VALUE_INVALID', path, message: `${path}: ${reason}` }], {
      cause: error,
    });
  }
}
