// Our oidc module in a real Backstage backend.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { startBackstage } from './backstageProcess.mjs';

const backendConfig = ({ port, baseUrl }) => ({
  app: { baseUrl },
  backend: {
    baseUrl,
    listen: { host: '127.0.0.1', port },
    database: { client: 'better-sqlite3', connection: ':memory:' },
  },
});

test('a real createBackend() accepts and initialises our oidc module', async (context) => {
  const backstage = await startBackstage(context, { auth: 'stub', config: backendConfig });
  const { outcome, plugins } = await backstage.started;

  assert.equal(outcome, 'success');
  assert.deepEqual(
    plugins.map(({ pluginId, modules, failure }) => ({
      pluginId,
      failure,
      modules: modules.map(({ moduleId }) => moduleId),
    })),
    [{ pluginId: 'auth', failure: undefined, modules: ['oidc-provider'] }],
  );
  const { registered } = backstage.messages.find((message) => message.registered);
  assert.deepEqual(registered, [{ providerId: 'oidc', factory: 'function' }]);
});

test('our auth plugin with our oidc module runs in a real createBackend() up to the 302', async (context) => {
  const issuer = await startIssuer(context);
  const backstage = await startBackstage(context, {
    auth: 'ours',
    config: (place) => ({
      ...backendConfig(place),
      auth: {
        environment: 'development',
        session: { secret: 'conformance-session-secret-0123456789' },
        providers: {
          oidc: {
            development: {
              metadataUrl: `${issuer}/.well-known/openid-configuration`,
              clientId: 'conformance',
              clientSecret: 'conformance-client-secret',
            },
          },
        },
      },
    }),
  });
  const { outcome } = await backstage.started;
  assert.equal(outcome, 'success');

  const response = await fetch(`${backstage.baseUrl}/api/auth/oidc/start?env=development&scope=openid`, {
    redirect: 'manual',
  });
  assert.equal(response.status, 302, `${await response.text()}\n${backstage.output()}`);
  const location = new URL(response.headers.get('location'));
  assert.equal(location.origin + location.pathname, `${issuer}/authorize`);
  assert.equal(location.searchParams.get('client_id'), 'conformance');
  assert.equal(location.searchParams.get('redirect_uri'), `${backstage.baseUrl}/api/auth/oidc/handler/frame`);
  assert.equal(location.searchParams.get('code_challenge_method'), 'S256');
  assert.ok(location.searchParams.get('state'));
  assert.ok(location.searchParams.get('nonce'));
});

/** The metadata of an OpenID Provider, which is all that a start asks for. */
async function startIssuer(context) {
  const server = createServer((request, response) => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    };
    response.setHeader('Content-Type', 'application/json');
    response.statusCode = request.url === '/.well-known/openid-configuration' ? 200 : 404;
    response.end(JSON.stringify(response.statusCode === 200 ? metadata : {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}
