/** The HTTP services of a backend in miniature, over a real socket, with the phases of the boot in the test's hands. */
import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type {
  AuthService,
  ErrorPagesService,
  HttpAuthService,
  HttpRouterService,
  JsonObject,
  LifecycleService,
  LoggerService,
  RootConfigService,
  RootHealthService,
  RootHttpRouterService,
  RootLifecycleService,
  ForeignCodeService,
  ServiceFactory,
} from '@vestibule/backend-plugin-api';
import {
  AuthenticationError,
  errorPagesServiceRef,
  foreignCodeServiceRef,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import { createRootConfigFactory } from '../../config/rootConfig.ts';
import { rootHealthServiceFactory } from '../../health/rootHealth.ts';
import { httpRouterServiceFactory } from '../httpRouter.ts';
import { httpServerServiceFactory, type HttpServerService } from '../httpServer.ts';
import { rootHttpRouterServiceFactory } from '../rootHttpRouter.ts';

/** Hooks that a test runs when it likes. */
export interface TestLifecycle extends RootLifecycleService {
  run(phase: 'startup' | 'beforeShutdown' | 'shutdown'): Promise<void>;
}

function createTestLifecycle(): TestLifecycle {
  const hooks = {
    startup: [] as (() => unknown)[],
    beforeShutdown: [] as (() => unknown)[],
    shutdown: [] as (() => unknown)[],
  };
  return {
    addStartupHook: (hook) => void hooks.startup.push(hook),
    addBeforeShutdownHook: (hook) => void hooks.beforeShutdown.push(hook),
    addShutdownHook: (hook) => void hooks.shutdown.push(hook),
    async run(phase) {
      await Promise.all(hooks[phase].splice(0).map((hook) => hook()));
    },
  };
}

/** A logger that keeps its lines as `level message meta`. */
export function createTestLogger(
  lines: string[] = [],
  meta: JsonObject = {},
): LoggerService & { lines: string[] } {
  const write = (level: string) => (message: string, given?: Error | JsonObject) =>
    void lines.push(
      `${level} ${message} ${JSON.stringify({ ...meta, ...(given instanceof Error ? { error: given.message } : given) })}`,
    );
  return {
    lines,
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (more) => createTestLogger(lines, { ...meta, ...more }),
  };
}

/** Accepts the token `user`, and the limited token `limited` where limited access is allowed. */
const httpAuth = {
  async credentials(request, options = {}) {
    const token = request.headers.authorization?.slice('Bearer '.length);
    if (token === 'user' || (token === 'limited' && options.allowLimitedAccess)) {
      return {
        $$type: '@backstage/BackstageCredentials',
        principal: { type: 'user', userEntityRef: 'user:default/jane' },
      };
    }
    throw new AuthenticationError('ERR_CREDENTIALS_MISSING', 'Missing credentials');
  },
  async issueUserCookie(response, options = {}) {
    const isClearing = options.credentials !== undefined;
    response.setHeader('Set-Cookie', isClearing ? 'backstage-auth=' : 'backstage-auth=limited');
    return { expiresAt: new Date('2030-01-01T00:00:00Z') };
  },
} as HttpAuthService;

const auth = {
  getNoneCredentials: async () => ({
    $$type: '@backstage/BackstageCredentials',
    principal: { type: 'none' },
  }),
  listPublicServiceKeys: async () => ({ keys: [{ kid: 'key-1' }] }),
} as unknown as AuthService;

/** What a test holds in its hands. */
export interface TestHttp {
  url: string;
  server: HttpServerService;
  root: RootHttpRouterService;
  health: RootHealthService;
  errorPages: ErrorPagesService;
  lifecycle: TestLifecycle;
  log: string[];
  /** A plugin's router; it is started at once unless told otherwise. */
  plugin(
    id: string,
    options?: { isStarting?: boolean },
  ): Promise<HttpRouterService & { lifecycle: TestLifecycle }>;
  get(path: string, options?: RequestOptions): Promise<TestAnswer>;
  /** Sends bytes as they are, and gives what comes back until the connection ends. */
  raw(bytes: string): Promise<string>;
  stop(): Promise<void>;
}

interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
}

export interface TestAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Starts the listener, with `backend` beside port 0 as the config. */
export async function startHttp(
  backend: JsonObject = {},
  { isDevelopment = false, isProduction = false, isStarting = false } = {},
): Promise<TestHttp> {
  const data = { backend: { listen: '127.0.0.1:0', ...backend } };
  const config = await make<RootConfigService>(createRootConfigFactory({ data }), {});
  const logger = createTestLogger();
  const lifecycle = createTestLifecycle();
  // A header names the caller.
  const callers = {
    identifyBy: () => undefined,
    identify: (request: IncomingMessage) => request.headers['x-caller'],
  };
  const mode = { isDevelopment, isProduction };
  const foreignCode: ForeignCodeService = await makeDefault(foreignCodeServiceRef);
  const errorPages: ErrorPagesService = await makeDefault(errorPagesServiceRef);
  const readiness = { refuse: () => undefined, reasons: () => [] };
  const root = {
    config,
    logger,
    lifecycle,
    rootLifecycle: lifecycle,
    mode,
    callers,
    foreignCode,
    errorPages,
    readiness,
  };
  const health = await make<RootHealthService>(rootHealthServiceFactory, root);
  const server = await make<HttpServerService>(httpServerServiceFactory, root);
  const rootHttpRouter = await make<RootHttpRouterService>(rootHttpRouterServiceFactory, {
    ...root,
    health,
    server,
  });
  if (!isStarting) await lifecycle.run('startup');
  const { port } = server.address();
  // One connection for each request, as of a caller that does not know the server.
  const agent = new Agent({ keepAlive: false });

  return {
    url: server.url(),
    server,
    root: rootHttpRouter,
    health,
    errorPages,
    lifecycle,
    log: logger.lines,
    async plugin(id, options = {}) {
      const own = createTestLifecycle();
      const router = await make<HttpRouterService>(httpRouterServiceFactory, {
        ...root,
        rootHttpRouter,
        auth,
        httpAuth,
        plugin: { getId: () => id },
        lifecycle: own as LifecycleService,
      });
      if (!options.isStarting) await own.run('startup');
      return { ...router, lifecycle: own };
    },
    get: (path, { method = 'GET', headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
          text(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
            reject,
          );
        });
        request.once('error', reject).end();
      }),
    async raw(bytes) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined); // a server that cuts the connection is what some tests are about
      socket.write(bytes, 'latin1');
      return text(socket);
    },
    async stop() {
      await lifecycle.run('shutdown');
    },
  };
}

async function makeDefault<T>(ref: ServiceRef<T>): Promise<T> {
  return make<T>((await ref.__defaultFactory?.(ref)) as ServiceFactory, {});
}

async function make<T>(factory: ServiceFactory, deps: object): Promise<T> {
  const values = deps as Record<string, unknown>;
  return (await factory.factory(values, await factory.createRootContext?.(values))) as T;
}
