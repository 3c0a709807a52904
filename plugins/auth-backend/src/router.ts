/** The table of routes. Every one parses, calls one step, and renders. */
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { OAuthServer } from './oauthServer/oauthServer.ts';
import { callback } from './flow/callback.ts';
import { draft } from './flow/decision.ts';
import { logout } from './flow/logout.ts';
import { authorize } from './routes/oauth/authorize.ts';
import { cliClient } from './routes/oauth/cliClient.ts';
import { register } from './routes/oauth/register.ts';
import { revoke } from './routes/oauth/revoke.ts';
import { revokeOfflineSessions } from './routes/oauth/revokeOfflineSessions.ts';
import { approveSession, rejectSession, showSession } from './routes/oauth/sessions.ts';
import { token } from './routes/oauth/token.ts';
import { refresh } from './flow/refresh.ts';
import { start } from './flow/start.ts';
import { unknownProvider, type FlowContext } from './flow/flowContext.ts';
import { userinfo } from './flow/userinfo.ts';
import { keySet, openIdConfiguration } from './flow/wellKnown.ts';

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

  const { oauthServer, grants, baseUrl } = surroundings;
  // There also while it is off.
  router.get('/.well-known/oauth-client/cli.json', (ctx) =>
    cliClient(ctx, { baseUrl, settings: oauthServer?.settings }),
  );
  if (oauthServer) addOAuthRoutes(router, surroundings, oauthServer);
  if (grants) {
    router.post('/v1/offline-sessions/revoke', (ctx) => revokeOfflineSessions(ctx, surroundings, grants));
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

/** Where it is off, the paths are nobody's, and the catch-all answers. */
function addOAuthRoutes(router: Router, surroundings: FlowContext, server: OAuthServer): void {
  // A request begins with a browser that follows.
  router.head('/v1/authorize', refuseHead('GET'));
  router.get('/v1/authorize', (ctx) => authorize(ctx, surroundings, server));
  router.get('/v1/sessions/:handle', (ctx) =>
    showSession(ctx, surroundings, server, ctx.params['handle'] ?? ''),
  );
  router.post('/v1/sessions/:handle/approve', (ctx) =>
    approveSession(ctx, surroundings, server, ctx.params['handle'] ?? ''),
  );
  router.post('/v1/sessions/:handle/reject', (ctx) =>
    rejectSession(ctx, surroundings, server, ctx.params['handle'] ?? ''),
  );
  router.post('/v1/token', (ctx) => token(ctx, surroundings, server));
  router.post('/v1/revoke', (ctx) => revoke(ctx, surroundings, server));
  if (server.settings.registration) {
    router.post('/v1/register', (ctx) => register(ctx, surroundings, server));
  }
  // RFC 8414; at the root of the host it belongs to whoever speaks for the whole host.
  router.get('/.well-known/oauth-authorization-server', (ctx) => openIdConfiguration(ctx, surroundings));
}

/** @param allowed - What a 405 must say (RFC 9110 section 15.5.6). */
function refuseHead(allowed: string): (ctx: Context) => never {
  return (ctx) => {
    ctx.set('Allow', allowed);
    throw new RefusalError('ERR_AUTH_METHOD_NOT_ALLOWED');
  };
}
