/** The plugin `catalog` of a backend whose catalog is a file, or a service of one's own. */
import type { ServerResponse } from 'node:http';
import {
  asNodeHandler,
  coreServices,
  createBackendPlugin,
  ServiceUnavailableError,
  type BackstageCredentials,
} from '@vestibule/backend-plugin-api';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { isCatalogElsewhere } from './catalogElsewhere.ts';
import { isRemoteCatalog } from './http/catalogClient.ts';
import { findRoute } from './routes/catalogRoutes.ts';

/**
 * Answers what `@backstage/catalog-client` reads, at `/api/catalog`, from `catalogServiceRef`, so that a `CatalogClient` in a
 * hosted Backstage module finds the same catalog as the resolvers here. Callers need credentials, as at Backstage's catalog.
 *
 * It serves nothing where the catalog is another one over HTTP, and gives way to another plugin `catalog` that is added
 * beside a loader that brings it. The default backend brings it; elsewhere it is one line:
 *
 * @example
 * ```ts
 * backend.add(fileCatalogServiceFactory);
 * backend.add(catalogRoutesPlugin);
 * ```
 * @public
 */
export const catalogRoutesPlugin = createBackendPlugin({
  pluginId: 'catalog',
  register({ registerInit }) {
    registerInit({
      deps: {
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
      },
      async init({ catalog, config, httpAuth, httpRouter }) {
        if (isRemoteCatalog(catalog) || isCatalogElsewhere(config)) return Promise.resolve();
        httpRouter.use(
          asNodeHandler(async (request, response, next) => {
            // Not resolved against a base: `//host/entities` is the path of no route.
            const [path = '/', ...query] = (request.url ?? '/').split('?');
            const parameters = new URLSearchParams(query.join('?'));
            const route = findRoute(request.method ?? 'GET', path);
            if (!route) return next();
            const credentials = await httpAuth.credentials(request, { allow: ['user', 'service'] });
            refuseOwnQuestion(credentials);
            sendJson(response, await route({ catalog, credentials, request, parameters }));
          }),
        );
        return Promise.resolve();
      },
    });
  },
});

/** A catalog that asks this plugin for its own answers would ask for ever. */
function refuseOwnQuestion({ principal }: BackstageCredentials): void {
  const { subject, actor } = principal as { subject?: unknown; actor?: { subject?: unknown } };
  if (subject !== 'plugin:catalog' && actor?.subject !== 'plugin:catalog') return;
  throw new ServiceUnavailableError('ERR_CATALOG_UNAVAILABLE', 'This backend has no catalog', {
    hint: 'catalogServiceRef asks the plugin catalog of this backend, which asks it. Say under discovery.endpoints where the catalog is.',
  });
}

function sendJson(response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Length', String(Buffer.byteLength(text)));
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
