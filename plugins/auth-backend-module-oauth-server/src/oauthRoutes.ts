/** The table of routes, relative to the mount of the auth plugin. What is off has none, and is left to the plugin. */
import Router from '@koa/router';
import type { AuditorService, HttpAuthService } from '@vestibule/backend-plugin-api';
import { RefusalError } from '@vestibule/plugin-auth-node';
import Koa from 'koa';
import { cliClientDocument } from './clients/cliClientDocument.ts';
import type { Grants } from './grants/grants.ts';
import type { OAuthServer } from './oauthServer.ts';
import { approveSession, rejectSession, showSession } from './routes/authorizationSessions.ts';
import { authorize } from './routes/authorize.ts';
import { register } from './routes/register.ts';
import { revoke } from './routes/revoke.ts';
import { revokeOfflineSessions } from './routes/revokeOfflineSessions.ts';
import { token } from './routes/token.ts';

const paths =
  /^\/(?:v1\/(?:authorize|sessions|token|revoke|register|offline-sessions)|\.well-known\/oauth-client)(?![^/?])/i;

/** Whether a request may be for one of these routes: every request of sign-in passes here first. */
export function isOAuthPath(url: string): boolean {
  return paths.test(url);
}

/**
 * Makes the routes.
 *
 * @param options - `server`: absent where no client could be known. `grants`: absent while refresh tokens are off.
 */
export function createOAuthRoutes(options: {
  server: OAuthServer | undefined;
  grants?: Grants;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}): Koa {
  const { server, grants } = options;
  const router = new Router({ strict: true });
  if (server) addServerRoutes(router, server);
  if (grants) {
    router.post('/v1/offline-sessions/revoke', (ctx) => revokeOfflineSessions(ctx, options, grants));
  }
  const app = new Koa();
  app.use(router.routes());
  return app;
}

function addServerRoutes(router: Router, server: OAuthServer): void {
  // As a GET, HEAD would begin a request, and with it a browser that follows (RFC 9110 section 15.5.6).
  router.head('/v1/authorize', (ctx) => {
    ctx.set('Allow', 'GET');
    throw new RefusalError('ERR_AUTH_METHOD_NOT_ALLOWED');
  });
  router.get('/v1/authorize', (ctx) => authorize(ctx, server));
  router.get('/v1/sessions/:handle', (ctx) => showSession(ctx, server, ctx.params['handle'] ?? ''));
  router.post('/v1/sessions/:handle/approve', (ctx) =>
    approveSession(ctx, server, ctx.params['handle'] ?? ''),
  );
  router.post('/v1/sessions/:handle/reject', (ctx) => rejectSession(ctx, server, ctx.params['handle'] ?? ''));
  router.post('/v1/token', (ctx) => token(ctx, server));
  router.post('/v1/revoke', (ctx) => revoke(ctx, server));
  if (server.settings.registration) router.post('/v1/register', (ctx) => register(ctx, server));
  if (server.settings.clientMetadataDocuments) {
    router.get('/.well-known/oauth-client/cli.json', (ctx) => {
      ctx.body = cliClientDocument(server.issuer);
    });
  }
}
