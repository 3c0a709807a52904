import { describe, expect, it } from '@jest/globals';
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import { startTestBackend } from '@vestibule/backend-test-utils';
import authPlugin from '@vestibule/plugin-auth-backend';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import authWeb from './index.ts';

const catalog = createServiceFactory({
  service: catalogServiceRef,
  deps: {},
  factory: () => createInMemoryCatalog([]),
});

describe('the consent page', () => {
  it.each([
    [200, 'is not set', undefined],
    [200, 'is the address of the backend', 'http://localhost:7007/'],
    [404, 'is a front end elsewhere', 'https://portal.example.com'],
    [404, 'is a front end beside it', 'http://localhost:7007/portal'],
  ])('is answered with %i where app.baseUrl %s', async (status, _, baseUrl) => {
    await using started = await startTestBackend({
      features: [authPlugin, authWeb, catalog],
      config: {
        ...(baseUrl !== undefined && { app: { baseUrl } }),
        backend: {
          baseUrl: 'http://localhost:7007',
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
        auth: { session: { secret: '7d0c4f0e5f5b4b8f9d1f6c2a3e8b7a90' } },
      },
    });
    expect((await fetch(`${started.url}/oauth2/authorize/some-request`)).status).toBe(status);
    // The sign-in page is there in any case.
    expect((await fetch(`${started.url}/`)).status).toBe(200);
  });
});
