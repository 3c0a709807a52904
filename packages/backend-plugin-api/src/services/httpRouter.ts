/** The services `core.httpRouter` and `core.rootHttpRouter`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BackstageCredentials } from './auth.ts';

/**
 * Handles a request or passes it on by calling `next()`; `next(error)` answers with the error. `request.url` is
 * relative to where the handler is mounted, `request.originalUrl` is not.
 *
 * @public
 */
export type HttpHandler = (
  request: IncomingMessage & { originalUrl?: string },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => unknown;

const nodeHandler = Symbol.for('vestibule.nodeHandler');

/**
 * Marks a handler that takes a request and a response as Node has them, and asks for nothing of Express's. Our host then
 * puts nothing on them, which is faster; any other handler finds what Express's application puts there.
 *
 * @public
 */
export function asNodeHandler(handler: HttpHandler): HttpHandler {
  return Object.defineProperty(handler, nodeHandler, { value: true });
}

/** Whether a handler was marked by {@link asNodeHandler}, of this copy of the package or another. @public */
export function isNodeHandler(handler: HttpHandler): boolean {
  return nodeHandler in handler;
}

/** Who may call a path without credentials of an ordinary kind. @public */
export interface HttpRouterAuthPolicy {
  /** A prefix of paths, relative to the plugin's mount: `/` is all of it. */
  path: string;
  /** `unauthenticated`: anyone. `user-cookie`: also limited user tokens in the cookie `backstage-auth`. */
  allow: 'unauthenticated' | 'user-cookie';
}

/** A request to become a WebSocket (RFC 6455 section 4.2), and what it arrived on. @public */
export interface RootHttpRouterWebSocketContext {
  /** `request.url` is as it was sent, with the query. */
  request: IncomingMessage;
  socket: Duplex;
  /** What the caller sent behind the request already. */
  head: Buffer;
}

/** The same, with who is calling. @public */
export interface HttpRouterWebSocketContext extends RootHttpRouterWebSocketContext {
  credentials: BackstageCredentials;
  /** The offered subprotocol that was the caller's token. Choose another one: the answer is read by more people. */
  authProtocol?: string;
}

/** What answers the upgrades of a path. @public */
export interface RootHttpRouterWebSocketHandler {
  /** Begins with a slash; compared as a whole, letter case and a trailing slash included. No patterns, no query. */
  path: string;
  /**
   * Makes the handshake, or hands the socket on. From the call on the socket is the handler's, who takes it over or closes
   * it before the promise resolves; it is destroyed where the handler throws, and when the backend stops. Credentials and
   * the origin are the handler's to check.
   */
  handler(context: RootHttpRouterWebSocketContext): void | Promise<void>;
}

/** What answers the upgrades of a path of a plugin. @public */
export interface HttpRouterWebSocketHandler {
  /** As for the root router, relative to the plugin's mount; `/` is the mount itself. */
  path: string;
  /**
   * As for the root router, but called once the plugin has started, and the caller has credentials: a token in
   * `Authorization: Bearer`, or, for browsers, as one of the offered subprotocols. Cookies and limited tokens are no
   * credentials here, since browsers send cookies on any site's behalf and no CORS rule holds for WebSockets.
   */
  handler(context: HttpRouterWebSocketContext): void | Promise<void>;
  /** Lets anyone in; then credentials are those of nobody, and the handler checks the origin if it reads cookies. */
  authPolicy?: 'unauthenticated';
}

/** Serves a plugin's routes under `/api/<pluginId>`. Without a policy, callers need credentials. @public */
export interface HttpRouterService {
  /**
   * Mounts a Node-style handler, in the order of the calls. An Express router is one, and so is Express middleware, also
   * one that handles errors (four parameters): they find what Express's application puts on a request and a response.
   */
  use(handler: HttpHandler): void;
  addAuthPolicy(policy: HttpRouterAuthPolicy): void;
  /**
   * Answers upgrades to WebSockets. Auth policies of paths do not hold for them.
   *
   * @throws `ERR_HTTP_WEBSOCKET_PATH_INVALID`; `ERR_HTTP_PATH_CONFLICT` for a path that has a handler.
   * @example
   * ```ts
   * httpRouter.addWebSocketHandler({
   *   path: '/events',
   *   handler: ({ request, socket, head }) => webSocketServer.handleUpgrade(request, socket, head, welcome),
   * });
   * ```
   */
  addWebSocketHandler(handler: HttpRouterWebSocketHandler): void;
}

/** Serves the whole backend. @public */
export interface RootHttpRouterService {
  /**
   * Mounts a handler for a path prefix. `/` is the fallback, asked last.
   *
   * @throws `ERR_HTTP_PATH_CONFLICT` where one path is a prefix of another.
   */
  use(path: string, handler: HttpHandler): void;
  /**
   * Answers upgrades to WebSockets at an absolute path.
   *
   * @throws `ERR_HTTP_WEBSOCKET_PATH_INVALID`; `ERR_HTTP_PATH_CONFLICT` for a path that has a handler.
   */
  addWebSocketHandler(handler: RootHttpRouterWebSocketHandler): void;
}
