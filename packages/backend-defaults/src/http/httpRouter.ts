/**
 * `core.httpRouter`: a plugin's routes under `/api/<pluginId>`.
 *
 * A request passes the plugin's rate limit, the route of its keys, the lifecycle gate, the credentials barrier and the
 * route of the cookie; then the plugin's handlers are asked in the order of `use`. What none answers is 404.
 */
import type { ServerResponse } from 'node:http';
import {
  asNodeHandler,
  callersServiceRef,
  coreServices,
  createServiceFactory,
  guestCodeServiceRef,
  NotFoundError,
  runtimeModeServiceRef,
  type HttpRouterService,
} from '@vestibule/backend-plugin-api';
import { createAuthPolicies } from './authPolicies.ts';
import { createClientAddress } from './clientAddress.ts';
import { answerWithError } from './errorAnswer.ts';
import { createHandlerChain } from './handlerChain.ts';
import type { MountedRequest } from './handlers.ts';
import { milliseconds, readHttpConfig } from './httpConfig.ts';
import { createLifecycleGate } from './lifecycleGate.ts';
import { answerCookie, answerKeys } from './pluginRoutes.ts';
import { pluginRateLimit } from './rateLimit.ts';
import { pathOf } from './requestTarget.ts';

/** @public */
export const httpRouterServiceFactory = createServiceFactory({
  service: coreServices.httpRouter,
  // Also for plugins without routes, so that their paths say that they are starting.
  initialization: 'always',
  deps: {
    plugin: coreServices.pluginMetadata,
    config: coreServices.rootConfig,
    rootHttpRouter: coreServices.rootHttpRouter,
    lifecycle: coreServices.lifecycle,
    rootLifecycle: coreServices.rootLifecycle,
    logger: coreServices.logger,
    auth: coreServices.auth,
    httpAuth: coreServices.httpAuth,
    mode: runtimeModeServiceRef,
    callers: callersServiceRef,
    guestCode: guestCodeServiceRef,
  },
  factory({
    plugin,
    config,
    rootHttpRouter,
    lifecycle,
    rootLifecycle,
    logger,
    auth,
    httpAuth,
    mode,
    callers,
    guestCode,
  }): HttpRouterService {
    const settings = readHttpConfig(config);
    const clientAddress = createClientAddress(settings.trustProxy);
    const exceedsRate = pluginRateLimit(settings, plugin.getId());
    const hasBarrier = !settings.auth?.dangerouslyDisableDefaultAuthPolicy;
    const policies = createAuthPolicies();
    const handlers = createHandlerChain({
      who: `plugin '${plugin.getId()}'`,
      trustProxy: settings.trustProxy,
      isDevelopment: mode.isDevelopment,
      logger,
      guestCode,
    });
    const gate = createLifecycleGate({
      timeoutMilliseconds: milliseconds(settings.lifecycle?.startupRequestPauseTimeout, 5000),
    });
    lifecycle.addStartupHook(() => gate.open());
    lifecycle.addShutdownHook(() => gate.close());
    rootLifecycle.addStartupHook(() => gate.settle());
    rootLifecycle.addBeforeShutdownHook(() => gate.abandon());
    rootLifecycle.addShutdownHook(() => gate.close());

    /** Whether something before the plugin's own handlers has answered. */
    async function answeredBefore(request: MountedRequest, response: ServerResponse): Promise<boolean> {
      const path = pathOf(request.url ?? '/');
      const isOurs = path.startsWith('/.backstage/');
      if (isOurs && (await answerKeys(request.method, path, response, auth))) return true;
      if (!gate.isOpen) await gate.pass((forget) => response.once('close', forget));
      if (hasBarrier) {
        const demand = policies.demandFor(path);
        if (demand !== 'unauthenticated') {
          await httpAuth.credentials(request, {
            allow: ['user', 'service'],
            allowLimitedAccess: demand === 'user-cookie',
          });
        }
      }
      return isOurs && answerCookie(request.method, path, response, auth, httpAuth);
    }

    const serve = async (request: MountedRequest, response: ServerResponse): Promise<void> => {
      const done = (error?: unknown): void => {
        answerWithError(error ?? notFound(), request, response, {
          isDevelopment: mode.isDevelopment,
          logger,
        });
      };
      try {
        if (exceedsRate?.(clientAddress(request), response, callers.identify(request))) return;
        if (await answeredBefore(request, response)) return;
      } catch (error) {
        done(error);
        return;
      }
      handlers.run(request, response, done);
    };
    rootHttpRouter.use(`/api/${plugin.getId()}`, asNodeHandler(serve));

    return {
      use: (handler) => handlers.add(handler),
      addAuthPolicy: (policy) => policies.add(policy),
    };
  },
});

function notFound(): NotFoundError {
  return new NotFoundError('ERR_HTTP_ROUTE_NOT_FOUND', 'Not found');
}
