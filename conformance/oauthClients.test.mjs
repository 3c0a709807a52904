// Real clients of an OAuth server against ours: the command of Backstage, and a client of the Model Context Protocol. The
// person is a guest; what they are asked, the real consent page of a Backstage app asks, or they answer its calls themselves.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { createBackend, createRootConfigFactory } from '@vestibule/backend-defaults';
import { freePort } from './backstageProcess.mjs';
import { findChromium, launchChromium } from './frontEnd/chromium.mjs';
import { serveApp } from './frontEnd/serveApp.mjs';
import { fileCatalogServiceFactory } from '@vestibule/plugin-catalog-client';

const require = createRequire(import.meta.url);
const command = join(
  dirname(require.resolve('@backstage/cli-module-auth/package.json')),
  'bin/backstage-cli-module-auth',
);

const executablePath = findChromium();
const clientSecret = 'Tq7w-3Zn9KxV5yBd1RmHcJ8f';
const serviceToken = 'Xg2v-8Lp4SkN6wTe0YzQbM7r';

describe('OAuth clients', () => {
  let app;
  let portal;
  before(async () => {
    app = await serveApp('consentApp.jsx');
    portal = await startPortal(app.url);
  });
  after(async () => {
    await portal?.stop();
    app?.stop();
  });

  test("Backstage's command logs in, shows who it is, refreshes, and logs out", async (context) => {
    const home = mkdtempSync(join(tmpdir(), 'vestibule-conformance-'));
    context.after(() => rmSync(home, { recursive: true, force: true }));
    const run = (...args) => startCommand(context, home, args);

    const login = run('auth', 'login', '--backendUrl', portal.url, '--noBrowser');
    const [, authorizeUrl] = await login.says(/Open this URL to continue: (\S+)/);
    const authorization = await portal.begin(authorizeUrl);
    assert.equal(authorization.request.clientName, 'Backstage CLI');
    assert.equal(authorization.request.scope, 'openid offline_access');
    const answer = await fetch(await authorization.decide('approve'));
    assert.equal(await answer.text(), 'You may now close this window.');
    assert.match(await login.ended(), /Login successful/);

    const shown = await run('auth', 'show').ended();
    assert.match(shown, /User: user:default\/jane/);
    assert.match(shown, /- user:default\/jane/);

    const before = readRefreshToken(home);
    expireAccessToken(home);
    const token = await run('auth', 'print-token').ended();
    assert.equal(await portal.userOf(token.trim()), 'user:default/jane');
    const refreshToken = readRefreshToken(home);
    assert.notEqual(refreshToken, before);

    // Without the name it asks which one, even where there is one only.
    const logout = run('auth', 'logout', '--instance', new URL(portal.url).host);
    assert.match(await logout.ended(), /Logged out/);
    const late = await portal.refresh(refreshToken);
    assert.equal(late.status, 400);
    assert.equal((await late.json()).error, 'invalid_grant');
  });

  test("Backstage's command is told where the person refuses", async (context) => {
    const home = mkdtempSync(join(tmpdir(), 'vestibule-conformance-'));
    context.after(() => rmSync(home, { recursive: true, force: true }));
    const login = startCommand(context, home, ['auth', 'login', '--backendUrl', portal.url, '--noBrowser']);
    const [, authorizeUrl] = await login.says(/Open this URL to continue: (\S+)/);
    const authorization = await portal.begin(authorizeUrl);
    const target = new URL(await authorization.decide('reject'));
    assert.equal(target.searchParams.get('error'), 'access_denied');
    // It waits for a code only, and answers anything else with 400.
    assert.equal((await fetch(target)).status, 400);
  });

  test(
    "the consent page of a Backstage app asks for Backstage's command",
    { skip: executablePath === undefined },
    async (context) => {
      const home = mkdtempSync(join(tmpdir(), 'vestibule-conformance-'));
      context.after(() => rmSync(home, { recursive: true, force: true }));
      const browser = await launchChromium(executablePath);
      context.after(() => browser.close());
      app.configure({
        app: { title: 'Acme', baseUrl: app.url },
        backend: { baseUrl: portal.url },
        auth: { environment: 'development' },
      });
      const login = startCommand(context, home, ['auth', 'login', '--backendUrl', portal.url, '--noBrowser']);
      const [, authorizeUrl] = await login.says(/Open this URL to continue: (\S+)/);
      const page = await browser.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(authorizeUrl);
      await page.getByText('Backstage CLI').waitFor();
      await page.getByText('openid offline_access').waitFor();
      await page.getByRole('button', { name: 'Authorize' }).click();
      await page.getByText('You may now close this window.').waitFor();
      assert.match(await login.ended(), /Login successful/);
    },
  );

  test('a client of the Model Context Protocol registers itself, gets tokens, and refreshes them', async (context) => {
    const resource = await serveProtectedResource(context, portal.authUrl);
    const client = createMcpClient();
    assert.equal(await auth(client, { serverUrl: resource.url }), 'REDIRECT');
    const registered = client.clientInformation();
    assert.equal(registered.token_endpoint_auth_method, 'none');
    assert.equal(registered.client_secret, undefined);

    const authorization = await portal.begin(client.sentTo);
    assert.equal(authorization.request.clientName, 'A client of the protocol');
    const target = new URL(await authorization.decide('approve'));
    assert.equal(target.origin + target.pathname, 'http://127.0.0.1:33418/callback');
    assert.equal(target.searchParams.get('state'), 'a-state-of-the-client');
    assert.equal(target.searchParams.get('iss'), portal.authUrl);
    const authorizationCode = target.searchParams.get('code');
    assert.equal(await auth(client, { serverUrl: resource.url, authorizationCode }), 'AUTHORIZED');
    const first = client.tokens();
    assert.equal(await portal.userOf(first.access_token), 'user:default/jane');

    assert.equal(await auth(client, { serverUrl: resource.url }), 'AUTHORIZED');
    const second = client.tokens();
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal(await portal.userOf(second.access_token), 'user:default/jane');

    // Whoever shows the old one once more ends the family, so that the client has to ask the person again.
    assert.equal((await portal.refresh(first.refresh_token, registered.client_id)).status, 400);
    assert.equal(await auth(client, { serverUrl: resource.url }), 'REDIRECT');
  });

  for (const [kind, client_id] of Object.entries({ secret: 'a-client-with-a-secret', open: 'a-client' })) {
    test(`a client of the Model Context Protocol that stands in the config (${kind}) gets tokens, and refreshes them`, async (context) => {
      const resource = await serveProtectedResource(context, portal.authUrl);
      const information = { client_id, ...(kind === 'secret' && { client_secret: clientSecret }) };
      const client = createMcpClient(information);
      assert.equal(await auth(client, { serverUrl: resource.url }), 'REDIRECT');
      assert.deepEqual(client.clientInformation(), information);

      const authorization = await portal.begin(client.sentTo);
      assert.equal(authorization.request.clientName, 'A client of the config');
      const target = new URL(await authorization.decide('approve'));
      const authorizationCode = target.searchParams.get('code');
      assert.equal(await auth(client, { serverUrl: resource.url, authorizationCode }), 'AUTHORIZED');
      const first = client.tokens();
      assert.equal(await portal.userOf(first.access_token), 'user:default/jane');
      assert.equal(await auth(client, { serverUrl: resource.url }), 'AUTHORIZED');
      assert.notEqual(client.tokens().refresh_token, first.refresh_token);

      // A service ends what its user let the client do; it has to ask again.
      assert.equal((await portal.revokeSessions('user:default/jane')).status, 200);
      assert.equal(await auth(client, { serverUrl: resource.url }), 'REDIRECT');
    });
  }
});

