/**
 * The listener of a backend that does not listen: a program has a server of its own, and hands over the requests that are
 * for sign-in.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { httpConfigSchema, httpServerServiceRef, type HttpServerService } from '@vestibule/backend-defaults';
import {
  coreServices,
  createServiceFactory,
  type DiscoveryService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { AuthRouterError } from './errors.ts';

/** The stand-in, and how requests come to it. */
export interface MountedServer {
  readonly factory: ServiceFactory;
  /** Ends when the request has been answered, or its connection is gone. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** @param discovery - Asked for the address where `backend.baseUrl` is not in config. */
export function createMountedServer(discovery: DiscoveryService | undefined): MountedServer {
  const open = new Set<Promise<void>>();
  let listener: RequestListener = (_request, response) => response.writeHead(503).end();
  let isDraining = false;

  const factory = createServiceFactory({
    service: httpServerServiceRef,
    deps: { config: coreServices.rootConfig, lifecycle: coreServices.rootLifecycle },
    // The listener's own keys may stand in the config of the program, for a server that it starts itself.
    configSchema: httpConfigSchema,
    async factory({ config, lifecycle }): Promise<HttpServerService> {
      const configured = config.getOptionalString('backend.baseUrl');
      const url = configured?.replace(/\/+$/, '') ?? (await originOf(discovery));
      const { hostname, port, protocol } = new URL(url);
      // The boot gives up waiting after its own deadline.
      lifecycle.addBeforeShutdownHook(async () => {
        isDraining = true;
        await Promise.all(open);
      });
      return {
        address: () => ({
          address: hostname,
          family: '',
          port: Number(port || (protocol === 'https:' ? 443 : 80)),
        }),
        url: () => url,
        serve: (next) => void (listener = next),
        // A router gets requests only; upgrades are the program's own.
        serveUpgrades: () => undefined,
        get isDraining() {
          return isDraining;
        },
      };
    },
  });

  return {
    factory,
    async handle(request, response) {
      const answered = new Promise<void>((resolve) => finished(response, () => resolve()));
      open.add(answered);
      listener(request, response);
      await answered;
      open.delete(answered);
    },
  };
}

async function originOf(discovery: DiscoveryService | undefined): Promise<string> {
  if (discovery) return new URL(await discovery.getExternalBaseUrl('auth')).origin;
  throw new AuthRouterError(
    'ERR_AUTH_ROUTER_BASE_URL_MISSING',
    'backend.baseUrl is missing; it must say how browsers reach the program that the router is part of',
    { hint: "Set backend.baseUrl, for example to 'http://localhost:7007', or give a discovery." },
  );
}
