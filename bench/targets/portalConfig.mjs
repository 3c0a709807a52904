// One config for both hosts: a portal in production, on loopback.
import { appOrigin } from '../backstageWire.mjs';
import { client } from '../stubs.mjs';

/** @param publicPort - That of the address which replicas share, where there are several. */
export const portalConfig = ({ folder, port, publicPort = port, stubs, database }) => ({
  app: { baseUrl: appOrigin },
  backend: {
    baseUrl: `http://localhost:${publicPort}`,
    listen: { host: '127.0.0.1', port },
    cors: { origin: appOrigin, credentials: true },
    database: database ?? { client: 'better-sqlite3', connection: { directory: `${folder}/database` } },
  },
  discovery: { endpoints: [{ target: `${stubs.url}/api/catalog`, plugins: ['catalog'] }] },
  auth: {
    environment: 'production',
    session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' },
    providers: {
      guest: { dangerouslyAllowOutsideDevelopment: true },
      oidc: {
        production: {
          ...client,
          metadataUrl: stubs.metadataUrl,
          prompt: 'consent',
          additionalScopes: ['offline_access'],
          signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
        },
      },
    },
  },
});