/** Our backend with the OAuth server on, and the guest who is asked. */
async function startPortal(appUrl) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const authUrl = `${url}/api/auth`;
  const backend = createBackend();
  backend.add(
    createRootConfigFactory({
      data: {
        app: { baseUrl: appUrl },
        backend: {
          baseUrl: url,
          listen: { host: '127.0.0.1', port },
          database: { client: 'better-sqlite3', connection: ':memory:' },
          cors: { origin: appUrl, credentials: true },
          logger: { level: 'error' },
          auth: {
            externalAccess: [{ type: 'static', options: { token: serviceToken, subject: 'conformance' } }],
          },
        },
        auth: {
          session: { secret: 'conformance-session-secret-0123456789' },
          backstageTokenExpiration: { minutes: 10 },
          staticClients: ['a-client', 'a-client-with-a-secret'].map((clientId) => ({
            clientId,
            clientName: 'A client of the config',
            redirectUris: ['http://127.0.0.1:33418/callback'],
            ...(clientId === 'a-client-with-a-secret' && { clientSecret }),
          })),
          clientIdMetadataDocuments: { enabled: true },
          experimentalDynamicClientRegistration: { enabled: true },
          experimentalRefreshToken: { enabled: true },
          providers: {
            guest: { dangerouslyAllowOutsideDevelopment: true, userEntityRef: 'user:default/jane' },
          },
        },
        fileCatalog: { path: fileURLToPath(new URL('../examples/demo-catalog.yaml', import.meta.url)) },
      },
    }),
  );
  backend.add(import('@vestibule/plugin-auth-backend'));
  backend.add(import('@vestibule/plugin-auth-backend-module-oauth-server'));
  backend.add(import('@vestibule/plugin-auth-backend-module-guest-provider'));
  backend.add(fileCatalogServiceFactory);
  await backend.start();
  const token = await signInAsGuest(authUrl);

  return {
    url,
    authUrl,
    stop: () => backend.stop(),
    /** Goes to the authorization endpoint as the person's browser, up to the consent page. */
    async begin(authorizeUrl) {
      const answer = await fetch(authorizeUrl, { redirect: 'manual' });
      assert.equal(answer.status, 302);
      const { origin, pathname } = new URL(answer.headers.get('location'));
      const [, id] = /^\/oauth2\/authorize\/([^/]+)$/.exec(pathname) ?? [];
      assert.equal(origin, appUrl);
      const request = await (await fetch(`${authUrl}/v1/sessions/${id}`)).json();
      return {
        request,
        async decide(verdict) {
          const decided = await fetch(`${authUrl}/v1/sessions/${id}/${verdict}`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}` },
          });
          assert.equal(decided.status, 200);
          return (await decided.json()).redirectUrl;
        },
      };
    },
    async userOf(accessToken) {
      const answer = await fetch(`${authUrl}/v1/userinfo`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      return (await answer.json()).claims?.sub;
    },
    revokeSessions(userEntityRef) {
      return fetch(`${authUrl}/v1/offline-sessions/revoke`, {
        method: 'POST',
        headers: { authorization: `Bearer ${serviceToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ userEntityRef }),
      });
    },
    refresh(refreshToken, clientId) {
      return fetch(`${authUrl}/v1/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          ...(clientId && { client_id: clientId }),
        }),
      });
    },
  };
}

async function signInAsGuest(authUrl) {
  const answer = await fetch(`${authUrl}/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  return (await answer.json()).backstageIdentity.token;
}

/** Runs the command, with its files in a folder of the test. */
function startCommand(context, home, args) {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const closed = once(child, 'close');
  context.after(() => child.kill());
  const listeners = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
      for (const listener of listeners) listener();
    });
  }
  return {
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match) resolve(match);
        };
        listeners.add(look);
        look();
        closed.then(() => reject(new Error(`the command ended: ${output}`)));
      }),
    async ended() {
      const [code] = await closed;
      assert.equal(code, 0, output);
      return output;
    },
  };
}

