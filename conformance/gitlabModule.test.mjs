// Backstage's GitLab provider module, as it comes from npm, in our host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBackend, createRootConfigFactory, httpServerServiceRef } from '@vestibule/backend-defaults';
import { createBackendPlugin } from '@vestibule/backend-plugin-api';
import { createBrowser, readAnswer } from './browser.mjs';
import { startFakeGitLab } from './fakeGitLab.mjs';

const baseUrl = 'http://127.0.0.1:7007';

test("Backstage's GitLab module loads in our host, up to its 302", async (context) => {
  const { url } = await startHost(context, {});

  const response = await createBrowser().send(`${url}/api/auth/gitlab/start?env=development`);
  assert.equal(response.status, 302, response.text);
  const location = new URL(response.headers.get('location'));
  assert.equal(location.origin + location.pathname, 'https://gitlab.com/oauth/authorize');
  assert.equal(location.searchParams.get('client_id'), 'gitlab-client');
  assert.equal(location.searchParams.get('redirect_uri'), `${baseUrl}/api/auth/gitlab/handler/frame`);
  assert.equal(location.searchParams.get('response_type'), 'code');
  assert.match(location.searchParams.get('scope'), /\bread_user\b/);
  assert.ok(location.searchParams.get('state'));
});

test("Backstage's GitLab module signs somebody in, refreshes and signs out in our host", async (context) => {
  const { url } = await startHost(context, {
    audience: await startFakeGitLab(context),
    signIn: { resolvers: [{ resolver: 'usernameMatchingUserEntityName' }] },
  });
  const browser = createBrowser();
  const start = await browser.send(`${url}/api/auth/gitlab/start?env=development&origin=${baseUrl}`);
  const atGitLab = await createBrowser().send(start.headers.get('location'));
  const callback = atGitLab.headers.get('location').replace(baseUrl, url);
  const page = await browser.send(callback);

  const { type, response, error } = readAnswer(page.text);
  assert.equal(error, undefined);
  assert.equal(type, 'authorization_response');
  assert.equal(response.profile.email, 'jane@acme.example');
  assert.equal(response.providerInfo.accessToken, 'gitlab-access-token');
  assert.equal(response.backstageIdentity.identity.userEntityRef, 'user:default/jane');
  assert.doesNotMatch(JSON.stringify([...browser.cookies]), /kept-from-browsers/);

  const headers = { 'X-Requested-With': 'XMLHttpRequest' };
  const refreshed = await browser.send(`${url}/api/auth/gitlab/refresh?env=development`, { headers });
  assert.equal(refreshed.status, 200, refreshed.text);
  assert.equal(JSON.parse(refreshed.text).backstageIdentity.identity.userEntityRef, 'user:default/jane');

  const out = await browser.send(`${url}/api/auth/gitlab/logout?env=development`, {
    method: 'POST',
    headers,
  });
  assert.equal(out.status, 200, out.text);
  const after = await browser.send(`${url}/api/auth/gitlab/refresh?env=development`, { headers });
  assert.equal(after.status, 401, after.text);
});

/** Our host with their module; the answer names where it really listens. */
async function startHost(context, settings) {
  let url;
  const backend = createBackend();
  backend.add(
    createRootConfigFactory({
      data: {
        app: { baseUrl },
        backend: {
          baseUrl,
          listen: { host: '127.0.0.1', port: 0 },
          database: { client: 'better-sqlite3', connection: ':memory:' },
          logger: { level: 'error' },
        },
        auth: {
          environment: 'development',
          session: { secret: 'conformance-session-secret-0123456789' },
          providers: {
            gitlab: {
              development: { clientId: 'gitlab-client', clientSecret: 'gitlab-client-secret', ...settings },
            },
          },
        },
      },
    }),
  );
  backend.add(import('@vestibule/plugin-auth-backend'));
  backend.add(import('@vestibule/example-static-catalog'));
  backend.add(import('@backstage/plugin-auth-backend-module-gitlab-provider'));
  backend.add(
    createBackendPlugin({
      pluginId: 'probe',
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
  await backend.start();
  context.after(async () => backend.stop());
  return { url };
}
