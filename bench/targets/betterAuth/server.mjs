// better-auth as its documentation puts it together. Usage: node server.mjs SETTINGS, which are JSON.
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { anonymous, genericOAuth, jwt } from 'better-auth/plugins';
import Database from 'better-sqlite3';

const { port, folder, metadataUrl, clientId, clientSecret } = JSON.parse(process.argv[2]);
const auth = betterAuth({
  baseURL: `http://localhost:${port}`,
  secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5',
  database: new Database(`${folder}/auth.sqlite`),
  // The load is one address.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [
    genericOAuth({
      config: [
        {
          providerId: 'oidc',
          discoveryUrl: metadataUrl,
          clientId,
          clientSecret,
          pkce: true,
          scopes: ['openid', 'profile', 'email', 'offline_access'],
        },
      ],
    }),
    jwt({ jwks: { keyPairConfig: { alg: 'ES256' } } }),
    anonymous(),
  ],
});
const { runMigrations } = await getMigrations(auth.options);
await runMigrations();

const handle = toNodeHandler(auth);
createServer(async (request, response) => {
  if (request.url === '/health') return void response.end('{"status":"ok"}');
  if (request.url !== '/whoami') return void handle(request, response);
  const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
  response.statusCode = session ? 200 : 401;
  response.end(JSON.stringify(session?.user ?? null));
}).listen(port, '127.0.0.1');
