/** A whole portal for tests: the real backend with sign-in by GitHub, whichever GitHub that is. */
import { clockServiceRef, createServiceFactory, type JsonObject } from '@vestibule/backend-plugin-api';
import type { HttpBrowser } from '@vestibule/backend-test-utils';
import { startTestBackend } from '@vestibule/backend-test-utils';
import type { Entity } from '@vestibule/catalog-model';
import authPlugin from '@vestibule/plugin-auth-backend';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import githubModule from '../index.ts';
import { createCatalog } from './catalog.ts';

const appOrigin = 'http://localhost:3000';
/** The address that the vendor knows; the portal of a test listens elsewhere. */
export const portalCallbackUrl = 'http://localhost:7007/api/auth/github/handler/frame';

/** What a popup page posts, or a refresh answers. */
export interface PortalAnswer {
  status: number;
  response?: {
    profile: Record<string, string>;
    providerInfo: { accessToken: string; scope: string; expiresInSeconds?: number };
    backstageIdentity?: { token: string; identity: { userEntityRef: string } };
  };
  error?: { name: string; message: string; code?: string };
}

export type Portal = Awaited<ReturnType<typeof startPortal>>;

export async function startPortal(options: {
  gitHub: { url: string; authorize(url: URL, as: string): Promise<string> };
  clientId: string;
  clientSecret: string;
  entities: readonly Entity[];
  /** Merged over the block of the provider. */
  block?: JsonObject;
  /** Merged over `auth`. */
  auth?: JsonObject;
  /** Default: the module. */
  install?: object;
}) {
  const { gitHub, clientId, clientSecret, entities, block, auth, install = githubModule } = options;
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  const logs: string[] = [];
  const backend = await startTestBackend({
    log: (line) => void logs.push(line),
    features: [
      authPlugin,
      install,
      createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => createCatalog(entities) }),
      createServiceFactory({ service: clockServiceRef, deps: {}, factory: () => clock }),
    ] as never,
    config: {
      app: { baseUrl: appOrigin },
      backend: {
        baseUrl: 'http://localhost:7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: {
        environment: 'development',
        session: { secret: 'a-session-secret-for-tests' },
        providers: {
          github: {
            development: {
              clientId,
              clientSecret,
              enterpriseInstanceUrl: gitHub.url,
              signIn: { resolvers: [{ resolver: 'usernameMatchingUserEntityName' }] },
              ...block,
            },
          },
        },
        ...auth,
      },
    },
  });
  const base = `${backend.url}/api/auth`;
  const asScript = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };

  return {
    logs,
    advance: (milliseconds: number) => void (offset += milliseconds),

    /** From the start to GitHub's answer; the callback is not called. */
    async reachCallback(browser: HttpBrowser, as: string, scope = ''): Promise<string> {
      const query = new URLSearchParams({ env: 'development', origin: appOrigin, flow: 'popup', scope });
      const started = await browser.send(`${base}/github/start?${query}`);
      if (started.status !== 302) throw new Error(`start answered ${started.status}: ${started.text}`);
      const callback = new URL(await gitHub.authorize(new URL(started.headers.get('location') ?? ''), as));
      return `${base}/github/handler/frame${callback.search}`;
    },

    async signIn(browser: HttpBrowser, as: string, scope?: string): Promise<PortalAnswer> {
      return readPage(await browser.send(await this.reachCallback(browser, as, scope)));
    },

    callback: async (browser: HttpBrowser, url: string): Promise<PortalAnswer> =>
      readPage(await browser.send(url)),

    async refresh(browser: HttpBrowser, scope = ''): Promise<PortalAnswer> {
      const query = new URLSearchParams({ env: 'development', scope });
      const { status, text } = await browser.send(`${base}/github/refresh?${query}`, { headers: asScript });
      const body = JSON.parse(text) as PortalAnswer['response'] & Pick<PortalAnswer, 'error'>;
      return body.error ? { status, error: body.error } : { status, response: body };
    },

    logout: async (browser: HttpBrowser) =>
      browser.send(`${base}/github/logout?env=development`, { method: 'POST', headers: asScript }),

    stop: async () => backend.stop(),
  };
}

/** What the popup's page posts to its opener. */
function readPage({ status, text }: { status: number; text: string }): PortalAnswer {
  const [, message] = /data-message="([^"]*)"/.exec(text) ?? [];
  if (message === undefined) throw new Error(`the callback answered ${status} without a message: ${text}`);
  return { status, ...(JSON.parse(decodeURIComponent(message)) as object) };
}
