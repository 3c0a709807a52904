/** Wires the rooms of sign-in together. Nothing is decided here. */
import {
  ConfigError,
  ConflictError,
  clockServiceRef,
  coreServices,
  createBackendPlugin,
  readConfig,
  runtimeModeServiceRef,
  withProductionCheck,
} from '@vestibule/backend-plugin-api';
import { migrate } from '@vestibule/database-migrations';
import { koaHandler } from '@vestibule/koa-handler';
import { createOutboundHttp } from '@vestibule/outbound-http';
import {
  authOwnershipResolutionExtensionPoint,
  authProvidersExtensionPoint,
  authSignInPageExtensionPoint,
  signInResolverExtensionPoint,
  type AuthOwnershipResolver,
  type AuthProviderFactory,
  type SignInChoice,
} from '@vestibule/plugin-auth-node';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createConsumedAttempts } from './attempts/consumedAttempts.ts';
import { authConfigSchema, keysWithoutEffect } from './config.ts';
import { migrations, tables } from './database/migrations.ts';
import { createUserInfoStore } from './identity/userInfoStore.ts';
import { createUserTokens } from './identity/userTokens.ts';
import { openSigningKeys } from './keys/signingKeys.ts';
import { buildProviders } from './providers/buildProviders.ts';
import type { ProviderEntry } from './providers/instances.ts';
import { createResolverRegistry } from './providers/resolverRegistry.ts';
import { createCatalogUsers } from './resolution/catalogUsers.ts';
import { createResolverContexts } from './resolution/resolverContext.ts';
import { createRoutes } from './routes/router.ts';
import { findSealingSecret } from './secrets/sealingSecret.ts';
import { secretProblemsInProduction } from './secrets/secretProblems.ts';
import { createTokenRenewal } from './sessions/renewTokens.ts';
import { createSessionStore } from './sessions/sessionStore.ts';
import { createAllowedTargets } from './targets/allowedTargets.ts';

const defaultTokenMilliseconds = 3_600_000;
const shortestTokenMilliseconds = 600_000;
const longestTokenMilliseconds = 86_400_000;
const defaultGraceMilliseconds = 3_600_000;