/** Makes the command believe that its access token has ended. */
function expireAccessToken(home) {
  const file = join(home, 'backstage-cli/auth-instances.yaml');
  const text = readFileSync(file, 'utf8');
  assert.match(text, /accessTokenExpiresAt: \d+/);
  writeFileSync(file, text.replace(/accessTokenExpiresAt: \d+/, 'accessTokenExpiresAt: 1'));
}

function readRefreshToken(home) {
  const folder = join(home, 'backstage-cli/auth-secrets');
  const [instance] = readdirSync(folder);
  return readFileSync(join(folder, instance, 'refreshToken.secret'), 'utf8');
}

/** A resource server that names ours as its authorization server (RFC 9728). */
async function serveProtectedResource(context, authorizationServer) {
  const server = createServer((req, res) => {
    const isMetadata = req.url === '/.well-known/oauth-protected-resource';
    res.writeHead(isMetadata ? 200 : 404, { 'content-type': 'application/json' });
    res.end(
      isMetadata ? JSON.stringify({ resource: url, authorization_servers: [authorizationServer] }) : '{}',
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/`;
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url };
}

/** What the SDK asks its user to keep. `information`: of a client that is known already. */
function createMcpClient(information) {
  let tokens;
  let verifier;
  const client = {
    sentTo: undefined,
    redirectUrl: 'http://127.0.0.1:33418/callback',
    clientMetadata: {
      client_name: 'A client of the protocol',
      redirect_uris: ['http://127.0.0.1:33418/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'openid offline_access',
    },
    state: () => 'a-state-of-the-client',
    clientInformation: () => information,
    saveClientInformation: (given) => void (information = given),
    tokens: () => tokens,
    saveTokens: (given) => void (tokens = given),
    redirectToAuthorization: (url) => void (client.sentTo = url.href),
    saveCodeVerifier: (given) => void (verifier = given),
    codeVerifier: () => verifier,
    invalidateCredentials(scope) {
      if (scope === 'all' || scope === 'tokens') tokens = undefined;
      if (scope === 'all' || scope === 'client') information = undefined;
    },
  };
  return client;
}
