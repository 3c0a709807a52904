/** A portal for tests: the real backend with sign-in, beside Google on loopback. */
import { clockServiceRef, createBackendModule, type JsonObject } from '@vestibule/backend-plugin-api';
import {
  catalogUser,
  createFrontEnd,
  mockServices,
  startTestBackend,
  type HttpBrowser,
} from '@vestibule/backend-test-utils';
import { startEmulatedGoogle, type EmulatedPerson } from '@vestibule/emulated-vendors';
import authPlugin from '@vestibule/plugin-auth-backend';
import { authProvidersExtensionPoint, type OpenIdMetadata } from '@vestibule/plugin-auth-node';
import { createGoogleProviderFactory } from '../module.ts';
import { client, endpointsOf } from './signIn.ts';

const people: EmulatedPerson[] = [
  { id: 'jane', name: 'Jane Doe', email: 'jane@example.com', hostedDomain: 'example.com' },
  { id: 'omar', name: 'Omar Haddad', email: 'omar@example.com', hostedDomain: 'example.org' },
  // A private account: its address has the domain, and no organization owns it.
  { id: 'kim', name: 'Kim', email: 'kim@example.com', hostedDomain: false },
  { id: 'sam', name: 'Sam Okafor', email: 'sam@example.com', emailVerified: false },
];

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
  const started = await startTestBackend({
    log: (line) => void logs.push(line),
    features: [
      authPlugin,
      googleModule,
      mockServices.catalog.factory({ entities: people.map(({ id }) => annotated(id)) }),
      mockServices.factoryOf(clockServiceRef, clock),
    ],
    config: {
      app: { baseUrl: 'http://localhost:3000' },
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
  const { reachCallback, signIn, refresh, signOut } = createFrontEnd(started, { provider: 'google' });
  /** `change` does to Google's address what a person can do. */
  const loginOf = (as: string, change?: (url: URL) => void) => ({
    async authorize(url: URL): Promise<string> {
      change?.(url);
      return vendor.authorize(url, { as });
    },
  });

  return {
    vendor,
    clock,
    logs,
    reachCallback: async (browser: HttpBrowser, as: string, change?: (url: URL) => void) =>
      reachCallback(browser, loginOf(as, change)),
    signIn: async (browser: HttpBrowser, as: string) => signIn(browser, loginOf(as)),
    refresh,
    signOut,

    async stop(): Promise<void> {
      await started.stop();
      await vendor.stop();
    },
  };
}
