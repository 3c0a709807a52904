/** Wiring only. */
import {
  asNodeHandler,
  auditorServiceRef,
  clockServiceRef,
  coreServices,
  createBackendFeatureLoader,
  createBackendModule,
  createServiceFactory,
  once,
  readConfig,
  runtimeModeServiceRef,
} from '@vestibule/backend-plugin-api';
import { migrate } from '@vestibule/database-migrations';
import { koaHandler } from '@vestibule/koa-handler';
import {
  authApiExtensionPoint,
  authConfigSchemaServiceRef,
  authServerMetadataExtensionPoint,
  authSessionsExtensionPoint,
  frontEndUrl,
  sealingServiceRef,
  tokenIssuerServiceRef,
  userInfoServiceRef,
} from '@vestibule/plugin-auth-node';
import { pagesServiceRef } from '@vestibule/plugin-auth-pages';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import type Koa from 'koa';
import { createClientRegistry } from './clients/clientRegistry.ts';
import { createDocumentHttp } from './clients/documentHttp.ts';
import { oauthServerConfigSchema } from './config.ts';
import { createGrants } from './grants/grants.ts';
import { createProgramSessions } from './grants/programSessions.ts';
import { createOAuthRoutes, isOAuthPath, oauthApiRoutes } from './oauthRoutes.ts';
import { createOAuthServer } from './oauthServer.ts';
import { warnOfOAuthServer } from './oauthServerWarnings.ts';
import { migrations, tables } from './oauthTables.ts';
import { serverMetadata } from './serverMetadata.ts';
import { readOAuthServerSettings, readRefreshTokenSettings } from './settings.ts';

const owner = "module 'oauth-server' of plugin 'auth'";

/** Installs the OAuth server beside sign-in; what of it is on, the config says. @public */
export const authModuleOAuthServer = createBackendModule({
  pluginId: 'auth',
  moduleId: 'oauth-server',
  configSchema: oauthServerConfigSchema,
  register({ registerInit }) {
    registerInit({
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        httpRouter: coreServices.httpRouter,
        database: coreServices.database,
        discovery: coreServices.discovery,
        auth: coreServices.auth,
        httpAuth: coreServices.httpAuth,
        lifecycle: coreServices.lifecycle,
        auditor: auditorServiceRef,
        clock: clockServiceRef,
        runtimeMode: runtimeModeServiceRef,
        catalog: catalogServiceRef,
        sealing: sealingServiceRef,
        tokens: tokenIssuerServiceRef,
        userInfo: userInfoServiceRef,
        metadata: authServerMetadataExtensionPoint,
        api: authApiExtensionPoint,
        sessions: authSessionsExtensionPoint,
        pages: pagesServiceRef,
      },
      async init({ config, logger, httpRouter, discovery, clock, sealing, ...services }) {
        const { auth: blocks = {} } = readConfig({ config, schema: oauthServerConfigSchema, owner });
        const settings = readOAuthServerSettings(blocks);
        const refreshTokens = readRefreshTokenSettings(blocks);
        warnOfOAuthServer(logger, blocks, settings);

        const issuer = await discovery.getExternalBaseUrl('auth');
        const http = settings && createDocumentHttp();
        services.lifecycle.addShutdownHook(async () => http?.close());
        if (settings) services.metadata.setMetadata(serverMetadata({ settings, issuer }));
        services.api.addRoutes({
          routes: oauthApiRoutes({ settings, hasRefreshTokens: refreshTokens !== undefined }),
          describe: async () => (await import('./api/oauthApi.ts')).oauthApi,
        });

        const openDatabase = once(async () => {
          const database = await services.database.getClient();
          if (!services.database.migrations?.skip) {
            await migrate(database, { table: tables.migrations, migrations });
          }
          return database;
        });
        const isOn = settings !== undefined || refreshTokens !== undefined;
        if (isOn) {
          services.sessions.addSource({
            search: async (...given) => createProgramSessions(await openDatabase()).search(...given),
            endWhere: async (...given) => createProgramSessions(await openDatabase()).endWhere(...given),
          });
        }

        /** Nothing of it is in the database while all of it is off. */
        async function openRoutes(): Promise<Koa> {
          if (!isOn) return createOAuthRoutes({ ...services, server: undefined });
          const database = await openDatabase();
          const grants = createGrants({ database, clock, sealing, limits: refreshTokens });
          const { isDevelopment } = services.runtimeMode;
          const shared = { database, clock, logger };
          const server =
            settings &&
            createOAuthServer({
              ...services,
              ...shared,
              settings,
              grants,
              clients: createClientRegistry({
                ...shared,
                settings,
                baseUrl: issuer,
                http: http!,
                isDevelopment,
              }),
              sealing,
              issuer,
              appUrl: frontEndUrl(config, issuer),
            });
          return createOAuthRoutes({ ...services, server, ...(refreshTokens && { grants }) });
        }
        // At the end of the start: a module asks no database before the config of the whole plugin was judged.
        const open = once(async () => koaHandler(await openRoutes()));
        services.lifecycle.addStartupHook(async () => void (await open()));
        // Before the routes of the plugin, whose last one takes whatever is left.
        httpRouter.use(
          asNodeHandler((request, response, next) => {
            if (!isOAuthPath(request.url ?? '')) return next();
            open().then((handle) => handle(request, response, next), next);
          }),
        );
      },
    });
  },
});

/** The schema of its keys, for a host that checks no config. */
const configSchemaFactory = createServiceFactory({
  service: authConfigSchemaServiceRef,
  deps: {},
  factory: () => ({ schema: oauthServerConfigSchema, owner }),
});

/** What `backend.add(import('…'))` adds: the module, and the schema of its keys as a service. @public */
export const oauthServerFeatures = createBackendFeatureLoader({
  description: 'feature loader of the OAuth server',
  loader: () => [authModuleOAuthServer, configSchemaFactory],
});
