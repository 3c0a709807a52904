/** The Koa router in front of the backend. */
import { METHODS } from 'node:http';
import Router from '@koa/router';
import type { MountedServer } from './mountedServer.ts';

const base = '/api/auth';
const pattern = `${base}{/*rest}`;

/** Every path below `/api/auth`, with every method: which of them there are is the backend's to say. */
export function mount(server: MountedServer): Router {
  const router = new Router();
  router.register(pattern, [...METHODS], async (ctx) => {
    // The answer is written to the response itself.
    ctx.respond = false;
    const prefix = String(ctx._matchedRoute).slice(0, -pattern.length);
    if (prefix !== '') ctx.req.url = withoutPrefix(`${ctx.path}${ctx.search}`, prefix);
    await server.handle(ctx.req, ctx.res);
  });
  return router;
}

/** A router within another one still sees the whole path. By segments, since a prefix may hold parameters. */
function withoutPrefix(url: string, prefix: string): string {
  const depth = prefix.split('/').filter(Boolean).length;
  return `/${url
    .split('/')
    .slice(depth + 1)
    .join('/')}`;
}
