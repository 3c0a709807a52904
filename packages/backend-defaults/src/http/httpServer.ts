/**
 * The listener: binds `backend.listen` when the service is made, and lets go of it at shutdown or when the start fails.
 *
 * It knows nothing of routes. Until `serve` is called, requests get 503.
 */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import {
  clockServiceRef,
  coreServices,
  createServiceFactory,
  createServiceRef,
  runtimeModeServiceRef,
  withConfigJudge,
  type ClockService,
  type Config,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { readBaseUrls } from '../discovery/baseUrls.ts';
import { HttpListenError } from './errors.ts';
import {
  defaultMaximalHeaders,
  drainMilliseconds,
  httpConfigSchema,
  milliseconds,
  readHttpConfig,
  type HttpConfig,
} from './httpConfig.ts';
import { certificateFault, judgeCertificate } from './judgeCertificate.ts';
import { keptSelfSignedPair, makeSelfSignedPair, type CertificatePair } from './selfSigned.ts';
import { isInContainer, thisMachine } from './container.ts';
import { loopbackInContainer } from './loopbackInContainer.ts';
import { bindAddress, parseListen, reachableHost, type ListenAddress } from './listen.ts';
import { followCertificate } from './followCertificate.ts';
import { trackRequests } from './trackRequests.ts';

/** Answers requests that ask for another protocol. @public */
export interface UpgradeListener {
  /** Whether the request is for this listener. Asked where others listen, too: what is not stays theirs. */
  isFor(request: IncomingMessage): boolean;
  answer(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The listening server. @public */
export interface HttpServerService {
  /** The address that is really bound; with `backend.listen` on port 0 it has the port that the system chose. */
  address(): AddressInfo;
  /**
   * The origin under which this machine reaches the server, for example `http://localhost:7007`. No trailing slash. A
   * server on all interfaces is `localhost`.
   */
  url(): string;
  /** Hands requests to a listener. The second call replaces the first. */
  serve(listener: RequestListener): void;
  /**
   * Hands upgrades to a listener. Without one, what asks for an upgrade is an ordinary request (RFC 9110 section 7.8). The
   * sockets are destroyed when the backend stops.
   */
  serveUpgrades(listener: UpgradeListener): void;
  /** Whether the server has stopped accepting connections. */
  readonly isDraining: boolean;
}

/** Where the backend really listens. Tests on port 0 ask it for the URL. @public */
export const httpServerServiceRef = createServiceRef<HttpServerService>({
  id: 'vestibule.httpServer',
  scope: 'root',
});

/** @public */
export const httpServerServiceFactory = createServiceFactory({
  service: httpServerServiceRef,
  deps: {
    config: coreServices.rootConfig,
    logger: coreServices.rootLogger,
    lifecycle: coreServices.rootLifecycle,
    mode: runtimeModeServiceRef,
    clock: clockServiceRef,
  },
  configSchema: withConfigJudge(httpConfigSchema, judgeCertificate),
  // Made by whoever serves on it: a backend whose root router is replaced need not listen at all.
  initialization: 'lazy',
  async factory({ config, logger, lifecycle, mode, clock }) {
    const settings = readHttpConfig(config);
    let listener: RequestListener = answerNotReady;
    const certificate = await certificateFor(settings, {
      config,
      logger,
      clock,
      isProduction: mode.isProduction,
    });
    const server = createHttpServer(settings, certificate, (request, response) =>
      listener(request, response),
    );
    if (server instanceof TlsServer && settings.https !== true) {
      const stopFollowing = followCertificate(server, config, logger);
      lifecycle.addShutdownHook(stopFollowing);
    }
    const requests = trackRequests(server);
    const bound = bindAddress(parseListen(settings.listen) ?? { port: 0 }, mode.isProduction);

    await listen(server, bound);
    const scheme = certificate ? 'https' : 'http';
    const service: HttpServerService = {
      address: () => server.address() as AddressInfo,
      url: () => `${scheme}://${reachableHost(bound.host)}:${service.address().port}`,
      serve(next) {
        listener = next;
      },
      serveUpgrades(upgrades) {
        let hasWarned = false;
        server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
          const isShared = server.listenerCount('upgrade') > 1;
          if (isShared && !hasWarned) {
            hasWarned = true;
            logger.warn(
              'Something listens for upgrades on the server itself; with a WebSocket handler at its path both would answer',
            );
          }
          if (isShared && !upgrades.isFor(request)) return;
          // node:http no longer looks after this socket, and an error that nobody handles would end the process.
          socket.on('error', () => socket.destroy());
          requests.holdUpgraded(socket);
          upgrades.answer(request, socket, head);
        });
      },
      get isDraining() {
        return requests.isDraining;
      },
    };
    logger.info(`Listening on ${service.url()}`);
    const unreached = loopbackInContainer(bound, () => isInContainer(thisMachine));
    if (unreached !== undefined) logger.warn(unreached);

    let hasStarted = false;
    lifecycle.addStartupHook(() => {
      hasStarted = true;
    });
    lifecycle.addBeforeShutdownHook(async () => {
      const delay = milliseconds(settings.lifecycle?.serverShutdownDelay, 0);
      // Who never was ready has no requests to expect. The listener keeps the process alive, not the timer.
      if (delay > 0 && hasStarted) await new Promise((resolve) => setTimeout(resolve, delay).unref());
      const cut = await requests.drain(drainMilliseconds(config));
      if (cut > 0) logger.warn(`${cut} requests did not finish in time and were cut off`);
    });
    // After a failed start the hooks before shutdown need not have run: this frees the port in any case.
    lifecycle.addShutdownHook(async () => {
      requests.cutUpgraded();
      await requests.drain(0);
    });
    return service;
  },
});

/** What the listener shows to callers; `undefined` for plain http. */
async function certificateFor(
  { https }: HttpConfig,
  {
    config,
    logger,
    clock,
    isProduction,
  }: { config: Config; logger: LoggerService; clock: ClockService; isProduction: boolean },
): Promise<CertificatePair | undefined> {
  if (!https) return undefined;
  const { backend: baseUrl } = readBaseUrls(config);
  if (baseUrl?.startsWith('http:')) {
    logger.warn(
      `backend.https is set, but backend.baseUrl is '${baseUrl}'; browsers that go there find no http`,
    );
  }
  if (https !== true) return https.certificate;
  const host = baseUrl === undefined ? 'localhost' : new URL(baseUrl).hostname;
  if (isProduction) {
    logger.warn(
      'backend.https is true in production: the certificate is made anew at each start, and nobody vouches for it. ' +
        'Give backend.https.certificate, or let a proxy in front speak https',
    );
    return makeSelfSignedPair(host, clock);
  }
  return keptSelfSignedPair(host, logger, clock);
}

/** Limits against slow and greedy clients; 431, 408 and 400 come from node:http itself, without a body. */
function createHttpServer(
  settings: HttpConfig,
  certificate: CertificatePair | undefined,
  listener: RequestListener,
): Server {
  const { server: limits = {} } = settings;
  const headersTimeout = milliseconds(limits.headersTimeout, 15_000);
  const requestTimeout = milliseconds(limits.requestTimeout, 60_000);
  const options: ServerOptions = {
    headersTimeout,
    requestTimeout,
    // Longer than a load balancer keeps a connection that nobody uses (60 s at most of them): who closes first must be the one
    // that sends requests, or one meets a connection that is just being closed.
    keepAliveTimeout: milliseconds(limits.keepAliveTimeout, 65_000),
    // The two limits above hold only as precisely as this: node:http looks at its connections at intervals.
    connectionsCheckingInterval: Math.min(5000, Math.ceil(shortest(headersTimeout, requestTimeout) / 2)),
    maxHeaderSize: 16_384,
  };
  const server = certificate
    ? createTls({ ...options, ...certificate }, listener)
    : createServer(options, listener);
  server.timeout = milliseconds(limits.timeout, 0);
  const maximalHeaders = limits.maxHeadersCount ?? defaultMaximalHeaders;
  // One more than is allowed, so that the router sees that there are too many.
  server.maxHeadersCount = maximalHeaders === 0 ? 0 : maximalHeaders + 1;
  if (limits.maxRequestsPerSocket !== undefined) server.maxRequestsPerSocket = limits.maxRequestsPerSocket;
  return server;
}

/** The shortest of the limits; 0 means that there is none. */
function shortest(...limits: number[]): number {
  return Math.min(...limits.filter((limit) => limit > 0), 10_000);
}

function createTls(options: Parameters<typeof createTlsServer>[0], listener: RequestListener): Server {
  try {
    return createTlsServer(options, listener);
  } catch (cause) {
    const { code, message, suggestion } = certificateFault;
    throw new HttpListenError(code, message, { cause, hint: suggestion });
  }
}

const listenFailures: Record<string, (place: string) => string> = {
  EADDRINUSE: (place) => `${place} is in use. Stop what listens there, or set backend.listen to another port`,
  EACCES: (place) => `${place} needs more rights. Set backend.listen to a port above 1023`,
  EADDRNOTAVAIL: (place) => `${place} is no address of this machine. Correct the host in backend.listen`,
  ENOTFOUND: (place) => `the host of ${place} is unknown. Correct the host in backend.listen`,
};

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  try {
    server.listen({ port, ...(host !== undefined && { host }) });
    await once(server, 'listening');
  } catch (cause) {
    const place = host === undefined ? `port ${port}` : `port ${port} of ${host}`;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const explain = Object.hasOwn(listenFailures, code) ? listenFailures[code] : undefined;
    const reason = explain?.(place) ?? `${place} cannot be bound (${code})`;
    throw new HttpListenError('ERR_HTTP_LISTEN', `Cannot listen: ${reason}.`, { cause });
  }
}

const answerNotReady: RequestListener = (_request, response) => {
  response.writeHead(503, { 'Retry-After': '1', 'Content-Length': '0' }).end();
};
