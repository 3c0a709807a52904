/** Wires the rooms of sign-in together. Nothing is decided here. */
import {
  ConflictError,
  actionsRegistryServiceRef,
  callersServiceRef,
  clockServiceRef,
  configProblemLine,
  coreServices,
  createBackendPlugin,
  guestCodeServiceRef,
  runtimeModeServiceRef,
  withConfigJudge,
  withProductionCheck,
} from '@vestibule/backend-plugin-api';
import { koaHandler } from '@vestibule/koa-handler';
import { createOutboundHttp } from '@vestibule/outbound-http';
import {
  authOwnershipResolutionExtensionPoint,
  authProfileTransformExtensionPoint,
  authProviderServiceRef,
  authProvidersExtensionPoint,
  authServerMetadataExtensionPoint,
  authSignInPageExtensionPoint,
  backendUrl,
  frontEndUrl,
  sealingServiceRef,
  signInResolverExtensionPoint,
  signingKeysServiceRef,
  tokenIssuerServiceRef,
  userInfoServiceRef,
  sessionStoreServiceRef,
  signInRecordServiceRef,
  type AuthOwnershipResolver,
  type AuthServerMetadata,
} from '@vestibule/plugin-auth-node';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createWhoAmIAction } from './actions/whoAmI.ts';
import { usedStatesServiceRef } from './transactions/usedStates.ts';
import { authConfigSchema } from './config.ts';
import { authDatabaseServiceRef } from './database/authDatabase.ts';
import { createSignInRecords } from './record/signInRecords.ts';
import { createRedactText, credentialsIn } from './record/redactText.ts';
import { buildProviders } from './providers/buildProviders.ts';
import { signInOptionsOf } from './providers/signInOptions.ts';
import type { ProviderEntry } from './providers/signInProvider.ts';
import { judgeProviders } from './providers/judgeProviders.ts';
import { createProviderTypes } from './providers/providerTypes.ts';
import { createResolverRegistry } from './providers/resolverRegistry.ts';
import { createTransformRegistry } from './providers/transformRegistry.ts';
import { createCatalogUsers } from './policy/catalogUsers.ts';
import { createOwnership } from './policy/ownership.ts';
import { createResolverContexts } from './policy/resolverContext.ts';
import { createSignInEvaluator } from './policy/evaluateSignIn.ts';
import { createRoutes } from './router.ts';
import { authSettingsServiceRef } from './settings.ts';
import { createShortSessions } from './flow/shortSessions.ts';
import { withCookies } from './flow/findProvider.ts';
import { createSessionRenewal } from './flow/renewSession.ts';
import { secretProblemsInProduction } from './secrets/secretProblems.ts';
import { createSessions } from './sessions/sealedSessions.ts';
import { callerBySessionToken, createSessionTokens } from './sessions/sessionTokens.ts';
import { warnAtStart, warningOfNoProvider } from './startWarnings.ts';
import { createAllowedTargets } from './flow/allowedTargets.ts';

const defaultGraceMilliseconds = 3_600_000;

