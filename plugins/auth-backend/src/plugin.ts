/** The auth plugin as a list: its extension points, the services it is made of, and one init. */
import {
  actionsRegistryServiceRef,
  auditorServiceRef,
  configProblemLine,
  coreServices,
  createBackendPlugin,
  withConfigDescription,
  readinessServiceRef,
  withConfigJudge,
} from '@vestibule/backend-plugin-api';
import {
  authApiExtensionPoint,
  authOwnershipResolutionExtensionPoint,
  authProfileTransformExtensionPoint,
  authProvidersExtensionPoint,
  authServerMetadataExtensionPoint,
  authSessionsExtensionPoint,
  authSignInPageExtensionPoint,
  sessionStoreServiceRef,
  signInResolverExtensionPoint,
} from '@vestibule/plugin-auth-node';
import { signInPageWarnings } from '@vestibule/plugin-auth-pages';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { authDatabaseServiceRef } from './database/authDatabase.ts';
import { SignInFlow } from './flow/signInFlow.ts';
import { createWhoAmIAction } from './identity/whoAmI.ts';
import { judgeKeyFiles } from './keys/judgeKeyFiles.ts';
import { isMeantForNobody, nobodySignsIn } from './nobodySignsIn.ts';
import { configuredProvidersServiceRef } from './providers/configuredProviders.ts';
import { judgeProviders } from './providers/judgeProviders.ts';
import { Registrations } from './registrations.ts';
import { createRoutes } from './router.ts';
import { checkedAuthSchema } from './settings.ts';
import { warnAtStart } from './startWarnings.ts';

/** The auth plugin, id `auth`. @public */
export const authPlugin = createBackendPlugin({
  pluginId: 'auth',
  configSchema: withConfigDescription(
    withConfigJudge(withConfigJudge(checkedAuthSchema, judgeKeyFiles), judgeProviders),
    // A start has no use for it.
    async (context) => (await import('./providers/describeProviders.ts')).describeProviders(context),
  ),
  register({ registerExtensionPoint, registerInit }) {
    const added = new Registrations();
    registerExtensionPoint(authProvidersExtensionPoint, added.types);
    registerExtensionPoint(signInResolverExtensionPoint, added.resolvers);
    registerExtensionPoint(authProfileTransformExtensionPoint, added.transforms);
    registerExtensionPoint(authOwnershipResolutionExtensionPoint, added.ownership);
    registerExtensionPoint(authServerMetadataExtensionPoint, added.metadata);
    registerExtensionPoint(authApiExtensionPoint, added.api);
    registerExtensionPoint(authSessionsExtensionPoint, added.sessions);
    registerExtensionPoint(authSignInPageExtensionPoint, added.signInPage);

    registerInit({
      deps: {
        config: coreServices.rootConfig,
        httpRouter: coreServices.httpRouter,
        httpAuth: coreServices.httpAuth,
        auditor: auditorServiceRef,
        actions: actionsRegistryServiceRef,
        catalog: catalogServiceRef,
        database: authDatabaseServiceRef,
        providers: configuredProvidersServiceRef,
        flow: SignInFlow,
        readiness: readinessServiceRef,
        store: sessionStoreServiceRef,
      },
      async init({ config, httpRouter, actions, catalog, database, providers, flow, readiness, ...rest }) {
        const { settings, targets, logger, auth, userInfo } = flow;
        const { ownershipResolver, serverMetadata } = added;
        warnAtStart(logger, settings, { hasOwnershipResolver: ownershipResolver !== undefined });
        for (const warning of signInPageWarnings(config, settings.signInPage, flow.runtimeMode))
          logger.warn(configProblemLine(warning));
        flow.policy.resolveOwnershipBy(ownershipResolver);
        for (const origin of added.pageOrigins) targets.allow(origin);
        // Before the database is asked, so that a fault of the config is reported whether that is there or not.
        const built = providers.build({
          ...added,
          appUrl: targets.appUrl,
          isOriginAllowed: (origin) => targets.isOriginAllowed(origin),
        });
        added.built = built;
        const { environment } = settings;
        const nobody = nobodySignsIn(config, built.providers, { environment, catalog: built.catalog });
        if (nobody && isMeantForNobody(config)) logger.warn(configProblemLine(nobody));
        else if (nobody) {
          logger.error(configProblemLine(nobody));
          readiness.refuse(nobody.message);
        }

        await database.client();
        const operators = { ...rest, clock: flow.clock, sources: added.sessionSources };
        const context = await flow.open({ ...built, serverMetadata });
        httpRouter.use(createRoutes(context, added.apiRoutes, operators));
        httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        actions.register(createWhoAmIAction({ auth, catalog, userInfo }));
      },
    });
  },
});
