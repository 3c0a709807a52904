/**
 * Backstage's provider modules, unmodified. They keep their nonce, state and tokens in cookies of their own; here those
 * travel in our sealed attempt and rest in our session, so that they too get what ours get.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { checkConfig, readConfig, type Config, type GuestCodeService } from '@vestibule/backend-plugin-api';
import {
  RefusalError,
  type AuthProviderFactory,
  type AuthResolverContext,
  type BackstageRouteHandlers,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { createTransactionCookies } from '../../transactions/transactionCookies.ts';
import { sessionCookieName } from '../../http/cookies.ts';
import { instanceSchema } from '../../config.ts';
import type { NamedResolver } from '../../policy/resolveIdentity.ts';
import type { ProviderBuildContext } from '../buildProviders.ts';
import { throwProblems } from '../configFaults.ts';
import { providerCookies } from '../cookieScope.ts';
import { createFromBlock } from '../createFromBlock.ts';
import { withoutPaths } from './hiddenKeys.ts';
import { moduleGates } from './moduleGates.ts';
import { guardedHandlers, moduleHandlers, usableHandlers } from './moduleHandlers.ts';
import { explainingRefusals, moduleResolvers, misplacedProblems } from './moduleResolvers.ts';
import { moduleSessionLengths } from './moduleSettings.ts';
import { withoutReservedKeys } from '../instanceKeys.ts';
import type { BackstageInstance, BackstageRequestScope } from '../instances.ts';
import { watchCalls } from './moduleCalls.ts';
import { packageOfProvider } from '../providerModules.ts';

/** What Backstage's auth backend hands to a provider's factory. */
interface BackstageFactoryOptions {
  providerId: string;
  globalConfig: { baseUrl: string; appUrl: string; isOriginAllowed(origin: string): boolean };
  config: unknown;
  logger: unknown;
  resolverContext: AuthResolverContext;
  baseUrl: string;
  appUrl: string;
  isOriginAllowed(origin: string): boolean;
}

/** @throws ConfigError where the block has a fault, or the module's factory refuses its config. */
export function createBackstageInstance(
  { providerId, type, factory }: { providerId: string; type: string; factory: AuthProviderFactory },
  building: ProviderBuildContext,
): BackstageInstance {
  const { config, logger, targets, baseUrl, sealingSecret, clock, guestCode } = building;
  const path = `auth.providers.${providerId}`;
  const owner = `provider '${providerId}'`;
  // The rest of the block is the module's.
  const ours = z.looseObject(instanceSchema.shape);
  throwProblems(checkConfig({ config, path, schemas: [{ schema: ours, owner }] }).problems);
  const { title = providerId, icon } = readConfig({ config, path, schema: ours, owner });
  const { appUrl, isOriginAllowed } = targets;
  const scopes = new AsyncLocalStorage<BackstageRequestScope | undefined>();
  const make = factory as unknown as (options: BackstageFactoryOptions) => BackstageRouteHandlers;
  const resolvers = moduleResolvers({ providerId, type }, building);
  const transforms = building.transforms.select(providerId, undefined);
  const block = withoutReservedKeys(config.getConfig(path));
  const options: BackstageFactoryOptions = {
    providerId,
    globalConfig: { baseUrl, appUrl, isOriginAllowed },
    config: withoutPaths(
      block,
      [...resolvers.keys()].map((environment) =>
        environment === undefined ? 'signIn' : `${environment}.signIn`,
      ),
    ),
    logger: logger.child({ provider: providerId }),
    resolverContext: contextOfRequest(scopes, guestCode),
    baseUrl,
    appUrl,
    isOriginAllowed,
  };
  const handlers = createFromBlock(path, config, () =>
    moduleHandlers({
      make: () => usableHandlers(explainingRefusals({ providerId }, building, () => make(options))),
      onFailure: (reason) =>
        logger.warn(
          `something that the provider module of '${providerId}' began has failed`,
          reason as Error,
        ),
      clock,
    }),
  );
  const isProxyType = typeof handlers().logout !== 'function';
  const environments = block.keys();
  if (!isProxyType) throwProblems(misplacedProblems({ providerId, type }, building));
  const gates = moduleGates({
    providerId,
    type,
    environments,
    isProxyType,
    resolvers,
    transforms,
    building,
  });
  const gatesOf = (environment: string, isSignIn: boolean) =>
    gates(isProxyType ? undefined : environment, isSignIn);
  const sessionMillisecondsOf = moduleSessionLengths(
    { providerId, environments: isProxyType ? [] : environments },
    building,
  );
  const chainOf = (environment: string) => resolvers.get(isProxyType ? undefined : environment);
  warnOfUnasked(
    providerId,
    (isProxyType ? [''] : environments).map((environment) => chainOf(environment) ?? []),
    building,
  );
  warnOfDangers(path, block, building);
  const own = packageOfProvider(type);
  if (own?.startsWith('@vestibule/')) {
    logger.info(
      `${path} is of type '${type}', which a module made for Backstage's auth backend provides here: it runs hosted, with ` +
        `keys and resolvers of its own. Ours is ${own}`,
    );
  }
  const cookies = providerCookies({ providerId, baseUrl, appUrl, config });
  return {
    kind: 'hosted',
    providerId,
    type,
    title,
    ...(icon !== undefined && { icon }),
    isProxyType,
    environments,
    gatesOf: (environment, { isSignIn }) => gatesOf(environment, isSignIn),
    policyOf(environment) {
      const chain = chainOf(environment);
      return chain && { providerId, transforms, gates: gatesOf(environment, true), resolvers: chain };
    },
    transforms,
    refreshTokenAdvice: `Have the module ask for refresh tokens; for many providers, by offline_access under ${path}.<environment>.additionalScopes.`,
    sessionMillisecondsOf,
    get handlers() {
      return guardedHandlers(handlers(), { who: `the provider module of '${providerId}'`, guestCode });
    },
    inRequest: (scope, run) =>
      scopes.run(scope, async () =>
        watchCalls(
          { isOurs: () => scopes.getStore() === scope, onCall: (call) => scope.evidence.noteCall(call) },
          run,
        ),
      ),
    transactions: createTransactionCookies({
      secret: sealingSecret,
      providerId,
      attributes: cookies.transaction,
      clock,
    }),
    sessionCookie: { ...cookies.session, name: sessionCookieName(providerId) },
  };
}

