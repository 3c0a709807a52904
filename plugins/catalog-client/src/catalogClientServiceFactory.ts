/** Wires the HTTP client as the catalog of a backend. */
import { clockServiceRef, coreServices, createServiceFactory } from '@vestibule/backend-plugin-api';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createCatalogClient } from './http/catalogClient.ts';

/**
 * The catalog of a Backstage backend, over HTTP: the default of `catalogServiceRef`.
 *
 * Its address comes from `core.discovery` (`discovery.endpoints` in config), its tokens from `core.auth`. Nothing is
 * called before the first question, so that start-up never depends on the catalog.
 *
 * @example
 * ```yaml
 * discovery:
 *   endpoints:
 *     - target: https://portal.example.com/api/{{pluginId}}
 *       plugins: [catalog]
 * ```
 * @public
 */
export const catalogClientServiceFactory = createServiceFactory({
  service: catalogServiceRef,
  deps: {
    discovery: coreServices.discovery,
    auth: coreServices.auth,
    clock: clockServiceRef,
    rootLifecycle: coreServices.rootLifecycle,
  },
  createRootContext({ rootLifecycle }) {
    const http = createOutboundHttp();
    rootLifecycle.addShutdownHook(async () => http.close());
    return http;
  },
  factory: ({ discovery, auth, clock }, http) => createCatalogClient({ discovery, auth, clock, http }),
});
