/**
 * Upgrades to WebSockets (RFC 6455 section 4.2): which handler has a path, and what no handler may see. A request passes the
 * check of its target, the shutdown gate and the rate limit, as every other; then the handler owns its socket. What no
 * handler has is 404. Nothing of it is there before the first handler: until then an upgrade is an ordinary request.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import {
  ConflictError,
  FeatureError,
  ServiceUnavailableError,
  statusOfError,
  type CodedError,
  type LoggerService,
  type RootHttpRouterWebSocketHandler,
} from '@vestibule/backend-plugin-api';
import type { HttpServerService } from './httpServer.ts';
import { refuseUpgrade } from './refuseUpgrade.ts';
import { pathOf } from './requestTarget.ts';

/** The routes of a backend. */
export interface WebSocketRoutes {
  /** @throws `ERR_HTTP_WEBSOCKET_PATH_INVALID`, `ERR_HTTP_PATH_CONFLICT`, `ERR_HTTP_STOPPING`. */
  add(route: RootHttpRouterWebSocketHandler): void;
}

export function createWebSocketRoutes(options: {
  server: HttpServerService;
  /** What is wrong with the request as such, if anything. */
  check(request: IncomingMessage): CodedError | undefined;
  /** Counts the request, with the headers of the limit on the response; `true` where it is one too many. */
  exceedsRate(request: IncomingMessage, response: ServerResponse): boolean;
  logger: LoggerService;
}): WebSocketRoutes {
  const { server, check, exceedsRate, logger } = options;
  const routes = new Map<string, RootHttpRouterWebSocketHandler['handler']>();

  const handlerFor = (request: IncomingMessage) =>
    request.headers.upgrade?.toLowerCase() === 'websocket'
      ? routes.get(pathOf(request.url ?? ''))
      : undefined;

  function listen(): void {
    server.serveUpgrades({
      isFor: (request) => check(request) === undefined && handlerFor(request) !== undefined,
      answer(request, socket, head) {
        const malformed = check(request);
        if (malformed) return refuseUpgrade(socket, statusOfError(malformed));
        if (server.isDraining) return refuseUpgrade(socket, 503, { 'Retry-After': '1' });
        // For its headers; it is never sent.
        const limit = new ServerResponse(request);
        if (exceedsRate(request, limit)) {
          return refuseUpgrade(socket, 429, { 'Retry-After': String(limit.getHeader('retry-after')) });
        }
        const handler = handlerFor(request);
        if (!handler) return refuseUpgrade(socket, 404);
        if (request.method !== 'GET' || hasBody(request)) return refuseUpgrade(socket, 400);
        // An act of its own, so that what a handler throws at once is treated as what it rejects with.
        Promise.resolve()
          .then(() => handler({ request, socket, head }))
          .catch((error: unknown) => {
            logger.warn(
              `WebSocket upgrade of ${pathOf(request.url ?? '')} failed`,
              error instanceof Error ? error : { error: String(error) },
            );
            socket.destroy();
          });
      },
    });
  }

  return {
    add({ path, handler }) {
      if (!isNormalPath(path)) {
        throw new FeatureError(
          'ERR_HTTP_WEBSOCKET_PATH_INVALID',
          `the path of a WebSocket handler must begin with a slash and have no query, fragment or dot segments: '${path}'`,
        );
      }
      if (server.isDraining) {
        throw new ServiceUnavailableError('ERR_HTTP_STOPPING', 'Service is shutting down');
      }
      if (routes.has(path)) {
        throw new ConflictError(
          'ERR_HTTP_PATH_CONFLICT',
          `a WebSocket handler is there already for '${path}'`,
        );
      }
      routes.set(path, handler);
      if (routes.size === 1) listen();
    },
  };
}

/** As requests have it: a path that is spelled in another way would never be asked for. */
function isNormalPath(path: string): boolean {
  return (
    path.startsWith('/') &&
    !/[?#\\]/.test(path) &&
    !path.startsWith('//') &&
    new URL(path, 'http://localhost').pathname === path
  );
}

/** RFC 6455 section 4.1: a handshake is a GET; what would follow its head belongs to the protocol that is asked for. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
