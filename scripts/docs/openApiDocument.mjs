// Prints the OpenAPI document of a backend that has everything: what is off elsewhere is in it, with when it is there. Runs
// from source:
//   node --conditions=vestibule:source --import ./scripts/ts.mjs scripts/docs/openApiDocument.mjs
import { mockServices, startTestBackend } from '../../packages/backend-test-utils/src/index.ts';
import { runtimeModeServiceRef } from '../../packages/backend-plugin-api/src/index.ts';
import authPlugin from '../../plugins/auth-backend/src/index.ts';
import guestProvider from '../../plugins/auth-backend-module-guest-provider/src/index.ts';
import oauthServer from '../../plugins/auth-backend-module-oauth-server/src/index.ts';
import signInPage from '../../plugins/auth-web/src/index.ts';
import { catalogServiceRef } from '../../plugins/catalog-node/src/index.ts';

const backend = await startTestBackend({
  features: [
    authPlugin,
    guestProvider,
    oauthServer,
    signInPage,
    mockServices.factoryOf(catalogServiceRef, mockServices.catalog()),
    mockServices.factoryOf(runtimeModeServiceRef, { isDevelopment: true, isProduction: false }),
  ],
  config: {
    backend: {
      baseUrl: 'http://localhost:7007',
      database: { client: 'better-sqlite3', connection: ':memory:' },
    },
    auth: {
      session: { secret: 'a-session-secret-for-the-document' },
      providers: { guest: {} },
      clientIdMetadataDocuments: { enabled: true },
      experimentalDynamicClientRegistration: { enabled: true },
      experimentalRefreshToken: { enabled: true },
    },
  },
});
try {
  const answer = await fetch(`${backend.url}/api/auth/openapi.json`);
  if (answer.status !== 200) throw new Error(`the document is answered with ${answer.status}`);
  process.stdout.write(await answer.text());
} finally {
  await backend.stop();
}
