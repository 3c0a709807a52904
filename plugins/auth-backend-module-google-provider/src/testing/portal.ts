/** A portal for tests: the real backend with sign-in, beside Google on loopback. */
import { clockServiceRef, createBackendModule, type JsonObject } from '@vestibule/backend-plugin-api';
import {
  catalogUser,
  mockServices,
  startTestBackend,
  type HttpAnswer,
  type HttpBrowser,
} from '@vestibule/backend-test-utils';
import { startEmulatedGoogle, type EmulatedPerson } from '@vestibule/emulated-vendors';
import authPlugin from '@vestibule/plugin-auth-backend';
import { authProvidersExtensionPoint, type OpenIdMetadata } from '@vestibule/plugin-auth-node';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createGoogleProviderFactory } from '../module.ts';
import { client, endpointsOf } from './signIn.ts';

/** Where the front end of the tests lives; nothing runs there. */
const appOrigin = 'http://localhost:3000';

const people: EmulatedPerson[] = [
  { id: 'jane', name: 'Jane Doe', email: 'jane@example.com', hostedDomain: 'example.com' },
  { id: 'omar', name: 'Omar Haddad', email: 'omar@example.com', hostedDomain: 'example.org' },
  // A private account: its address has the domain, and no organization owns it.
  { id: 'kim', name: 'Kim', email: 'kim@example.com', hostedDomain: false },
  { id: 'sam', name: 'Sam Okafor', email: 'sam@example.com', emailVerified: false },
];

/** What a popup page posts, as far as these tests look. */
export interface PostedMessage {
  response?: {
    profile: Record<string, string>;
    providerInfo: Record<string, unknown>;
    backstageIdentity?: { identity: { userEntityRef: string } };
  };
  error?: { name: string; message: string; code?: string };
}

export type GooglePortal = Awaited<ReturnType<typeof startGooglePortal>>;

/** @param options - `google`: further keys of the provider's block. `endpoints`: others than the emulator's. */
export async function startGooglePortal(
  options: { google?: JsonObject; auth?: JsonObject; endpoints?: Partial<OpenIdMetadata> } = {},
) {
  const redirectUris = ['http://localhost:7007/api/auth/google/handler/frame'];
  const vendor = await startEmulatedGoogle({ clients: [{ ...client, redirectUris }], people });
  const clock = mockServices.clock();
  const logs: string[] = [];
  const googleModule = createBackendModule({
    pluginId: 'auth',
    moduleId: 'google-provider',
    register({ registerInit }) {
      registerInit({
        deps: { providers: authProvidersExtensionPoint },
        async init({ providers }) {
          const endpoints = { ...endpointsOf(vendor), ...options.endpoints };
          const factory = createGoogleProviderFactory({ endpoints });
          providers.registerProvider({ providerId: 'google', factory });
        },
      });
    },
  });
  const annotated = (name: string) =>
    catalogUser(name, { annotations: { 'google.com/email': `${name}@example.com` }, memberOf: ['team-a'] });
  const catalog = mockServices.catalog({ entities: people.map(({ id }) => annotated(id)) });
  const started = await startTestBackend({
    log: (line) => void logs.push(line),
    features: [
      authPlugin,
      googleModule,
      mockServices.factoryOf(catalogServiceRef, catalog),
      mockServices.factoryOf(clockServiceRef, clock),
    ],
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
          google: {
            development: {
              ...client,
              signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityAnnotation' }] },
              ...options.google,
            },
          },
        },
        ...options.auth,
      },
    },
  }).catch(async (error: unknown) => {
    await vendor.stop();
    throw error;
  });
  const base = `${started.url}/api/auth/google`;
  const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };

  return {
    vendor,
    clock,
    logs,

    /** From the start to Google's answer; the callback is not called. `change` does what a person can do in between. */
    async reachCallback(browser: HttpBrowser, as: string, change?: (url: URL) => void): Promise<URL> {
      const parameters = new URLSearchParams({ env: 'development', origin: appOrigin, flow: 'popup' });
      const begun = await browser.send(`${base}/start?${parameters}`);
      const location = begun.headers.get('location');
      if (location === null) throw new Error(`start answered ${begun.status}: ${begun.text}`);
      const url = new URL(location);
      change?.(url);
      const callback = new URL(await vendor.authorize(url, { as }));
      // The real port is free; Google knows the callback under the port of the config.
      return new URL(`${base}/handler/frame${callback.search}`);
    },

    /** The whole way, with what the popup's page posts. */
    async signIn(browser: HttpBrowser, as: string): Promise<{ answer: HttpAnswer; message: PostedMessage }> {
      const answer = await browser.send((await this.reachCallback(browser, as)).href);
      return { answer, message: messageOf(answer) };
    },

    async refresh(browser: HttpBrowser) {
      const answer = await browser.send(`${base}/refresh?optional&env=development`, { headers });
      return { answer, body: JSON.parse(answer.text) as PostedMessage['response'] & PostedMessage };
    },

    async logout(browser: HttpBrowser): Promise<HttpAnswer> {
      return browser.send(`${base}/logout?env=development`, { method: 'POST', headers });
    },

    async stop(): Promise<void> {
      await started.stop();
      await vendor.stop();
    },
  };
}

export function messageOf({ text }: HttpAnswer): PostedMessage {
  const [, message] = /data-message="([^"]*)"/.exec(text) ?? [];
  if (message === undefined) throw new Error(`The page posts nothing: ${text}`);
  return JSON.parse(decodeURIComponent(message)) as PostedMessage;
}