/** What was added for this provider, and would run for one of ours. */
function warnOfUnasked(
  providerId: string,
  chains: readonly (readonly NamedResolver[])[],
  { logger, resolvers }: ProviderBuildContext,
): void {
  const asked = chains.flatMap((chain) => chain.map(({ name }) => name));
  const unasked = resolvers.addedFor(providerId).filter((name) => !asked.includes(name));
  if (unasked.length > 0) {
    logger.warn(
      `sign-in resolvers added for '${providerId}' are not asked: ${unasked.join(', ')}. A hosted Backstage module ` +
        `asks its own, unless its signIn.resolvers names one of these`,
    );
  }
}

/** What the guest module of Backstage calls `dangerouslyAllowOutsideDevelopment` is said at every start, as of our own. */
function warnOfDangers(path: string, block: Config, { logger, runtimeMode }: ProviderBuildContext): void {
  if (runtimeMode.isDevelopment) return;
  const dangers = block.keys().filter((key) => key.startsWith('dangerously') && isTrue(block, key));
  for (const key of dangers) logger.warn(`${path}.${key} is set: more people come in than otherwise`);
}

/** A value that is no boolean is the module's to refuse. */
function isTrue(block: Config, key: string): boolean {
  try {
    return block.getOptionalBoolean(key) === true;
  } catch {
    return false;
  }
}

/**
 * One context for the life of the provider, which leads to that of the request under way. What the module asks of us there
 * runs outside of its own surroundings: it is no call of the module's, and what it begins is the host's.
 */
function contextOfRequest(
  scopes: AsyncLocalStorage<BackstageRequestScope | undefined>,
  { leave }: GuestCodeService,
): AuthResolverContext {
  const current = (): BackstageRequestScope => {
    const scope = scopes.getStore();
    if (scope) return scope;
    throw new RefusalError('ERR_RESOLVER_FAILED', {
      hint: 'A provider module used its resolver context outside of a request.',
    });
  };
  const ask = async <T>(question: (context: AuthResolverContext) => Promise<T>): Promise<T> => {
    const { context, evidence } = current();
    return evidence.ask(async () => scopes.run(undefined, async () => leave(async () => question(context))));
  };
  return {
    issueToken: async (parameters) => ask(async (context) => context.issueToken(parameters)),
    findCatalogUser: async (query) => ask(async (context) => context.findCatalogUser(query)),
    signInWithCatalogUser: async (query, options) =>
      ask(async (context) => context.signInWithCatalogUser(query, options)),
    resolveOwnershipEntityRefs: async (entity) =>
      ask(async (context) => context.resolveOwnershipEntityRefs(entity)),
    pass: (reason) => current().context.pass(reason),
    deny: (reason) => current().context.deny(reason),
    get signal() {
      return current().context.signal;
    },
  };
}
