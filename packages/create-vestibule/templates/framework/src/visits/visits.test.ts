import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import { startTestBackend } from '@vestibule/backend-test-utils';
import visitsPlugin from './plugin.ts';
import { visitStoreServiceRef } from './visitStore.ts';

async function visit(url: string): Promise<unknown> {
  return (await fetch(`${url}/api/visits`)).json();
}

test('greets as the config says, and counts', async () => {
  const started = await startTestBackend({
    features: [visitsPlugin],
    config: { visits: { greeting: 'Welcome' } },
  });
  try {
    assert.deepEqual(await visit(started.url), { greeting: 'Welcome', visit: 1 });
    assert.deepEqual(await visit(started.url), { greeting: 'Welcome', visit: 2 });
  } finally {
    await started.stop();
  }
});

test('counts where the store that was added counts', async () => {
  const store = createServiceFactory({
    service: visitStoreServiceRef,
    deps: {},
    factory: () => ({ add: async () => 42 }),
  });
  const started = await startTestBackend({ features: [visitsPlugin, store] });
  try {
    assert.deepEqual(await visit(started.url), { greeting: 'Hello', visit: 42 });
  } finally {
    await started.stop();
  }
});

test('refuses a config with a misspelt key', async () => {
  await assert.rejects(
    startTestBackend({ features: [visitsPlugin], config: { visits: { greting: 'Welcome' } } }),
    /visits\.greting is not a known key[^]*Did you mean 'greeting'\?/,
  );
});
