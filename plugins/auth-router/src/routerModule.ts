/** What the caller gave in code, as a module of the auth plugin. */
import {
  asObject,
  coreServices,
  createBackendModule,
  type BackendFeature,
  type Config,
} from '@vestibule/backend-plugin-api';
import {
  authOwnershipResolutionExtensionPoint,
  authProvidersExtensionPoint,
  type AuthOwnershipResolver,
  type AuthProviderFactory,
} from '@vestibule/plugin-auth-node';
import { AuthRouterError } from './errors.ts';
import { insteadOf } from './providers/absentProviders.ts';
import { resolverInCode, warningOf } from './providers/createProvider.ts';

/** @param options - `mayLack`: whether features may bring further types of providers. */
export function routerModule(options: {
  factories: ReadonlyMap<string, AuthProviderFactory>;
  ownershipResolver: AuthOwnershipResolver | undefined;
  mayLack: boolean;
}): BackendFeature {
  const { factories, ownershipResolver, mayLack } = options;
  return createBackendModule({
    pluginId: 'auth',
    moduleId: 'router',
    register({ registerInit }) {
      registerInit({
        deps: {
          config: coreServices.rootConfig,
          logger: coreServices.logger,
          ownership: authOwnershipResolutionExtensionPoint,
          providers: authProvidersExtensionPoint,
        },
        async init({ config, logger, ownership, providers }) {
          const configured = configuredProviders(config);
          if (!mayLack) refuseMissing(configured, factories);
          for (const [providerId, factory] of factories) providers.registerProvider({ providerId, factory });
          if (ownershipResolver) ownership.setAuthOwnershipResolver(ownershipResolver);
          for (const one of configured) {
            for (const warning of warningsAbout(one, factories.get(one.type))) logger.warn(warning);
          }
        },
      });
    },
  });
}

/** A block under `auth.providers`. */
interface ConfiguredProvider {
  readonly providerId: string;
  readonly type: string;
  /** The paths below which the block may hold `signIn`: its own, for providers without environments, and these. */
  readonly places: readonly (readonly [path: string, settings: unknown])[];
}

/** Without the getters: what is wrong with a block is for the auth plugin to say. */
function configuredProviders(config: Config): ConfiguredProvider[] {
  const all = config.getOptional<unknown>('auth');
  const blocks = asObject(asObject(all)['providers']);
  return Object.entries(blocks).map(([providerId, block]) => {
    const { type } = asObject(block);
    const path = `auth.providers.${providerId}`;
    return {
      providerId,
      type: typeof type === 'string' ? type : providerId,
      places: [
        [path, block],
        ...Object.entries(asObject(block)).map(([key, value]) => [`${path}.${key}`, value] as const),
      ],
    };
  });
}

function refuseMissing(
  configured: readonly ConfiguredProvider[],
  factories: ReadonlyMap<string, AuthProviderFactory>,
): void {
  const missing = configured.filter(({ type }) => !factories.has(type));
  if (missing.length === 0) return;
  const names = missing.map(({ providerId, type }) =>
    type === providerId ? `'${providerId}'` : `'${providerId}' of type '${type}'`,
  );
  throw new AuthRouterError(
    'ERR_AUTH_ROUTER_PROVIDER_MISSING',
    `auth.providers has ${names.join(' and ')}, and providerFactories has ${[...factories.keys()].join(', ') || 'none'}`,
    {
      hint: [
        'Spread defaultAuthProviderFactories into providerFactories, or take the block out of the config',
        ...missing.flatMap(({ type }) => {
          const way = insteadOf(type);
          return way === undefined ? [] : [`for '${type}' ${way}`];
        }),
      ].join('; '),
    },
  );
}

function warningsAbout(
  { providerId, places }: ConfiguredProvider,
  factory: AuthProviderFactory | undefined,
): string[] {
  const resolver = factory && resolverInCode(factory);
  if (!resolver) return [];
  const inConfig = places.filter(([, settings]) =>
    Array.isArray(asObject(asObject(settings)['signIn'])['resolvers']),
  );
  const warnings = inConfig.map(
    ([path]) => `${path}.signIn.resolvers wins over the sign-in resolver that was given in code`,
  );
  const unsafe = warningOf(resolver);
  return unsafe === undefined
    ? warnings
    : [...warnings, `the resolver of '${providerId}' in code: ${unsafe}`];
}
