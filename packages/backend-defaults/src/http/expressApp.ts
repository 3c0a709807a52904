/**
 * Handlers that were written for Express, in an application of the Express that they came with.
 *
 * A router of Express puts nothing on a request and a response: `res.json`, `res.status`, `req.query`, `req.ip` and the
 * rest come from the application around it, whose prototypes both get
 * (https://github.com/expressjs/express/blob/v5.1.0/lib/application.js). On Backstage's host that is the host's own. Here
 * it is one made of the plugin's: whoever brings a router has loaded an Express, which stands in Node's table of loaded
 * modules, also where it is nested or linked, and where `import` loaded it. So Express is no dependency of ours.
 */
import { createRequire } from 'node:module';
import type { HttpHandler } from '@vestibule/backend-plugin-api';
import { handlesErrors, isPromiseLike } from './handlers.ts';
import type { HttpConfig } from './httpConfig.ts';

/** What `require('express')` gives, as far as it is used. */
export interface Express {
  (): ExpressApp;
  /** Express 4: what its routers have for a prototype. Express 5: the class of its routers. */
  readonly Router: { readonly prototype?: unknown };
}

/** An application of Express is a handler; what none of its own answers goes to `next`. */
type ExpressApp = HttpHandler & {
  set(setting: string, value: unknown): void;
  disable(setting: string): void;
  use(handler: HttpHandler): void;
};

/** How Express's main module is called, wherever it is installed. */
const mainModule = /[\\/]express[\\/](?:index|lib[\\/]express)\.js$/;

/** The Express that one of these handlers is a router of; otherwise any that is loaded, as Backstage's host has its own. */
export function findExpress(handlers: readonly HttpHandler[]): Express | undefined {
  const loaded = loadedExpresses();
  return loaded.find((express) => handlers.some((handler) => isRouterOf(express, handler))) ?? loaded.at(0);
}

/** Whether a handler is a router of Express, of whatever version. */
export function isExpressRouter(handler: HttpHandler): boolean {
  const { handle, route, stack } = handler as { handle?: unknown; route?: unknown; stack?: unknown };
  return typeof handle === 'function' && typeof route === 'function' && Array.isArray(stack);
}

/** One application that asks the handlers in their order, set up as Backstage's host sets up its own. */
export function createExpressApp(
  express: Express,
  handlers: readonly HttpHandler[],
  { trustProxy, isDevelopment }: { trustProxy: HttpConfig['trustProxy']; isDevelopment: boolean },
): HttpHandler {
  const app = express();
  app.disable('x-powered-by');
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
  if (isDevelopment) app.set('json spaces', 2);
  for (const handler of handlers) app.use(isApplication(handler) ? handler : caught(handler));
  return app;
}

function loadedExpresses(): Express[] {
  // What `require.cache` is in any module: the modules of the process.
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache)
    .filter((file) => mainModule.test(file))
    .map((file): unknown => cache[file]?.exports)
    .filter(isExpress);
}

function isExpress(given: unknown): given is Express {
  if (typeof given !== 'function') return false;
  const { application, request, response, Router } = given as unknown as Record<string, unknown>;
  return [application, request, response].every(isObject) && typeof Router === 'function';
}

function isRouterOf({ Router }: Express, handler: HttpHandler): boolean {
  for (let at: unknown = Object.getPrototypeOf(handler); isObject(at); at = Object.getPrototypeOf(at)) {
    if (at === Router || at === Router.prototype) return true;
  }
  return false;
}

/** Routers and applications: Express mounts them, and asks them itself. */
function isApplication(handler: HttpHandler): boolean {
  return typeof (handler as { handle?: unknown }).handle === 'function';
}

/** Backstage's host takes a promise for a handler's answer, whatever its Express: what it rejects with is the error. */
function caught(handler: HttpHandler): HttpHandler {
  type AnyHandler = (...exchange: unknown[]) => unknown;
  const ask = (exchange: unknown[]): void => {
    const next = exchange.at(-1) as (error?: unknown) => void;
    const result = (handler as AnyHandler)(...exchange);
    if (!isPromiseLike(result)) return;
    result.then(
      (value) => {
        if (value === 'next') next();
        else if (value === 'route') next('route');
      },
      (error: unknown) => next(error ?? new Error('a request handler threw nothing')),
    );
  };
  // Express goes by the number of parameters.
  if (handlesErrors(handler)) {
    const failed = (error: unknown, request: unknown, response: unknown, next: unknown) =>
      ask([error, request, response, next]);
    return failed as unknown as HttpHandler;
  }
  return (request, response, next) => ask([request, response, next]);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
