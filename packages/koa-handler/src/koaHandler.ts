/**
 * Turns Koa into a Node-style handler `(request, response, next)` that passes on what it does not answer.
 *
 * `app.callback()` alone would answer an unmatched path with Koa's own 404 and a thrown error with Koa's plain text, so
 * that neither a later handler nor the host's error handler were ever asked.
 */
import type { IncomingMessage } from 'node:http';
import { asNodeHandler, type HttpHandler } from '@vestibule/backend-plugin-api';
import Koa from 'koa';

type Next = (error?: unknown) => void;

/** The caller went away: nothing to answer and nobody's fault. */
const goneCodes = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * Makes a handler for `core.httpRouter.use(…)`, or for `app.use(…)` of Express, out of a Koa app or one middleware.
 *
 * - `ctx.path` and `ctx.url` are relative to the mount, `ctx.originalUrl` is not.
 * - Nothing answered (no body, and the status left at, or set to, 404): the request goes on to the next handler.
 * - A thrown error, a rejected promise and a failing body stream go to `next(error)`; Koa's own error answer and its
 *   `error` event are not used.
 * - What the host has already parsed stays where it is (`ctx.req.body`); `ctx.ip` is the host's `request.ip` if it has
 *   one.
 *
 * @param koa - A finished app: middleware that is added later is not seen. Or one middleware, such as `router.routes()`.
 * @example
 * ```ts
 * const router = new Router().get('/hello', (ctx) => { ctx.body = { hello: 'world' }; });
 * httpRouter.use(koaHandler(router.routes()));
 * ```
 * @public
 */
export function koaHandler<TState, TContext>(
  koa: Koa<TState, TContext> | Koa.Middleware<TState, TContext>,
): HttpHandler;
export function koaHandler(koa: Koa | Koa.Middleware): HttpHandler {
  const app = typeof koa === 'function' ? new Koa().use(koa) : koa;
  const nexts = new WeakMap<IncomingMessage, Next>();
  // A view of the app with one more middleware, so that the caller's app stays as it is.
  const guarded = Object.create(app) as Koa;
  guarded.middleware = [guardWith(nexts), ...app.middleware];
  const handle = guarded.callback();
  return asNodeHandler((request, response, next) => {
    nexts.set(request, next);
    void handle(request, response);
  });
}

/** The outermost middleware: hands errors and unanswered requests to the `next` of the host. */
function guardWith(nexts: WeakMap<IncomingMessage, Next>): Koa.Middleware {
  return async (ctx, koaNext) => {
    const next = nexts.get(ctx.req);
    if (!next) throw new Error('a Koa app made for koaHandler was called in another way');
    const { originalUrl, ip } = ctx.req as IncomingMessage & { originalUrl?: string; ip?: unknown };
    if (originalUrl !== undefined) ctx.originalUrl = ctx.request.originalUrl = originalUrl;
    if (typeof ip === 'string') ctx.request.ip = ip;

    let passed = false;
    const pass = (error?: unknown): void => {
      if (passed) return;
      passed = true;
      ctx.respond = false;
      if (!ctx.res.headersSent) ctx.res.statusCode = 200;
      next(error);
    };
    // Koa calls this for a body stream that fails, and when the answer is over: with nothing, or with the socket's error.
    ctx.onerror = (error: NodeJS.ErrnoException | null | undefined) => {
      if (error && !goneCodes.has(error.code ?? '')) pass(error);
    };

    try {
      await koaNext();
    } catch (error) {
      pass(error ?? new Error('something threw nothing'));
      return;
    }
    if (!isAnswered(ctx)) pass();
  };
}

function isAnswered(ctx: Koa.Context): boolean {
  return (
    ctx.respond === false || ctx.headerSent || ctx.status !== 404 || (ctx.body ?? undefined) !== undefined
  );
}