/** The auth plugin, id `auth`. @public */
export const authPlugin = createBackendPlugin({
  pluginId: 'auth',
  configSchema: withProductionCheck(authConfigSchema, secretProblemsInProduction),
  register({ registerExtensionPoint, registerInit }) {
    const factories = new Map<string, AuthProviderFactory>();
    const pageOrigins: string[] = [];
    const resolvers = createResolverRegistry();
    let providers: ReadonlyMap<string, ProviderEntry> = new Map();
    let ownershipResolver: AuthOwnershipResolver | undefined;

    registerExtensionPoint(authProvidersExtensionPoint, {
      registerProvider({ providerId, factory }) {
        if (factories.has(providerId)) {
          throw new ConflictError(
            'ERR_PROVIDER_REGISTERED_TWICE',
            `Auth provider '${providerId}' was already registered`,
            { hint: 'Two modules register it; remove one of the backend.add(…) lines.' },
          );
        }
        factories.set(providerId, factory);
      },
    });
    registerExtensionPoint(signInResolverExtensionPoint, resolvers);
    registerExtensionPoint(authOwnershipResolutionExtensionPoint, {
      setAuthOwnershipResolver(resolver) {
        if (ownershipResolver) {
          throw new ConflictError(
            'ERR_OWNERSHIP_RESOLVER_SET_TWICE',
            'Auth ownership resolver is already set',
          );
        }
        ownershipResolver = resolver;
      },
    });
    registerExtensionPoint(authSignInPageExtensionPoint, {
      allowOrigin: (origin) => void pageOrigins.push(origin),
      choices: () => choicesOf(providers),
    });

    registerInit({
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        httpRouter: coreServices.httpRouter,
        database: coreServices.database,
        discovery: coreServices.discovery,
        auth: coreServices.auth,
        lifecycle: coreServices.lifecycle,
        catalog: catalogServiceRef,
        runtimeMode: runtimeModeServiceRef,
        clockService: clockServiceRef,
      },
      async init({
        config,
        logger,
        httpRouter,
        database,
        discovery,
        auth,
        lifecycle,
        catalog,
        runtimeMode,
        clockService,
      }) {
        const clock = () => clockService.now();
        const { app, auth: settings = {} } = readConfig({
          config,
          schema: authConfigSchema,
          owner: "plugin 'auth'",
        });
        // A Backstage host does not check configs for us.
        const problems = runtimeMode.isProduction ? secretProblemsInProduction(config) : [];
        if (problems.length > 0) throw new ConfigError(problems);
        for (const key of keysWithoutEffect) {
          if (settings[key] !== undefined) logger.warn(`auth.${key} has no effect here`);
        }
        const baseUrl = await discovery.getExternalBaseUrl('auth');
        const targets = createAllowedTargets({
          appUrl: app?.baseUrl ?? new URL(baseUrl).origin,
          extraOrigins: settings.experimentalExtraAllowedOrigins ?? [],
        });
        for (const origin of pageOrigins) targets.allow(origin);

        const knex = await database.getClient();
        if (!database.migrations?.skip) await migrate(knex, { table: tables.migrations, migrations });
        const secret = await findSealingSecret({
          configured: settings.session?.secret,
          isProduction: runtimeMode.isProduction,
          logger,
          database: knex,
        });
        const keys = await openSigningKeys({
          database: knex,
          secret,
          algorithm: settings.identityTokenAlgorithm ?? 'ES256',
          tokenLifetimeMilliseconds: longestTokenMilliseconds,
          logger,
          clock,
        });
        const http = createOutboundHttp();
        lifecycle.addShutdownHook(async () => {
          keys.stop();
          await http.close();
        });

        const tokenMilliseconds = settings.backstageTokenExpiration ?? defaultTokenMilliseconds;
        const tokens = createUserTokens({
          keys,
          issuer: baseUrl,
          lifetimeSeconds:
            clamp(tokenMilliseconds, shortestTokenMilliseconds, longestTokenMilliseconds) / 1000,
          omitOwnership: settings.omitIdentityTokenOwnershipClaim ?? true,
          clock,
        });
        const sessions = createSessionStore({ database: knex, secret, clock });
        providers = buildProviders(factories, {
          config,
          logger,
          runtimeMode,
          http,
          clock,
          resolvers,
          targets,
          baseUrl,
          sealingSecret: secret,
          allowAnyProviderResolvers: settings.signIn?.allowAnyProviderResolvers ?? false,
        });
        httpRouter.use(
          koaHandler(
            createRoutes({
              providers,
              isProviderInstalled: (providerId) => factories.has(providerId),
              targets,
              consumed: createConsumedAttempts(knex, clock),
              contexts: createResolverContexts({
                tokens,
                users: createCatalogUsers({ catalog, auth }),
                ownershipResolver: () => ownershipResolver,
              }),
              tokens,
              userInfo: createUserInfoStore(knex, clock),
              keys,
              sessions,
              renewal: createTokenRenewal({ store: sessions, clock }),
              graceMilliseconds: settings.session?.graceDuration ?? defaultGraceMilliseconds,
              baseUrl,
              logger,
              runtimeMode,
              clock,
            }),
          ),
        );
        httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
      },
    });
  },
});

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** What a sign-in page can offer. */
function choicesOf(providers: ReadonlyMap<string, ProviderEntry>): SignInChoice[] {
  return [...providers].flatMap(([providerId, entry]): SignInChoice[] => {
    switch (entry.kind) {
      case 'oauth':
        return [...entry.environments.values()].map(({ environment, title, resolvers }) => ({
          providerId,
          environment,
          title,
          kind: 'oauth',
          signIn: resolvers.length > 0,
        }));
      case 'proxy':
        return [{ providerId, environment: '', title: entry.title, kind: 'proxy', signIn: true }];
      case 'hosted': {
        const kind = typeof entry.handlers.logout === 'function' ? 'oauth' : 'proxy';
        const environments = kind === 'oauth' ? entry.environments : [''];
        return environments.map((environment) => ({
          providerId,
          environment,
          title: providerId,
          kind,
          signIn: true,
        }));
      }
      case 'disabled':
        return [
          {
            providerId,
            environment: '',
            title: entry.title,
            kind: 'oauth',
            signIn: false,
            problem: entry.problem,
          },
        ];
    }
  });
}
