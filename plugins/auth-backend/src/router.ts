/** The table of routes. Every one parses, calls one step, and renders. */
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { RefusalError } from '@vestibule/plugin-auth-node';
import { callback } from './flow/callback.ts';
import { draft } from './flow/decision.ts';
import { logout } from './flow/logout.ts';
import { refresh } from './flow/refresh.ts';
import { start } from './flow/start.ts';
import { unknownProvider, type FlowContext } from './flow/flowContext.ts';
import { userinfo } from './flow/userinfo.ts';
import { cliClientMissing, keySet, openIdConfiguration } from './flow/wellKnown.ts';

/** All routes of the plugin, relative to its mount. */
export function createRoutes(surroundings: FlowContext): Koa {
  const router = new Router({ strict: true });
  router.get('/.well-known/openid-configuration', (ctx) => openIdConfiguration(ctx, surroundings));
  router.get('/.well-known/jwks.json', (ctx) => keySet(ctx, surroundings));
  router.get('/v1/userinfo', (ctx) => userinfo(ctx, surroundings));
  // Elsewhere there is no such path at all.
  if (surroundings.runtimeMode.isDevelopment) {
    router.get('/v1/decisions/:reference', (ctx) => draft(ctx, surroundings, ctx.params['reference'] ?? ''));
  }

  router.get('/.well-known/oauth-client/cli.json', cliClientMissing);
  // RFC 8414; at the root of the host it belongs to whoever speaks for the whole host.
  if (surroundings.serverMetadata) {
    router.get('/.well-known/oauth-authorization-server', (ctx) => openIdConfiguration(ctx, surroundings));
  }

  // As a GET, HEAD would spend the attempt or rotate the session's tokens.
  for (const [path, allowed] of [
    ['/:provider/start', 'GET'],
    ['/:provider/handler/frame', 'GET, POST'],
    ['/:provider/refresh', 'GET, POST'],
  ] as const) {
    router.head(path, refuseHead(allowed));
  }
  router.get('/:provider/start', (ctx) => start(ctx, surroundings, ctx.params['provider'] ?? ''));
  router.register('/:provider/handler/frame', ['GET', 'POST'], (ctx) =>
    callback(ctx, surroundings, ctx.params['provider'] ?? ''),
  );
  router.register('/:provider/refresh', ['GET', 'POST'], (ctx) =>
    refresh(ctx, surroundings, ctx.params['provider'] ?? ''),
  );
  router.post('/:provider/logout', (ctx) => logout(ctx, surroundings, ctx.params['provider'] ?? ''));
  router.all(['/:provider{/*rest}', '/:provider/'], (ctx) => {
    throw unknownProvider(ctx.params['provider'] ?? '');
  });
  const app = new Koa();
  app.use(router.routes());
  return app;
}

/** @param allowed - What a 405 must say (RFC 9110 section 15.5.6). */
function refuseHead(allowed: string): (ctx: Context) => never {
  return (ctx) => {
    ctx.set('Allow', allowed);
    throw new RefusalError('ERR_AUTH_METHOD_NOT_ALLOWED');
  };
}
