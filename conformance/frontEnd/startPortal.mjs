// Our backend with oidc, GitHub, Google and guest, beside their vendors on loopback, for a front end of another origin.
import { createBackend, createRootConfigFactory } from '@vestibule/backend-defaults';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { startDevIdp } from '@vestibule/dev-idp';
import { startEmulatedGitHub, startEmulatedGoogle } from '@vestibule/emulated-vendors';
import { createGoogleProviderFactory } from '@vestibule/plugin-auth-backend-module-google-provider';
import { authProvidersExtensionPoint } from '@vestibule/plugin-auth-node';
import { fileCatalogServiceFactory } from '@vestibule/plugin-catalog-client';
import { fileURLToPath } from 'node:url';
import { freePort } from '../backstageProcess.mjs';

const client = { clientId: 'conformance', clientSecret: 'conformance-client-secret' };

/**
 * Starts all of it.
 *
 * @param appUrl - The origin of the front end; the only one that may call with credentials.
 * @returns `url` of the backend, `idp` (the provider behind oidc, which can be told to fail), and `stop()`.
 */
export async function startPortal(appUrl) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const clientOf = (id) => ({ ...client, redirectUris: [`${url}/api/auth/${id}/handler/frame`] });
  const [idp, gitHub, google] = await Promise.all([
    startDevIdp({ clients: [clientOf('oidc')] }),
    startEmulatedGitHub({ clients: [clientOf('github')] }),
    startEmulatedGoogle({ clients: [clientOf('google')] }),
  ]);
  const signInBy = (resolver) => ({ signIn: { resolvers: [{ resolver }] } });

  const backend = createBackend();
  backend.add(
    createRootConfigFactory({
      data: {
        app: { baseUrl: appUrl },
        backend: {
          baseUrl: url,
          listen: { host: '127.0.0.1', port },
          cors: { origin: appUrl, credentials: true },
          database: { client: 'better-sqlite3', connection: ':memory:' },
          logger: { level: 'error' },
        },
        auth: {
          environment: 'development',
          session: { secret: 'conformance-session-secret-0123456789' },
          providers: {
            oidc: {
              development: {
                ...client,
                metadataUrl: idp.metadataUrl,
                ...signInBy('emailMatchingUserEntityProfileEmail'),
              },
            },
            github: {
              development: {
                ...client,
                enterpriseInstanceUrl: gitHub.url,
                ...signInBy('usernameMatchingUserEntityName'),
              },
            },
            google: { development: { ...client, ...signInBy('emailMatchingUserEntityProfileEmail') } },
            guest: { dangerouslyAllowOutsideDevelopment: true },
          },
        },
        fileCatalog: { path: fileURLToPath(new URL('../../examples/demo-catalog.yaml', import.meta.url)) },
      },
    }),
  );
  backend.add(import('@vestibule/plugin-auth-backend'));
  backend.add(import('@vestibule/plugin-auth-backend-module-oidc-provider'));
  backend.add(import('@vestibule/plugin-auth-backend-module-github-provider'));
  backend.add(import('@vestibule/plugin-auth-backend-module-guest-provider'));
  backend.add(googleAt(google.url));
  backend.add(fileCatalogServiceFactory);
  await backend.start();

  return {
    url,
    idp,
    async stop() {
      await backend.stop();
      await Promise.all([idp.stop(), gitHub.stop(), google.stop()]);
    },
  };
}

/** Google's provider, whose endpoints are facts of the vendor and no config. */
function googleAt(url) {
  const endpoints = {
    issuer: url,
    authorization_endpoint: `${url}/o/oauth2/v2/auth`,
    token_endpoint: `${url}/oauth2/token`,
    userinfo_endpoint: `${url}/oauth2/v2/userinfo`,
    jwks_uri: `${url}/oauth2/v3/certs`,
    revocation_endpoint: `${url}/oauth2/revoke`,
  };
  return createBackendModule({
    pluginId: 'auth',
    moduleId: 'google-provider',
    register({ registerInit }) {
      registerInit({
        deps: { providers: authProvidersExtensionPoint },
        async init({ providers }) {
          providers.registerProvider({
            providerId: 'google',
            factory: createGoogleProviderFactory({ endpoints }),
          });
        },
      });
    },
  });
}
