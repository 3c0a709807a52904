/**
 * Backstage's provider modules, unmodified. They keep their nonce, state and tokens in cookies of their own; here those
 * travel in our sealed attempt and rest in our session, so that they too get what ours get.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  AuthProviderFactory,
  AuthResolverContext,
  HostedRouteHandlers,
} from '@vestibule/plugin-auth-node';
import { createAttemptCookies } from '../attempts/attemptCookies.ts';
import { RefusalError } from '../errors.ts';
import type { ProviderSurroundings } from './buildProviders.ts';
import { providerCookies } from './cookieScope.ts';
import { createFromBlock } from './createFromBlock.ts';
import type { HostedInstance, HostedRequestScope } from './instances.ts';

/** What Backstage's auth backend hands to a provider's factory. */
interface HostedFactoryOptions {
  providerId: string;
  globalConfig: { baseUrl: string; appUrl: string; isOriginAllowed(origin: string): boolean };
  config: unknown;
  logger: unknown;
  resolverContext: AuthResolverContext;
  baseUrl: string;
  appUrl: string;
  isOriginAllowed(origin: string): boolean;
}

/** @throws ConfigError where the module's factory refuses its config. */
export function createHostedInstance(
  providerId: string,
  factory: AuthProviderFactory,
  { config, logger, resolvers, targets, baseUrl, sealingSecret, clock }: ProviderSurroundings,
): HostedInstance {
  const path = `auth.providers.${providerId}`;
  const { appUrl, isOriginAllowed } = targets;
  const scopes = new AsyncLocalStorage<HostedRequestScope>();
  const make = factory as unknown as (options: HostedFactoryOptions) => HostedRouteHandlers;
  const handlers = createFromBlock(path, config, () =>
    make({
      providerId,
      globalConfig: { baseUrl, appUrl, isOriginAllowed },
      config: config.getConfig(path),
      logger: logger.child({ provider: providerId }),
      resolverContext: contextOfRequest(scopes),
      baseUrl,
      appUrl,
      isOriginAllowed,
    }),
  );
  logger.info(`sign-in provider ${providerId}: Backstage module, hosted`);
  const unasked = resolvers.addedFor(providerId);
  if (unasked.length > 0) {
    logger.warn(
      `sign-in resolvers added for '${providerId}' are not asked: ${unasked.join(', ')}. ` +
        `A hosted Backstage module asks its own, those of ${path}.<environment>.signIn.resolvers`,
    );
  }
  const cookies = providerCookies({
    providerId,
    baseUrl,
    appUrl,
    config,
  });
  return {
    kind: 'hosted',
    providerId,
    environments: config.getConfig(path).keys(),
    handlers,
    inRequest: (scope, run) => scopes.run(scope, run),
    attempts: createAttemptCookies({ secret: sealingSecret, providerId, attributes: cookies.attempt, clock }),
    sessionCookie: { ...cookies.session, name: `${providerId}-refresh-token` },
  };
}

/** One context for the life of the provider, which leads to that of the request under way. */
function contextOfRequest(scopes: AsyncLocalStorage<HostedRequestScope>): AuthResolverContext {
  const current = (): AuthResolverContext => {
    const scope = scopes.getStore();
    if (!scope) {
      throw new RefusalError('ERR_RESOLVER_FAILED', {
        hint: 'A provider module used its resolver context outside of a request.',
      });
    }
    return scope.context;
  };
  return {
    issueToken: (parameters) => current().issueToken(parameters),
    findCatalogUser: (query) => current().findCatalogUser(query),
    signInWithCatalogUser: (query, options) => current().signInWithCatalogUser(query, options),
    resolveOwnershipEntityRefs: (entity) => current().resolveOwnershipEntityRefs(entity),
    pass: (reason) => current().pass(reason),
    deny: (reason) => current().deny(reason),
    get signal() {
      return current().signal;
    },
  };
}
