// Our oidc module in a real Backstage backend.
import assert from 'node:assert/strict';
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
    plugins.map(({ pluginId, modules, failure }) => ({ pluginId, failure, modules: modules.map(({ moduleId }) => moduleId) })),
    [{ pluginId: 'auth', failure: undefined, modules: ['oidc-provider'] }],
  );
  const { registered } = backstage.messages.find((message) => message.registered);
  assert.deepEqual(registered, [{ providerId: 'oidc', factory: 'function' }]);
});
