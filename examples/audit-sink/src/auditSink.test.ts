import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { runtimeModeServiceRef } from '@vestibule/backend-plugin-api';
import { catalogUser, mockServices, startTestBackend } from '@vestibule/backend-test-utils';
import auditSink from './index.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'vestibule-audit-'))));
afterEach(async () => rm(folder, { recursive: true }));

async function refreshAsGuest(file: string) {
  await using started = await startTestBackend({
    features: [
      mockServices.factoryOf(runtimeModeServiceRef, { isDevelopment: true, isProduction: false }),
      import('@vestibule/plugin-auth-backend'),
      import('@vestibule/plugin-auth-backend-module-guest-provider'),
      mockServices.catalog.factory({ entities: [catalogUser('user:development/guest')] }),
      auditSink,
    ],
    config: {
      app: { baseUrl: 'http://localhost:3000' },
      backend: {
        baseUrl: 'http://localhost:7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: { providers: { guest: {} } },
      auditSink: { file },
    },
  });
  const { status } = await fetch(`${started.url}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  return status;
}

it('writes a line for each sign-in, which its owner alone can read', async () => {
  const file = join(folder, 'audit.jsonl');
  expect(await refreshAsGuest(file)).toBe(200);
  expect(
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
      event: 'sign-in',
      outcome: 'allowed',
      provider: 'guest',
      userEntityRef: 'user:development/guest',
      reference: expect.stringMatching(/^[0-9a-f]{10}$/),
    },
  ]);
  expect((await stat(file)).mode & 0o077).toBe(0);
});

it('refuses nobody because the file cannot be written', async () => {
  expect(await refreshAsGuest(join(folder, 'nowhere', 'audit.jsonl'))).toBe(200);
});
