/** One of Backstage's provider modules, made from its factory and block: its handlers, and what config says of it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { checkConfig, readConfig, type Config, type ForeignCodeService } from '@vestibule/backend-plugin-api';
import {
  type AuthProviderFactory,
  type AuthResolverContext,
  type BackstageRouteHandlers,
  RefusalError,
  packageOfProvider,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { instanceSchema } from '../../config.ts';
import type { NamedResolver } from '../../policy/signInPolicy.ts';
import type { ProviderBuildContext } from '../buildContext.ts';
import { throwProblems } from '../configFaults.ts';
import { reservedKeys } from '../instanceKeys.ts';
import { createFromBlock } from '../readBlock.ts';
import type { ProviderIdentity } from '../signInProvider.ts';
import { watchCalls } from './calls.ts';
import type { RequestEvidence } from './evidence.ts';
import { guardedHandlers, moduleHandlers, usableHandlers } from './handlers.ts';
import { withoutPaths } from './hiddenKeys.ts';
import { readModuleBlock } from './moduleBlock.ts';
import { explainingRefusals, misplacedProblems, moduleResolvers } from './resolvers.ts';

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

/** What a module's resolver sees while a request of one person is under way. */
interface RequestScope {
  readonly context: AuthResolverContext;
  /** Remembers what the module asked for and was refused. */
  readonly evidence: RequestEvidence;
}

/** A factory, and where its block stands in config. */
export interface ModuleOptions {
  providerId: string;
  type: string;
  factory: AuthProviderFactory;
}

/** A module that runs here. */
export interface HostedModule extends ProviderIdentity {
  /** One without logout: it keeps nothing, and its block is not divided by environment. */
  readonly isProxyType: boolean;
  readonly environments: readonly string[];
  /** By environment; under `undefined` that of a block which is not divided. */
  readonly settings: ReturnType<typeof readModuleBlock>;
  /** Those of today: ask for them at each request. */
  handlers(): BackstageRouteHandlers;
  /** Runs one of its handlers, and collects what its resolver issues meanwhile. */
  inRequest<T>(scope: RequestScope, run: () => Promise<T>): Promise<T>;
}

/** @throws ConfigError where the block has a fault, or the module's factory refuses its config. */
export function hostModule(
  { providerId, type, factory }: ModuleOptions,
  building: ProviderBuildContext,
): HostedModule {
  const { config, logger, appUrl, isOriginAllowed, baseUrl, clock, foreignCode } = building;
  const path = `auth.providers.${providerId}`;
  const owner = `provider '${providerId}'`;
  // The rest of the block is the module's.
  const ours = z.looseObject(instanceSchema.shape);
  throwProblems(checkConfig({ config, path, schemas: [{ schema: ours, owner }] }).problems);
  const { title = providerId, icon } = readConfig({ config, path, schema: ours, owner });
  const scopes = new AsyncLocalStorage<RequestScope | undefined>();
  const make = factory as unknown as (options: BackstageFactoryOptions) => BackstageRouteHandlers;
  const resolvers = moduleResolvers({ providerId, type }, building);
  const transforms = building.transforms.select(providerId, undefined);
  // As a module expects it: each of its keys is an environment, or one of the module's own.
  const block = withoutPaths(config.getConfig(path), reservedKeys);
  const hidden = [...resolvers.keys()].map((name) => (name === undefined ? 'signIn' : `${name}.signIn`));
  const options: BackstageFactoryOptions = {
    providerId,
    globalConfig: { baseUrl, appUrl, isOriginAllowed },
    config: withoutPaths(block, hidden),
    logger: logger.child({ provider: providerId }),
    resolverContext: contextOfRequest(scopes, foreignCode),
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
  const environments = isProxyType ? [] : block.keys();
  if (!isProxyType) throwProblems(misplacedProblems({ providerId, type }, building));
  const settings = readModuleBlock(
    { providerId, type, environments, isProxyType, resolvers, transforms },
    building,
  );
  const chains = [...settings.values()].map(({ policy }) => policy.resolvers ?? []);
  warnOfUnasked(providerId, chains, building);
  warnOfDangers(path, block, building);
  const own = packageOfProvider(type);
  if (own?.startsWith('@vestibule/')) {
    logger.info(
      `${path} is of type '${type}', which a module made for Backstage's auth backend provides here: it runs hosted, with ` +
        `keys and resolvers of its own. Ours is ${own}`,
    );
  }
  return {
    id: providerId,
    type,
    title,
    isProxyType,
    environments,
    settings,
    handlers: () =>
      guardedHandlers(handlers(), { who: `the provider module of '${providerId}'`, foreignCode }),
    inRequest: async (scope, run) =>
      scopes.run(scope, async () =>
        watchCalls(
          { isOurs: () => scopes.getStore() === scope, onCall: (call) => scope.evidence.noteCall(call) },
          run,
        ),
      ),
    ...(icon !== undefined && { icon }),
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
  scopes: AsyncLocalStorage<RequestScope | undefined>,
  { leave }: ForeignCodeService,
): AuthResolverContext {
  const current = (): RequestScope => {
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
