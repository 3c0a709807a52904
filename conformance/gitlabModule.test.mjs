// Backstage's GitLab provider module, as it comes from npm, in our host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBackend, createRootConfigFactory, httpServerServiceRef } from '@vestibule/backend-defaults';
import { createBackendPlugin } from '@vestibule/backend-plugin-api';

const baseUrl = 'http://127.0.0.1:7007';

test("Backstage's GitLab module loads in our host, up to its 302", async (context) => {
  let address;
  const backend = createBackend();
  backend.add(
    createRootConfigFactory({
      data: {
        app: { baseUrl },
        backend: {
          baseUrl,
          listen: { host: '127.0.0.1', port: 0 },
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
        auth: {
          environment: 'development',
          session: { secret: 'conformance-session-secret-0123456789' },
          providers: {
            gitlab: { development: { clientId: 'gitlab-client', clientSecret: 'gitlab-client-secret' } },
          },
        },
      },
    }),
  );
  backend.add(import('@vestibule/plugin-auth-backend'));
  backend.add(import('@backstage/plugin-auth-backend-module-gitlab-provider'));
  backend.add(
    createBackendPlugin({
      pluginId: 'probe',
      register({ registerInit }) {
        registerInit({
          deps: { server: httpServerServiceRef },
          init({ server }) {
            address = server.url();
          },
        });
      },
    }),
  );
  const { result } = await backend.start();
  context.after(async () => backend.stop());
  assert.equal(result.outcome, 'success');

  const response = await fetch(`${address}/api/auth/gitlab/start?env=development`, { redirect: 'manual' });
  assert.equal(response.status, 302, await response.text());
  const location = new URL(response.headers.get('location'));
  assert.equal(location.origin + location.pathname, 'https://gitlab.com/oauth/authorize');
  assert.equal(location.searchParams.get('client_id'), 'gitlab-client');
  assert.equal(location.searchParams.get('redirect_uri'), `${baseUrl}/api/auth/gitlab/handler/frame`);
  assert.equal(location.searchParams.get('response_type'), 'code');
  assert.match(location.searchParams.get('scope'), /\bread_user\b/);
  assert.ok(location.searchParams.get('state'));
});
