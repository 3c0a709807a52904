/**
 * Routes on the raw request and response, written against the members of Koa's context that a plugin's routes need. What is
 * written so costs a few microseconds where an app of Koa costs fifty, and runs under Koa as well.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asNodeHandler, type HttpHandler } from '@vestibule/backend-plugin-api';
import accepts from 'accepts';
import type Koa from 'koa';

/** What such a route is given. It means what it means in Koa (https://koajs.com/#context). @public */
export interface RouteContext extends Pick<
  Koa.Context,
  'req' | 'res' | 'method' | 'path' | 'querystring' | 'remove'
> {
  /** A header of the request; empty where there is none. */
  get(name: string): string;
  set(name: string, value: string): void;
  set(headers: Record<string, string>): void;
  /** The first of these types that the caller takes (RFC 9110 section 12.5.1), or `false`. */
  accepts(...types: string[]): string | false;
  status: number;
  /** The content type, written out. */
  type: string;
  /** Text, bytes, or what is sent as JSON, but for `null`. Sets the status to 200 where none was set. */
  body: unknown;
}

/** A route. @public */
export interface NodeRoute {
  /** A route for `GET` takes no `HEAD` unless it says so. */
  readonly methods: readonly string[];
  /** Matched against all of the path, relative to the mount. */
  readonly path: RegExp;
  /** @param names - What the groups of `path` captured, percent-decoded; empty where one captured nothing. */
  handle(ctx: RouteContext, ...names: string[]): unknown;
}

/**
 * Makes a handler for `core.httpRouter.use(…)` of routes, of which the first that fits is asked. What none fits, and what a
 * route leaves without status and body, goes on to the next handler; what a route throws goes to `next(error)`.
 *
 * @example
 * ```ts
 * httpRouter.use(nodeRoutes([{ methods: ['GET', 'HEAD'], path: /^\/hello$/, handle: (ctx) => void (ctx.body = { hello: 'world' }) }]));
 * ```
 * @public
 */
export function nodeRoutes(routes: readonly NodeRoute[]): HttpHandler {
  return asNodeHandler((request, response, next) => {
    const ctx = new NodeContext(request, response);
    for (const route of routes) {
      if (!route.methods.includes(ctx.method)) continue;
      // Of a pattern that remembers where it was.
      route.path.lastIndex = 0;
      const found = route.path.exec(ctx.path);
      if (!found) continue;
      const names = found.slice(1).map((name = '') => decoded(name));
      void answer(ctx, next, async () => route.handle(ctx, ...names));
      return;
    }
    next();
  });
}

async function answer(
  ctx: NodeContext,
  next: (error?: unknown) => void,
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
    if (ctx.end()) return;
  } catch (error) {
    // A status that was set before it failed is not the error's.
    if (!ctx.res.headersSent) ctx.res.statusCode = 200;
    // Outside of this promise: what the host throws is the host's, as where Koa would have called it.
    setImmediate(next, error ?? new Error('something threw nothing'));
    return;
  }
  setImmediate(next);
}

/** What is no percent-encoding stands for itself. */
function decoded(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

class NodeContext implements RouteContext {
  private isStatusSet = false;
  private content: unknown;

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
  ) {}

  get method(): string {
    return this.req.method ?? 'GET';
  }

  get path(): string {
    const { url = '/' } = this.req;
    const end = url.indexOf('?');
    return end < 0 ? url : url.slice(0, end);
  }

  get querystring(): string {
    const { url = '/' } = this.req;
    const end = url.indexOf('?');
    return end < 0 ? '' : url.slice(end + 1);
  }

  get(name: string): string {
    const value = this.req.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  }

  set(given: string | Record<string, string>, value = ''): void {
    if (typeof given === 'string') this.res.setHeader(given, value);
    else for (const [name, each] of Object.entries(given)) this.res.setHeader(name, each);
  }

  remove(name: string): void {
    this.res.removeHeader(name);
  }

  accepts(...types: string[]): string | false {
    const accepted = accepts(this.req).types(types);
    return Array.isArray(accepted) ? (accepted[0] ?? false) : accepted;
  }

  get status(): number {
    return this.res.statusCode;
  }

  set status(status: number) {
    this.isStatusSet = true;
    this.res.statusCode = status;
  }

  get type(): string {
    return String(this.res.getHeader('Content-Type') ?? '');
  }

  set type(type: string) {
    this.res.setHeader('Content-Type', type);
  }

  get body(): unknown {
    return this.content;
  }

  set body(body: unknown) {
    this.content = body;
    if (!this.isStatusSet) this.status = 200;
    const hasType = this.res.hasHeader('Content-Type');
    if (typeof body === 'string') {
      if (!hasType) this.type = `text/${/^\s*</.test(body) ? 'html' : 'plain'}; charset=utf-8`;
    } else if (Buffer.isBuffer(body)) {
      if (!hasType) this.type = 'application/octet-stream';
    } else if (!/\bjson\b/i.test(this.type)) {
      this.type = 'application/json; charset=utf-8';
    }
  }

  /** Ends the response with what was set; `false` where nothing was, or what is left of it is not ours to end. */
  end(): boolean {
    const { res, content, isStatusSet } = this;
    if (res.headersSent || res.writableEnded) return true;
    if (content === undefined && !isStatusSet) return false;
    const isBytes = typeof content === 'string' || Buffer.isBuffer(content);
    const bytes = content === undefined ? '' : isBytes ? content : JSON.stringify(content);
    // What has no body has no length either (RFC 9110 section 8.6).
    if (res.statusCode !== 204 && res.statusCode !== 304) {
      res.setHeader('Content-Length', Buffer.byteLength(bytes));
    }
    res.end(bytes);
    return true;
  }
}
