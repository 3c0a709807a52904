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

/** Who may call a path without credentials of an ordinary kind. @public */
export interface HttpRouterAuthPolicy {
  /** A prefix of paths, relative to the plugin's mount: `/` is all of it. */
  path: string;
  /** `unauthenticated`: anyone. `user-cookie`: also limited user tokens in the cookie `backstage-auth`. */
  allow: 'unauthenticated' | 'user-cookie';
}

/** Serves a plugin's routes under `/api/<pluginId>`. Without a policy, callers need credentials. @public */
export interface HttpRouterService {
  /** Mounts a Node-style handler, in the order of the calls. */
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
