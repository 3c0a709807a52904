/** A backend with the Acme examples, on a free port, beside Acme ID and an OpenID Provider on loopback. */
import {
  createBackend,
  createRootConfigFactory,
  createRootLogger,
  httpServerServiceRef,
} from '@vestibule/backend-defaults';
import { coreServices, createBackendPlugin, createServiceFactory } from '@vestibule/backend-plugin-api';
import {
  signInWith,
  startScriptedOpenIdProvider,
  type PopupMessage,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
// Jest cannot load several module graphs with parts in common at once, as the lines below would.
import '@vestibule/plugin-auth-backend';
import '@vestibule/plugin-auth-backend-module-oidc-provider';
import '@vestibule/example-acme-provider';
import '@vestibule/example-acme-sign-in';
import '@vestibule/example-static-catalog';
import { startAcmeId, type AcmeId } from './acmeId.ts';

const appOrigin = 'http://localhost:3000';

export interface AcmePortal {
  acmeId: AcmeId;
  openId: ScriptedOpenIdProvider;
  /** Where the backend really listens. */
  url: string;
  /** Signs in with a popup; gives what the popup posts to the app. */
  signIn(providerId: 'acme' | 'oidc'): Promise<PopupMessage>;
  stop(): Promise<void>;
}

export async function startAcmePortal(): Promise<AcmePortal> {
  const [acmeId, openId] = await Promise.all([startAcmeId(), startScriptedOpenIdProvider()]);
  let url = '';

  const backend = createBackend();
  backend.add(import('@vestibule/plugin-auth-backend'));
  backend.add(import('@vestibule/plugin-auth-backend-module-oidc-provider'));

  // A provider and a sign-in resolver of one's own are a line each …
  backend.add(import('@vestibule/example-acme-provider'));
  backend.add(import('@vestibule/example-acme-sign-in'));
  // … and so is a catalog.
  backend.add(import('@vestibule/example-static-catalog'));

  backend.add(
    createRootConfigFactory({
      data: {
        app: { baseUrl: appOrigin },
        backend: {
          baseUrl: 'http://localhost:7007',
          listen: { host: '127.0.0.1', port: 0 },
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
        auth: {
          environment: 'development',
          session: { secret: 'a-session-secret-for-the-examples' },
          providers: {
            acme: {
              development: {
                baseUrl: acmeId.baseUrl,
                clientId: acmeId.clientId,
                clientSecret: acmeId.clientSecret,
                signIn: { resolvers: [{ resolver: 'acmeIdMatchingUserEntityAnnotation' }] },
              },
            },
            oidc: {
              development: {
                metadataUrl: openId.metadataUrl,
                clientId: openId.clientId,
                clientSecret: openId.clientSecret ?? '',
                signIn: { resolvers: [{ resolver: 'acmeEmployee' }] },
              },
            },
          },
        },
      },
    }),
  );
  backend.add(
    createServiceFactory({
      service: coreServices.rootLogger,
      deps: {},
      factory: () => createRootLogger({ write: () => undefined }),
    }),
  );
  backend.add(
    createBackendPlugin({
      pluginId: 'whereabouts',
      register({ registerInit }) {
        registerInit({
          deps: { server: httpServerServiceRef },
          init({ server }) {
            url = server.url();
          },
        });
      },
    }),
  );
  const closeProviders = async (): Promise<void> => {
    await Promise.all([acmeId.close(), openId.close()]);
  };
  await backend.start().catch(async (error: unknown) => {
    await closeProviders();
    throw error;
  });

  return {
    acmeId,
    openId,
    url,
    signIn: async (provider) => signInWith({ url }, { provider, origin: appOrigin }),
    async stop() {
      await backend.stop();
      await closeProviders();
    },
  };
}
