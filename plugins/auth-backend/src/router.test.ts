import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPortal, type Portal } from './testing/portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(async () => portal.stop());

describe('a path or method that a known provider does not have', () => {
  it.each([
    ['GET', '/oidc'],
    ['GET', '/oidc/'],
    ['GET', '/oidc/nope'],
    ['GET', '/oidc/logout'],
    ['POST', '/oidc/start'],
  ])('%s %s is answered as for an unknown provider', async (method, path) => {
    const answer = await fetch(`${portal.url}/api/auth${path}`, { method });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      error: {
        name: 'NotFoundError',
        message: "Unknown auth provider 'oidc'",
        code: 'ERR_AUTH_PROVIDER_UNKNOWN',
      },
    });
  });
});
