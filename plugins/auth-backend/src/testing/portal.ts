/** A portal for tests: the real backend with sign-in, beside a real OpenID Provider on loopback. */
import { createServiceFactory, clockServiceRef, runtimeModeServiceRef } from '@vestibule/backend-plugin-api';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { startTestBackend } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import guestModule from '@vestibule/plugin-auth-backend-module-guest-provider';
import oidcModule from '@vestibule/plugin-auth-backend-module-oidc-provider';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import type { AuthResponse } from '../authResponse.ts';
import authPlugin from '../index.ts';
import type { Browser } from './browser.ts';
import { type Answer } from './browser.ts';
import { createMemoryCatalog } from './memoryCatalog.ts';

/** Where the front end of the tests lives; nothing runs there. */
export const appOrigin = 'http://localhost:3000';

/** What a popup page posts. */
export interface PostedMessage {
  type: string;
  response?: AuthResponse;
  error?: { name: string; message: string; code?: string; reference?: string };
}

/** A provider whose client fits any port of a portal. It signs with ES256, whose keys cost nothing to make. */
export async function startIdentityProvider(callbackUrl: string): Promise<DevIdpServer> {
  return startDevIdp({
    clients: [
      {
        clientId: 'vestibule',
        clientSecret: 'a-client-secret-for-tests',
        redirectUris: [callbackUrl],
        idTokenSignedResponseAlg: 'ES256',
      },
    ],
  });
}

/** A clock that can be moved. Not for an hour: the identity provider's goes on, and its ID tokens would be old. */
function createTestClock(): { now(): number; advance(milliseconds: number): void; reset(): void } {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance: (milliseconds) => void (offset += milliseconds),
    reset: () => void (offset = 0),
  };
}

export type Portal = Awaited<ReturnType<typeof startPortal>>;

/** Starts both. `auth` and `oidc` are merged over the defaults of the tests. */
export async function startPortal(
  options: {
    idp?: DevIdpServer;
    features?: readonly object[];
    auth?: JsonObject;
    oidc?: JsonObject;
    config?: JsonObject;
    database?: JsonObject;
    catalog?: CatalogService;
    isProduction?: boolean;
    callbackUrl?: string;
  } = {},
) {
  const clock = createTestClock();
  const callbackUrl = options.callbackUrl ?? 'http://localhost:7007/api/auth/oidc/handler/frame';
  const idp = options.idp ?? (await startIdentityProvider(callbackUrl));
  const catalog = options.catalog ?? createMemoryCatalog();
  const logs: string[] = [];
  const stopOwnIdp = async () => {
    if (!options.idp) await idp.stop();
  };
  const started = await startTestBackend({
    log: (line) => void logs.push(line),
    features: [
      authPlugin,
      oidcModule,
      guestModule,
      createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => catalog }),
      createServiceFactory({ service: clockServiceRef, deps: {}, factory: () => clock }),
      createServiceFactory({
        service: runtimeModeServiceRef,
        deps: {},
        factory: () => ({
          isDevelopment: !options.isProduction,
          isProduction: options.isProduction ?? false,
        }),
      }),
      ...(options.features ?? []),
    ] as never,
    config: {
      app: { baseUrl: appOrigin },
      backend: { baseUrl: 'http://localhost:7007', database: options.database ?? memoryDatabase },
      auth: {
        environment: 'development',
        session: { secret: 'a-session-secret-for-tests' },
        providers: {
          guest: {},
          oidc: {
            development: {
              metadataUrl: idp.metadataUrl,
              clientId: 'vestibule',
              clientSecret: 'a-client-secret-for-tests',
              tokenSignedResponseAlg: 'ES256',
              // Waited for in full where a provider hangs, and enough for the first discovery on a busy machine.
              timeout: { seconds: 2 },
              additionalScopes: ['offline_access'],
              signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
              ...options.oidc,
            },
          },
        },
        ...options.auth,
      },
      ...options.config,
    },
  }).catch(async (error: unknown) => {
    // Tests of a refused start end here; a provider left listening would keep Jest from exiting.
    await stopOwnIdp();
    throw error;
  });
  const base = `${started.url}/api/auth`;

  /** The real port is free; the provider knows the callback under the port of the config. */
  const toPortal = (callback: string) =>
    `${base}${new URL(callback).pathname.replace('/api/auth', '')}${new URL(callback).search}`;

  return {
    url: started.url,
    base,
    idp,
    clock,
    backend: started.backend,
    logs,

    async start(browser: Browser, query: Record<string, string> = {}): Promise<Answer> {
      const parameters = {
        env: 'development',
        origin: appOrigin,
        flow: 'popup',
        scope: 'openid profile email',
        ...query,
      };
      return browser.send(`${base}/oidc/start?${new URLSearchParams(parameters)}`);
    },

    /** From the start to the provider's answer; the callback is not called. */
    async reachCallback(browser: Browser, as: string, query: Record<string, string> = {}): Promise<string> {
      const started = await this.start(browser, query);
      if (started.status !== 302) throw new Error(`start answered ${started.status}: ${started.text}`);
      return toPortal(await idp.authorize(started.headers.get('location') ?? '', { as }));
    },

    /** The whole way, with the popup's page as the answer. */
    async signIn(browser: Browser, as = 'jane', query: Record<string, string> = {}) {
      const answer = await browser.send(await this.reachCallback(browser, as, query));
      return { answer, ...readAnswerPage(answer.text) };
    },

    async refresh(
      browser: Browser,
      query: Record<string, string> = {},
      headers: Record<string, string> = {},
    ) {
      const parameters = new URLSearchParams({ env: 'development', ...query });
      const answer = await browser.send(`${base}/oidc/refresh?optional&${parameters}`, {
        headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin, ...headers },
      });
      return {
        answer,
        body: answer.text === '' ? undefined : (JSON.parse(answer.text) as AuthResponse & ErrorBody),
      };
    },

    async logout(browser: Browser, headers: Record<string, string> = {}) {
      return browser.send(`${base}/oidc/logout?env=development`, {
        method: 'POST',
        headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin, ...headers },
      });
    },

    async stop(): Promise<void> {
      await started.stop();
      await stopOwnIdp();
    },
  };
}

const memoryDatabase: JsonObject = { client: 'better-sqlite3', connection: ':memory:' };

/** An error as the wire has it. */
export interface ErrorBody {
  error?: { name: string; message: string; code?: string };
}

/** The message and the one origin that a popup page posts to; nothing for another page. */
export function readAnswerPage(html: string): { message?: PostedMessage; origin?: string } {
  const [, message, origin] = /data-message="([^"]*)"\s+data-origin="([^"]*)"/.exec(html) ?? [];
  if (message === undefined || origin === undefined) return {};
  return {
    message: JSON.parse(decodeURIComponent(message)) as PostedMessage,
    origin: decodeURIComponent(origin),
  };
}

/** The claims of a token, not verified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}