/** The auth plugin, id `auth`. @public */
export const authPlugin = createBackendPlugin({
  pluginId: 'auth',
  configSchema: withConfigJudge(
    withProductionCheck(authConfigSchema, secretProblemsInProduction),
    judgeProviders,
  ),
  register({ registerExtensionPoint, registerInit }) {
    const types = createProviderTypes();
    const pageOrigins: string[] = [];
    const resolvers = createResolverRegistry();
    const transforms = createTransformRegistry();
    let providers: ReadonlyMap<string, ProviderEntry> = new Map();
    let ownershipResolver: AuthOwnershipResolver | undefined;
    let serverMetadata: AuthServerMetadata | undefined;

    registerExtensionPoint(authProvidersExtensionPoint, types);
    registerExtensionPoint(signInResolverExtensionPoint, resolvers);
    registerExtensionPoint(authProfileTransformExtensionPoint, transforms);
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
    registerExtensionPoint(authServerMetadataExtensionPoint, {
      setMetadata(metadata) {
        if (serverMetadata) {
          throw new ConflictError(
            'ERR_AUTH_SERVER_METADATA_SET_TWICE',
            'Another module has said already what the authorization server does',
          );
        }
        serverMetadata = metadata;
      },
    });
    registerExtensionPoint(authSignInPageExtensionPoint, {
      allowOrigin: (origin) => void pageOrigins.push(origin),
      signInOptions: () => signInOptionsOf(providers, types.all()),
    });

    registerInit({
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        httpRouter: coreServices.httpRouter,
        database: authDatabaseServiceRef,
        readSettings: authSettingsServiceRef,
        sealing: sealingServiceRef,
        keys: signingKeysServiceRef,
        tokens: tokenIssuerServiceRef,
        userInfo: userInfoServiceRef,
        sessionStore: sessionStoreServiceRef,
        recordSink: signInRecordServiceRef,
        usedStates: usedStatesServiceRef,
        discovery: coreServices.discovery,
        auth: coreServices.auth,
        lifecycle: coreServices.lifecycle,
        catalog: catalogServiceRef,
        providerServices: authProviderServiceRef,
        runtimeMode: runtimeModeServiceRef,
        guestCode: guestCodeServiceRef,
        clock: clockServiceRef,
        callers: callersServiceRef,
        actions: actionsRegistryServiceRef,
      },
      async init({
        config,
        logger,
        httpRouter,
        database,
        readSettings,
        sealing,
        keys,
        tokens,
        userInfo,
        sessionStore,
        recordSink,
        usedStates,
        discovery,
        auth,
        lifecycle,
        catalog,
        providerServices,
        runtimeMode,
        guestCode,
        clock,
        callers,
        actions,
      }) {
        const { auth: settings } = readSettings;
        warnAtStart(logger, settings, { hasOwnershipResolver: ownershipResolver !== undefined });
        const baseUrl = await discovery.getExternalBaseUrl('auth');
        // Path included, where a proxy serves the backend under one.
        const homeUrl = backendUrl(config, baseUrl);
        const targets = createAllowedTargets({
          appUrl: frontEndUrl(config, baseUrl),
          homeUrl,
          extraOrigins: settings.experimentalExtraAllowedOrigins ?? [],
        });
        for (const origin of pageOrigins) targets.allow(origin);

        const http = createOutboundHttp();
        lifecycle.addShutdownHook(async () => http.close());
        // Before the database is asked, so that a fault of the config is reported whether that is there or not.
        types.addServices(providerServices);
        const installed = types.all();
        providers = buildProviders(installed, {
          config,
          logger,
          warn: (warning) => logger.warn(configProblemLine(warning)),
          runtimeMode,
          guestCode,
          http,
          clock,
          resolvers,
          transforms,
          appUrl: targets.appUrl,
          isOriginAllowed: targets.isOriginAllowed,
          baseUrl,
          allowAnyProviderResolvers: settings.signIn?.allowAnyProviderResolvers ?? false,
          allow: settings.allow,
        });
        const known = [...new Set([...installed.keys(), ...providers.keys()])];
        const unused = [resolvers, transforms].flatMap((registry) => registry.unused(known));
        for (const warning of unused) logger.warn(warning);
        const nobody = warningOfNoProvider({ config, environment: settings.environment, providers });
        if (nobody) logger.warn(configProblemLine(nobody));

        await database.client();
        await sealing.ready();
        await keys.ready();
        const records = createSignInRecords({
          sink: recordSink,
          redactText: createRedactText(credentialsIn(config.getOptional('auth')), {
            auth: config.getOptional('auth'),
            baseUrl,
          }),
          logger,
        });

        const sessionTokens = createSessionTokens(sealing);
        callers.identifyBy((request) => callerBySessionToken(request, sessionTokens));
        const sessions = createSessions({ store: sessionStore, sealing, clock });
        const users = createCatalogUsers({ catalog, auth });
        const ownership = createOwnership({
          settings: settings.ownership,
          catalog,
          auth,
          resolver: () => ownershipResolver,
        });
        const contexts = createResolverContexts({ tokens, users, ownership, logger });
        httpRouter.use(
          koaHandler(
            createRoutes({
              providers: withCookies(providers, { baseUrl, appUrl: targets.appUrl, sealing, clock }),
              isProviderInstalled: (providerId) => installed.has(providerId),
              targets,
              usedStates,
              contexts,
              evaluator: createSignInEvaluator({ contexts, users, signIn: settings.signIn }),
              tokens,
              userInfo,
              auth,
              keys,
              sessions,
              renewal: createSessionRenewal({ store: sessions, clock }),
              shortSessions: createShortSessions(logger),
              records,
              serverMetadata,
              graceMilliseconds: settings.session?.graceDuration ?? defaultGraceMilliseconds,
              baseUrl,
              logger,
              runtimeMode,
              clock,
            }),
          ),
        );
        httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        actions.register(createWhoAmIAction({ auth, catalog, userInfo }));
      },
    });
  },
});
