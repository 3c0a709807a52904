/**
 * Runs a sample as a user would: as a router in a plain Koa app, or as a module in a backend, with Google and GitHub on
 * loopback and a catalog in memory.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Addable } from '@vestibule/backend-core';
import { createBackendModule, createServiceFactory, type JsonObject } from '@vestibule/backend-plugin-api';
import {
  catalogUser,
  HttpBrowser,
  signInWith,
  startTestBackend,
  type PopupMessage,
} from '@vestibule/backend-test-utils';
import type { Entity } from '@vestibule/catalog-model';
import {
  startEmulatedGitHub,
  startEmulatedGoogle,
  type EmulatedPerson,
  type EmulatedVendor,
} from '@vestibule/emulated-vendors';
import authPlugin from '@vestibule/plugin-auth-backend';
import githubModule from '@vestibule/plugin-auth-backend-module-github-provider';
import googleModule, {
  createGoogleProviderFactory,
} from '@vestibule/plugin-auth-backend-module-google-provider';
import { authProvidersExtensionPoint, providerDefinitionOf } from '@vestibule/plugin-auth-node';
import type { AuthRouter, AuthRouterEnvironment } from '@vestibule/plugin-auth-router';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import Koa from 'koa';

const baseUrl = 'http://localhost:7007';
const appOrigin = 'http://localhost:3000';
export const clientSecret = 'a-client-secret-for-the-samples';

/** Who has an account: one in the catalog, one not, one of another domain, and one whose address is not verified. */
export const people: readonly EmulatedPerson[] = [
  { id: 'jane', name: 'Jane Doe', email: 'jane@example.com' },
  { id: 'omar', name: 'Omar Haddad', email: 'omar@example.com' },
  { id: 'kim', name: 'Kim', email: 'kim@elsewhere.example' },
  { id: 'sam', name: 'Sam Okafor', email: 'sam@example.com', emailVerified: false },
];

/** The catalog: Jane, and the names of those who must not come in by them. */
export const users: readonly Entity[] = [
  user('jane', { 'google.com/email': 'jane@example.com', 'acme.org/email': 'jane@example.com' }),
  user('kim'),
  user('sam'),
];

export function user(name: string, annotations: Record<string, string> = {}): Entity {
  return catalogUser(name, { annotations, memberOf: ['team-a'] });
}

/** What a popup posts, and the names of the cookies that the browser has then. */
export type SampleAnswer = PopupMessage & { readonly cookies: readonly string[] };

export interface Sample {
  /** The whole way of a popup. */
  signIn(as: string): Promise<SampleAnswer>;
  stop(): Promise<void>;
}

/** One of the two ways, and what there is besides. */
export interface SampleOptions {
  /** The router of old. */
  createPlugin?: (env: AuthRouterEnvironment) => Promise<AuthRouter>;
  /** What is added to a backend instead. */
  features?: readonly Addable[];
  provider?: 'google' | 'github';
  people?: readonly EmulatedPerson[];
  catalog?: CatalogService;
  /** Keys of `auth.providers.<provider>.development` besides the credentials. */
  settings?: JsonObject;
}

export async function startSample(options: SampleOptions): Promise<Sample> {
  const { createPlugin, features = [], provider = 'google', settings = {} } = options;
  const callbackUrl = `${baseUrl}/api/auth/${provider}/handler/frame`;
  const vendor = await startVendor(provider, {
    clients: [{ clientId: 'vestibule', clientSecret, redirectUris: [callbackUrl] }],
    people: options.people ?? people,
  });
  const environment = {
    config: {
      app: { baseUrl: appOrigin },
      backend: { baseUrl, database: { client: 'better-sqlite3', connection: ':memory:' } },
      auth: {
        session: { secret: 'a-session-secret-for-the-samples' },
        providers: {
          [provider]: {
            development: {
              clientId: 'vestibule',
              clientSecret,
              ...(provider === 'github' && { enterpriseInstanceUrl: vendor.url }),
              ...settings,
            },
          },
        },
      },
    },
    catalog: options.catalog ?? createInMemoryCatalog(users),
    features: provider === 'google' ? [standInForGoogle(vendor)] : [],
  };
  const portal = createPlugin
    ? await startRouter(createPlugin, environment)
    : await startBackend([...environment.features, ...features], environment);
  return {
    async signIn(as) {
      const browser = new HttpBrowser();
      const authorize = async (url: URL) => vendor.authorize(url, { as });
      const posted = await signInWith(portal, { provider, browser, authorize });
      return { ...posted, cookies: [...browser.cookies.keys()] };
    },
    async stop() {
      await Promise.all([portal.stop(), vendor.stop()]);
    },
  };
}

/** Lets the provider `google` call the vendor on loopback, whoever registers it. */
function standInForGoogle({ url }: EmulatedVendor) {
  const factory = createGoogleProviderFactory({
    endpoints: {
      issuer: url,
      authorization_endpoint: `${url}/o/oauth2/v2/auth`,
      token_endpoint: `${url}/oauth2/token`,
      userinfo_endpoint: `${url}/oauth2/v2/userinfo`,
      jwks_uri: `${url}/oauth2/v3/certs`,
      revocation_endpoint: `${url}/oauth2/revoke`,
    },
  });
  const standIn = providerDefinitionOf(factory);
  return createBackendModule({
    pluginId: 'auth',
    moduleId: 'stand-in-for-google',
    register({ registerInit }) {
      registerInit({
        deps: { providers: authProvidersExtensionPoint },
        async init({ providers }) {
          providers.decorateProvider({
            providerId: 'google',
            decorate: (definition) => ({ ...definition, create: standIn?.create }) as typeof definition,
          });
        },
      });
    },
  });
}

interface Portal {
  url: string;
  stop(): Promise<void>;
}

async function startRouter(
  createPlugin: NonNullable<SampleOptions['createPlugin']>,
  environment: AuthRouterEnvironment,
): Promise<Portal> {
  const silent = () => undefined;
  const logger = { error: silent, warn: silent, info: silent, debug: silent, child: () => logger };
  const router = await createPlugin({ ...environment, logger });
  const app = new Koa().use(router.routes());
  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      await router.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startBackend(
  features: readonly Addable[],
  { catalog, config }: { catalog: CatalogService; config: JsonObject },
): Promise<Portal> {
  return startTestBackend({
    config,
    features: [
      authPlugin,
      googleModule,
      githubModule,
      ...(features.some(isCatalog)
        ? []
        : [createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => catalog })]),
      ...features,
    ],
  });
}

function isCatalog(feature: Addable): boolean {
  return 'service' in feature && (feature.service as { id?: unknown }).id === catalogServiceRef.id;
}

async function startVendor(
  provider: 'google' | 'github',
  options: Parameters<typeof startEmulatedGoogle>[0],
): Promise<EmulatedVendor> {
  return provider === 'google' ? startEmulatedGoogle(options) : startEmulatedGitHub(options);
}
