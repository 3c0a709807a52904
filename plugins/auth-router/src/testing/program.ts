/** A program without a framework: a plain Koa app on a free port, with sign-in as a router, beside an OpenID Provider. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { catalogUser, createFrontEnd, HttpBrowser } from '@vestibule/backend-test-utils';
import type { Entity } from '@vestibule/catalog-model';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import Koa from 'koa';
import { createAuthRouter, type AuthRouter } from '../createAuthRouter.ts';
import type { AuthRouterOptions } from '../environment.ts';

/** Where the front end of the tests lives; nothing runs there. */
export const appOrigin = 'http://localhost:3000';
const clientSecret = 'a-client-secret-for-tests';

/** A user of the tests' catalog. */
export function user(name: string, email: string, groups: string[] = []): Entity {
  return catalogUser(name, { email, memberOf: groups });
}

export const people = [user('jane', 'jane@example.com', ['team-a'])];

/** Lines of the log, and a logger that keeps them. */
export function keepLog() {
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);
  const logger = { error: keep, warn: keep, info: keep, debug: keep, child: () => logger };
  return { lines, logger };
}

export type Program = Awaited<ReturnType<typeof startProgram>>;

/**
 * Starts it. `config` and `auth` are laid over those of the tests; `build` puts the router into the app.
 *
 * @param options - `path`: what stands in `backend.baseUrl` behind the origin.
 */
export async function startProgram(
  options: Omit<AuthRouterOptions, 'config'> & {
    config?: JsonObject;
    auth?: JsonObject;
    oidc?: JsonObject;
    path?: string;
    build?: (app: Koa, router: AuthRouter) => void;
  } = {},
) {
  const {
    config,
    auth,
    oidc,
    path = '',
    build = (app, router) => app.use(router.routes()),
    ...rest
  } = options;
  const app = new Koa();
  app.silent = true;
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const base = `${url}${path}/api/auth`;
  const idp = await startDevIdp({
    clients: [
      {
        clientId: 'vestibule',
        clientSecret,
        redirectUris: [`${base}/oidc/handler/frame`],
        idTokenSignedResponseAlg: 'ES256', // its keys cost nothing to make
      },
    ],
  });
  const log = keepLog();
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await Promise.all([new Promise((resolve) => server.close(resolve)), idp.stop()]);
  };
  const router = await createAuthRouter({
    logger: log.logger,
    catalog: createInMemoryCatalog(people),
    config: {
      app: { baseUrl: appOrigin },
      auth: {
        session: { secret: 'a-session-secret-for-tests' },
        providers: { oidc: { development: { ...credentialsAt(idp), ...oidc } } },
        ...auth,
      },
      ...config,
      backend: {
        baseUrl: `${url}${path}`,
        database: { client: 'better-sqlite3', connection: ':memory:' },
        ...(config?.['backend'] as JsonObject | undefined),
      },
    },
    ...rest,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  build(app, router);
  const handle = app.callback();
  server.on('request', (request, response) => void handle(request, response));

  const { signIn, refresh, signOut } = createFrontEnd({ url: `${url}${path}` }, { provider: 'oidc' });

  return {
    app,
    base,
    url,
    router,
    idp,
    logs: log.lines,

    /** The whole way of a popup. */
    async signIn(as = 'jane', browser = new HttpBrowser()) {
      const authorize = async (to: URL) => idp.authorize(to.href, { as });
      return { browser, ...(await signIn(browser, { authorize, scope: 'openid' })) };
    },
    refresh,
    signOut,

    async stop(): Promise<void> {
      await router.stop();
      await close();
    },
  };
}

function credentialsAt(idp: DevIdpServer): JsonObject {
  return {
    metadataUrl: idp.metadataUrl,
    clientId: 'vestibule',
    clientSecret,
    tokenSignedResponseAlg: 'ES256',
  };
}
