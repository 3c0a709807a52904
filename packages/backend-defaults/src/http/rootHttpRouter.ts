/**
 * `core.rootHttpRouter`: one function on the listener, around Node-style handlers.
 *
 * A request passes, in this order: the check of its target, security headers, CORS, health, the shutdown gate, the rate
 * limit, then the mount whose path is a prefix of its own, then the fallback. Each is a few lines on the raw request,
 * since every sign-in pays for them. Health stands before the rate limit, so that a flood from behind one address cannot
 * make an orchestrator end a backend that works.
 */
import type { ServerResponse } from 'node:http';
import {
  asNodeHandler,
  callersServiceRef,
  coreServices,
  createServiceFactory,
  errorPagesServiceRef,
  foreignCodeServiceRef,
  isNodeHandler,
  runtimeModeServiceRef,
  ServiceUnavailableError,
  withConfigJudge,
  withProductionCheck,
  type RootHttpRouterService,
} from '@vestibule/backend-plugin-api';
import { baseUrlProblemsInProduction, readBaseUrls } from '../discovery/baseUrls.ts';
import { createHealthProbes, healthConfigSchema } from '../health/healthProbes.ts';
import { createClientAddress } from './clientAddress.ts';
import { createCors } from './cors.ts';
import { answerWithError } from './errorAnswer.ts';
import { createHandlerChain } from './handlerChain.ts';
import { runHandler, type MountedRequest } from './handlers.ts';
import { defaultMaximalHeaders, readHttpConfig } from './httpConfig.ts';
import { httpServerServiceRef } from './httpServer.ts';
import { judgeAddresses } from './judgeAddresses.ts';
import { createPersonAnswer } from './personAnswer.ts';
import { createMounts, type Mount } from './mounts.ts';
import { globalRateLimit } from './rateLimit.ts';
import { logRequest } from './requestLog.ts';
import { checkRequest, pathOf } from './requestTarget.ts';
import { securityHeaders } from './securityHeaders.ts';
import { createWebSocketRoutes } from './webSocketRoutes.ts';

/** @public */
export const rootHttpRouterServiceFactory = createServiceFactory({
  service: coreServices.rootHttpRouter,
  deps: {
    config: coreServices.rootConfig,
    logger: coreServices.rootLogger,
    health: coreServices.rootHealth,
    server: httpServerServiceRef,
    mode: runtimeModeServiceRef,
    callers: callersServiceRef,
    foreignCode: foreignCodeServiceRef,
    errorPages: errorPagesServiceRef,
  },
  // Here too, for backends with a discovery of their own.
  configSchema: withConfigJudge(
    withProductionCheck(healthConfigSchema, baseUrlProblemsInProduction),
    judgeAddresses,
  ),
  factory({
    config,
    logger: rootLogger,
    health,
    server,
    mode,
    callers,
    foreignCode,
    errorPages,
  }): RootHttpRouterService {
    const settings = readHttpConfig(config);
    const logger = rootLogger.child({ service: 'rootHttpRouter' });
    const { backend: baseUrl = server.url() } = readBaseUrls(config);
    // Whoever trusts a certificate of our own would be kept from every http server on the same localhost (RFC 6797).
    const isForDevelopment = settings.https === true && !mode.isProduction;
    const headers = securityHeaders(settings, baseUrl.startsWith('https:') && !isForDevelopment);
    const cors = createCors(settings.cors);
    if (settings.cors && !cors) logger.warn('backend.cors has no origin, so that no other origin is allowed');
    const clientAddress = createClientAddress(settings.trustProxy);
    const maximalHeaders = settings.server?.maxHeadersCount ?? defaultMaximalHeaders;
    const answerPerson = createPersonAnswer(errorPages, logger);
    const exceedsRate = globalRateLimit(settings, answerPerson);
    const mounts = createMounts();
    const errorOptions = { isDevelopment: mode.isDevelopment, logger };

    const probes = createHealthProbes(health, config);

    function answer(req: MountedRequest, res: ServerResponse): void {
      if (cors?.(req, res)) return;
      const probe = probes(req);
      if (probe) {
        probe(req, res).catch((error: unknown) => answerWithError(error, req, res, errorOptions));
        return;
      }
      logRequest(req, res, logger);
      if (server.isDraining) {
        const [code, message, retryAfterSeconds] = [
          'ERR_HTTP_STOPPING',
          'Service is shutting down',
          1,
        ] as const;
        if (answerPerson(req, res, { status: 503, code, message, retryAfterSeconds })) return;
        throw new ServiceUnavailableError(code, message, { retryAfterSeconds });
      }
      if (exceedsRate?.(clientAddress(req), res, callers.identify(req))) return;
      const mount = mounts.find(pathOf(req.url ?? '/'));
      ask([mount, mounts.fallback()], req, res, (error) => {
        if (error !== undefined && error !== null) answerWithError(error, req, res, errorOptions);
        else if (!answerPerson(req, res, nothingHere)) answerNothingHere(res);
      });
    }

    server.serve((request: MountedRequest & { res?: ServerResponse }, response) => {
      request.originalUrl = request.url;
      // Where handlers of Express look for it.
      request.res = response;
      for (const [name, value] of headers) response.setHeader(name, value);
      try {
        const refusal = checkRequest(request, maximalHeaders);
        if (refusal) throw refusal;
        request.originalUrl = request.url;
        if (settings.trustProxy) request.ip = clientAddress(request);
        answer(request, response);
      } catch (error) {
        answerWithError(error, request, response, errorOptions);
      }
    });

    const webSockets = createWebSocketRoutes({
      server,
      check: (request) => checkRequest(request, maximalHeaders),
      exceedsRate: (request, response) =>
        exceedsRate?.(clientAddress(request), response, callers.identify(request)) ?? false,
      logger,
    });

    return {
      addWebSocketHandler: (route) => webSockets.add(route),
      use(path, handler) {
        if (isNodeHandler(handler)) return mounts.add(path, handler);
        const { trustProxy } = settings;
        const { isDevelopment } = mode;
        const chain = createHandlerChain({
          who: `the root path '${path}'`,
          trustProxy,
          isDevelopment,
          logger,
          foreignCode,
        });
        chain.add(handler);
        mounts.add(path, asNodeHandler(chain.run));
      },
    };
  },
});

/** Asks the mounts in their order, each with the URL that it sees from where it is mounted. */
function ask(
  [mount, ...others]: readonly (Mount | undefined)[],
  request: MountedRequest,
  response: ServerResponse,
  done: (error?: unknown) => void,
): void {
  if (!mount) return others.length > 0 ? ask(others, request, response, done) : done();
  const url = request.url ?? '/';
  const rest = url.slice(mount.path.length);
  request.baseUrl = mount.path;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  runHandler(mount.handler, request, response, (error) => {
    // An error's answer names the URL as the handler saw it.
    if (error !== undefined && error !== null) return done(error);
    request.baseUrl = '';
    request.url = url;
    ask(others, request, response, done);
  });
}

const nothingHere = { status: 404, code: 'ERR_HTTP_ROUTE_NOT_FOUND', message: 'Not found' };

/** As Backstage answers unknown paths: 404 without a body. */
function answerNothingHere(response: ServerResponse): void {
  if (response.headersSent || response.writableEnded) return;
  response.statusCode = 404;
  response.setHeader('Content-Length', '0');
  response.end();
}
