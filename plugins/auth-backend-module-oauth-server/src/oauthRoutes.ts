/** The table of routes, relative to the mount of the auth plugin. What is off has none, and is left to the plugin. */
import Router from '@koa/router';
import type { AuditorService, HttpAuthService } from '@vestibule/backend-plugin-api';
import { RefusalError, type ApiRoute } from '@vestibule/plugin-auth-node';
import Koa from 'koa';
import type { OAuthOperation } from './api/oauthApi.ts';
import { cliClientDocument } from './clients/cliClientDocument.ts';
import type { Grants } from './grants/grants.ts';
import type { OAuthServer } from './oauthServer.ts';
import { approveSession, rejectSession, showSession } from './routes/authorizationSessions.ts';
import { authorize } from './routes/authorize.ts';
import { register } from './routes/register.ts';
import { revoke } from './routes/revoke.ts';
import { revokeOfflineSessions } from './routes/revokeOfflineSessions.ts';
import { token } from './routes/token.ts';
import type { OAuthServerSettings } from './settings.ts';

const paths =
  /^\/(?:v1\/(?:authorize|sessions|token|revoke|register|offline-sessions)|\.well-known\/oauth-client)(?![^/?])/i;

/** Whether a request may be for one of these routes: every request of sign-in passes here first. */
export function isOAuthPath(url: string): boolean {
  return paths.test(url);
}

/** A route as the OpenAPI document has it, too. It refuses HEAD where it says so; otherwise HEAD is answered as GET. */
interface OAuthRoute<TContext> extends ApiRoute<OAuthOperation> {
  readonly methods: readonly ['GET'] | readonly ['GET', 'HEAD'] | readonly ['POST'];
  handle(ctx: Koa.Context, context: TContext, handle: string): unknown;
}

interface GrantContext {
  readonly grants: Grants;
  readonly httpAuth: HttpAuthService;
  readonly auditor: AuditorService;
}

/** What can be done with the server, as far as it is on. */
function serverRoutes({
  registration,
  clientMetadataDocuments,
}: Pick<OAuthServerSettings, 'registration' | 'clientMetadataDocuments'>): OAuthRoute<OAuthServer>[] {
  return [
    // As a GET, HEAD would begin a request, and with it a browser that follows (RFC 9110 section 15.5.6).
    { methods: ['GET'], path: '/v1/authorize', operationId: 'authorize', handle: authorize },
    {
      methods: ['GET', 'HEAD'],
      path: '/v1/sessions/{handle}',
      operationId: 'readConsent',
      handle: showSession,
    },
    {
      methods: ['POST'],
      path: '/v1/sessions/{handle}/approve',
      operationId: 'approveConsent',
      handle: approveSession,
    },
    {
      methods: ['POST'],
      path: '/v1/sessions/{handle}/reject',
      operationId: 'rejectConsent',
      handle: rejectSession,
    },
    { methods: ['POST'], path: '/v1/token', operationId: 'issueToken', handle: token },
    { methods: ['POST'], path: '/v1/revoke', operationId: 'revokeToken', handle: revoke },
    ...(registration
      ? [
          {
            methods: ['POST'],
            path: '/v1/register',
            operationId: 'registerClient',
            handle: register,
          } as const,
        ]
      : []),
    ...(clientMetadataDocuments
      ? [
          {
            methods: ['GET', 'HEAD'],
            path: '/.well-known/oauth-client/cli.json',
            operationId: 'readCliClient',
            handle: (ctx: Koa.Context, { issuer }: OAuthServer) =>
              void (ctx.body = cliClientDocument(issuer)),
          } as const,
        ]
      : []),
  ];
}

/** There while refresh tokens are on, with clients or without. */
const grantRoutes: readonly OAuthRoute<GrantContext>[] = [
  {
    methods: ['POST'],
    path: '/v1/offline-sessions/revoke',
    operationId: 'revokeOfflineSessions',
    handle: (ctx, context) => revokeOfflineSessions(ctx, context, context.grants),
  },
];

/** Which routes there are, for the OpenAPI document. */
export function oauthApiRoutes(on: {
  settings: OAuthServerSettings | undefined;
  hasRefreshTokens: boolean;
}): ApiRoute<OAuthOperation>[] {
  return [...(on.settings ? serverRoutes(on.settings) : []), ...(on.hasRefreshTokens ? grantRoutes : [])];
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
  if (server) addRoutes(router, serverRoutes(server.settings), server);
  if (grants) addRoutes(router, grantRoutes, { ...options, grants });
  const app = new Koa();
  app.use(router.routes());
  return app;
}

function addRoutes<TContext>(
  router: Router,
  routes: readonly OAuthRoute<TContext>[],
  context: TContext,
): void {
  for (const { methods, path, handle } of routes) {
    const template = path.replace(/\{(\w+)\}/g, ':$1');
    const [method] = methods;
    if (method === 'GET' && methods.length === 1) router.head(template, refuseHead);
    // Koa's router answers HEAD with what it has for GET.
    router.register(template, [method], async (ctx) => {
      await handle(ctx, context, ctx.params['handle'] ?? '');
    });
  }
}

function refuseHead(ctx: Koa.Context): never {
  ctx.set('Allow', 'GET');
  throw new RefusalError('ERR_AUTH_METHOD_NOT_ALLOWED');
}
