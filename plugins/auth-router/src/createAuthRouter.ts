/**
 * Sign-in for programs without a backend framework: a whole backend with the auth plugin inside, and a Koa router in place
 * of its listener. So tokens, keys, userinfo, sessions and decisions are the same, by the same code.
 */
import type Router from '@koa/router';
import { createSpecializedBackend } from '@vestibule/backend-core';
import authPlugin from '@vestibule/plugin-auth-backend';
import oauthServer from '@vestibule/plugin-auth-backend-module-oauth-server';
import type { AuthRouterOptions } from './environment.ts';
import { mount } from './mount.ts';
import { createMountedServer } from './mountedServer.ts';
import { readProviderFactories } from './providers/providerFactories.ts';
import { routerModule } from './routerModule.ts';
import { catalogLoader, servicesOf } from './services.ts';

/** A Koa router that can be stopped. @public */
export type AuthRouter = Router &
  AsyncDisposable & {
    /** Waits for the answers under way, then frees the database. From then on requests get 503. Never rejects. */
    stop(): Promise<void>;
  };

/**
 * Makes the router, ready to answer. Its paths begin with `/api/auth`, below the path of `backend.baseUrl` where that has
 * one. It reads no request body and listens on no port, installs no signal handlers and never ends the process.
 *
 * CORS, security headers, rate limits and trusted proxies are those of `backend` in config, for these paths; `app.proxy`
 * and middleware before it have no say.
 *
 * @example
 * ```ts
 * const auth = await createAuthRouter({ config });
 * const app = new Koa();
 * app.use(auth.routes());
 * const server = app.listen(7007);
 * // and at the end
 * server.close();
 * await auth.stop();
 * ```
 * @throws AuthRouterError `ERR_AUTH_ROUTER_PROVIDER_INVALID`, `ERR_AUTH_ROUTER_CONFIG_INVALID`.
 * @throws BackendStartupError `ERR_BACKEND_STARTUP` with every problem, as `backend.start()` does; among them may be
 *   `ERR_AUTH_ROUTER_BASE_URL_MISSING`, `ERR_AUTH_ROUTER_CATALOG_MISSING` and `ERR_AUTH_ROUTER_PROVIDER_MISSING`, as the
 *   `cause` of the problem. Everything is free again then.
 * @public
 */
export async function createAuthRouter(options: AuthRouterOptions = {}): Promise<AuthRouter> {
  const { features = [], discovery, catalog, providerFactories, ownershipResolver } = options;
  const factories = readProviderFactories(providerFactories);
  const server = createMountedServer(discovery);
  const backend = createSpecializedBackend({
    defaultServiceFactories: [...servicesOf(options), server.factory],
  });
  backend.add(authPlugin);
  backend.add(oauthServer);
  backend.add(routerModule({ factories, ownershipResolver, mayLack: features.length > 0 }));
  if (!catalog) backend.add(catalogLoader(options));
  for (const feature of features) backend.add(feature);
  await backend.start();
  const stop = () => backend.stop();
  return Object.assign(mount(server), { stop, [Symbol.asyncDispose]: stop });
}
