/**
 * Provides `core.auth`. Key sets, what was verified with them and the callers from outside are shared by all plugins of
 * the backend.
 */
import {
  clockServiceRef,
  coreServices,
  createServiceFactory,
  externalTokenHandlersServiceRef,
  withConfigJudge,
  type ClockService,
  type DiscoveryService,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { authServiceConfigSchema, readAuthServiceConfig } from './authConfig.ts';
import { createAuthService } from './authService.ts';
import { createCallerKeySets, type CallerKeySets } from './callerKeySets.ts';
import { collectHandlers, judgeHandlers } from './external/addedTokens.ts';
import { createExternalEntries } from './external/externalAccess.ts';
import { judgeServiceKeys } from './judgeServiceKeys.ts';
import { createPluginTokens } from './pluginTokens.ts';
import { createRemoteKeySet } from './remoteKeySet.ts';
import { createServiceKeys } from './serviceKeys.ts';
import { createServiceTokens } from './serviceTokens.ts';
import { readStaticServiceKeys } from './staticServiceKeys.ts';
import { createUserTokens, type UserTokens } from './userTokens.ts';

/** The default `core.auth`. @public */
export const authServiceFactory = createServiceFactory({
  service: coreServices.auth,
  deps: {
    config: coreServices.rootConfig,
    clock: clockServiceRef,
    rootLifecycle: coreServices.rootLifecycle,
    rootLogger: coreServices.rootLogger,
    database: coreServices.database,
    discovery: coreServices.discovery,
    logger: coreServices.logger,
    plugin: coreServices.pluginMetadata,
    externalTokenHandlers: externalTokenHandlersServiceRef,
  },
  configSchema: withConfigJudge(withConfigJudge(authServiceConfigSchema, judgeHandlers), judgeServiceKeys),
  createRootContext({ config, clock, rootLifecycle, rootLogger }) {
    const http = createOutboundHttp();
    rootLifecycle.addShutdownHook(async function closeKeySetConnections() {
      await http.close();
    });
    const settings = readAuthServiceConfig(config);
    const externalEntries = createExternalEntries({
      config: settings,
      keySetAt: (url) =>
        createRemoteKeySet({
          url: async () => url,
          isConfigured: true,
          http,
          logger: rootLogger,
          clock,
        }),
      logger: rootLogger,
      clock,
    });
    const staticServiceKeys = readStaticServiceKeys(settings, config);
    return { http, externalEntries, staticServiceKeys, shared: undefined as Shared | undefined };
  },
  factory({ config, clock, database, discovery, logger, plugin, externalTokenHandlers }, context) {
    // Discovery belongs to a plugin, and answers all alike: the first plugin's serves them all.
    const { userTokens, callerKeySets } = (context.shared ??= share(context.http, discovery, logger, clock));
    const pluginId = plugin.getId();
    const serviceKeys = context.staticServiceKeys ?? createServiceKeys({ database, logger, clock });
    return createAuthService({
      pluginId,
      userTokens,
      pluginTokens: createPluginTokens({ ownPluginId: pluginId, keySetOf: callerKeySets.of, clock }),
      externalAccess: context.externalEntries.forPlugin({
        handlers: collectHandlers(externalTokenHandlers),
        config,
        logger,
      }),
      serviceTokens: createServiceTokens(pluginId, serviceKeys, clock),
      serviceKeys,
      // The key belongs to core.httpRouter, whose schema describes it.
      forwardsNobody: config.getOptionalBoolean('backend.auth.dangerouslyDisableDefaultAuthPolicy') ?? false,
    });
  },
});

interface Shared {
  userTokens: UserTokens;
  callerKeySets: CallerKeySets;
}

function share(
  http: OutboundHttp,
  discovery: DiscoveryService,
  logger: LoggerService,
  clock: ClockService,
): Shared {
  const keySetAt = (pluginId: string, path: string) =>
    createRemoteKeySet({
      url: async () => `${await discovery.getBaseUrl(pluginId)}${path}`,
      http,
      logger,
      clock,
    });
  return {
    userTokens: createUserTokens(keySetAt('auth', '/.well-known/jwks.json'), clock),
    callerKeySets: createCallerKeySets(
      (pluginId) => keySetAt(pluginId, '/.backstage/auth/v1/jwks.json'),
      clock,
    ),
  };
}
