/** The table of routes. Every one parses, calls one step, and renders. */
import Router from '@koa/router';
import Koa from 'koa';
import { RefusalError } from '../errors.ts';
import { callback } from './callback.ts';
import { decision } from './decision.ts';
import { logout } from './logout.ts';
import { refresh } from './refresh.ts';
import { start } from './start.ts';
import { unknownProvider, type Surroundings } from './surroundings.ts';
import { userinfo } from './userinfo.ts';
import { keySet, openIdConfiguration } from './wellKnown.ts';

/** All routes of the plugin, relative to its mount. */
export function createRoutes(surroundings: Surroundings): Koa {
  const router = new Router({ strict: true });
  router.get('/.well-known/openid-configuration', (ctx) => openIdConfiguration(ctx, surroundings));
  router.get('/.well-known/jwks.json', (ctx) => keySet(ctx, surroundings));
  router.get('/v1/userinfo', (ctx) => userinfo(ctx, surroundings));
  // Elsewhere there is no such path at all.
  if (surroundings.runtimeMode.isDevelopment) {
    router.get('/v1/decisions/:reference', (ctx) =>
      decision(ctx, surroundings, ctx.params['reference'] ?? ''),
    );
  }

  // As a GET, HEAD would spend the attempt or rotate the session's tokens.
  for (const path of ['/:provider/start', '/:provider/handler/frame', '/:provider/refresh']) {
    router.head(path, () => {
      throw new RefusalError('ERR_AUTH_METHOD_NOT_ALLOWED');
    });
  }
  router.get('/:provider/start', (ctx) => start(ctx, surroundings, ctx.params['provider'] ?? ''));
  router.register('/:provider/handler/frame', ['GET', 'POST'], (ctx) =>
    callback(ctx, surroundings, ctx.params['provider'] ?? ''),
  );
  router.register('/:provider/refresh', ['GET', 'POST'], (ctx) =>
    refresh(ctx, surroundings, ctx.params['provider'] ?? ''),
  );
  router.post('/:provider/logout', (ctx) => logout(ctx, surroundings, ctx.params['provider'] ?? ''));
  router.all('/:provider{/*rest}', (ctx) => {
    throw unknownProvider(ctx.params['provider'] ?? '');
  });
  const app = new Koa();
  app.use(router.routes());
  return app;
}
