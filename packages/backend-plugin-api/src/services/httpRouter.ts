/** The services `core.httpRouter` and `core.rootHttpRouter`. */
import type { IncomingMessage, ServerResponse } from 'node:http';

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

/** Serves a plugin's routes under `/api/<pluginId>`. Without a policy, callers need credentials. @public */
export interface HttpRouterService {
  /**
   * Mounts a Node-style handler, in the order of the calls. An Express router is one, and so is Express middleware, also
   * one that handles errors (four parameters): they find what Express's application puts on a request and a response.
   */
  use(handler: HttpHandler): void;
  addAuthPolicy(policy: HttpRouterAuthPolicy): void;
}

/** Serves the whole backend. @public */
export interface RootHttpRouterService {
  /**
   * Mounts a handler for a path prefix. `/` is the fallback, asked last.
   *
   * @throws `ERR_HTTP_PATH_CONFLICT` where one path is a prefix of another.
   */
  use(path: string, handler: HttpHandler): void;
}
