/**
 * `core.httpRouter`: a plugin's routes under `/api/<pluginId>`.
 *
 * A request passes the plugin's rate limit, the route of its keys, the lifecycle gate, the credentials barrier and the
 * route of the cookie; then the plugin's handlers are asked in the order of `use`. What none answers is 404.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  asNodeHandler,
  callersServiceRef,
  coreServices,
  createServiceFactory,
  errorPagesServiceRef,
  foreignCodeServiceRef,
  NotFoundError,
  runtimeModeServiceRef,
  ServiceUnavailableError,
  statusOfError,
  type HttpRouterService,
  type HttpRouterWebSocketContext,
  type HttpRouterWebSocketHandler,
} from '@vestibule/backend-plugin-api';
import { createAuthPolicies } from './authPolicies.ts';
import { createClientAddress } from './clientAddress.ts';
import { answerWithError } from './errorAnswer.ts';
import { createHandlerChain } from './handlerChain.ts';
import type { MountedRequest } from './handlers.ts';
import { milliseconds, readHttpConfig } from './httpConfig.ts';
import { createLifecycleGate } from './lifecycleGate.ts';
import { createPersonAnswer } from './personAnswer.ts';
import { answerCookie, answerKeys } from './pluginRoutes.ts';
import { pluginRateLimit } from './rateLimit.ts';
import { refuseUpgrade } from './refuseUpgrade.ts';
import { pathOf } from './requestTarget.ts';
import { webSocketCredentials } from './webSocketCredentials.ts';

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
    foreignCode: foreignCodeServiceRef,
    errorPages: errorPagesServiceRef,
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
    foreignCode,
    errorPages,
  }): HttpRouterService {
    const settings = readHttpConfig(config);
    const clientAddress = createClientAddress(settings.trustProxy);
    const answerPerson = createPersonAnswer(errorPages, logger);
    const exceedsRate = pluginRateLimit(settings, plugin.getId(), answerPerson);
    const hasBarrier = !settings.auth?.dangerouslyDisableDefaultAuthPolicy;
    const policies = createAuthPolicies();
    const handlers = createHandlerChain({
      who: `plugin '${plugin.getId()}'`,
      trustProxy: settings.trustProxy,
      isDevelopment: mode.isDevelopment,
      logger,
      foreignCode,
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
        // Of the gate, above all: trying again soon helps.
        const isPassing = error instanceof ServiceUnavailableError;
        if (!isPassing || !answerPerson(request, response, { status: 503, ...refusedBy(error) })) done(error);
        return;
      }
      handlers.run(request, response, done);
    };
    const mount = `/api/${plugin.getId()}`;
    rootHttpRouter.use(mount, asNodeHandler(serve));

    /** Who asks for a WebSocket, once the plugin has started; `undefined` where the caller has been refused. */
    async function admit(
      request: IncomingMessage,
      socket: Duplex,
      authPolicy: HttpRouterWebSocketHandler['authPolicy'],
    ): Promise<Pick<HttpRouterWebSocketContext, 'credentials' | 'authProtocol'> | undefined> {
      try {
        // For its headers; it is never sent.
        const limit = new ServerResponse(request);
        if (exceedsRate?.(clientAddress(request), limit, callers.identify(request))) {
          refuseUpgrade(socket, 429, { 'Retry-After': String(limit.getHeader('retry-after')) });
          return undefined;
        }
        await gate.pass((forget) => socket.once('close', forget));
        if (authPolicy === 'unauthenticated') return { credentials: await auth.getNoneCredentials() };
        const caller = await webSocketCredentials(request, auth).catch(async (error: unknown) => {
          if (hasBarrier) throw error;
          return { credentials: await auth.getNoneCredentials() };
        });
        // It may have begun to stop meanwhile.
        await gate.pass((forget) => socket.once('close', forget));
        return caller;
      } catch (error) {
        const status = statusOfError(error);
        const line = `WebSocket upgrade of ${pathOf(request.url ?? '')} refused with ${status}`;
        if (status >= 500 && status !== 503) logger.error(line, error instanceof Error ? error : {});
        else logger.info(line, { error: error instanceof Error ? error.name : typeof error });
        refuseUpgrade(socket, status, status === 503 ? { 'Retry-After': '1' } : {});
        return undefined;
      }
    }

    return {
      use: (handler) => handlers.add(handler),
      addAuthPolicy: (policy) => policies.add(policy),
      addWebSocketHandler({ path, handler, authPolicy }) {
        rootHttpRouter.addWebSocketHandler({
          // What does not begin with a slash is refused there.
          path: path === '/' ? mount : path.startsWith('/') ? `${mount}${path}` : path,
          async handler({ request, socket, head }) {
            const admitted = await admit(request, socket, authPolicy);
            if (admitted && !socket.destroyed) await handler({ request, socket, head, ...admitted });
          },
        });
      },
    };
  },
});

/** An error's own fields are no enumerable ones. */
function refusedBy({ code, message, retryAfterSeconds }: ServiceUnavailableError) {
  return { code, message, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

function notFound(): NotFoundError {
  return new NotFoundError('ERR_HTTP_ROUTE_NOT_FOUND', 'Not found');
}
