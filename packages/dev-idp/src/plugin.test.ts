/** The provider as a plugin of a backend. */
import { describe, expect, it } from '@jest/globals';
import { createServiceFactory, runtimeModeServiceRef } from '@vestibule/backend-plugin-api';
import { startTestBackend, type TestBackend } from '@vestibule/backend-test-utils';
import devIdpPlugin from './index.ts';

const baseUrl = 'http://localhost:7007';
const authorization = new URLSearchParams({
  client_id: 'vestibule',
  redirect_uri: `${baseUrl}/api/auth/oidc/handler/frame`,
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
});

async function start(devIdp?: object, isProduction = false): Promise<TestBackend> {
  const runtimeMode = createServiceFactory({
    service: runtimeModeServiceRef,
    deps: {},
    factory: () => ({ isDevelopment: !isProduction, isProduction }),
  });
  const database = { client: 'better-sqlite3', connection: ':memory:' };
  const config = { backend: { baseUrl, database }, ...(devIdp && { devIdp: { ...devIdp } }) };
  return startTestBackend({ features: [devIdpPlugin, runtimeMode], config });
}

describe('devIdpPlugin', () => {
  it('serves a provider below /dev-idp of the backend, under the address that others see', async () => {
    await using backend = await start({ enabled: true });
    const answer = await fetch(`${backend.url}/dev-idp/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      issuer: `${baseUrl}/dev-idp`,
      authorization_endpoint: `${baseUrl}/dev-idp/authorize`,
      token_endpoint: `${baseUrl}/dev-idp/token`,
      userinfo_endpoint: `${baseUrl}/dev-idp/userinfo`,
      jwks_uri: `${baseUrl}/dev-idp/jwks`,
    });
  });

  it("sends people of the backend's own client to the login page", async () => {
    await using backend = await start({ enabled: true });
    const answer = await fetch(`${backend.url}/dev-idp/authorize?${authorization}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toMatch(/^\/dev-idp\/interaction\/[\w-]+$/);
    expect(answer.headers.getSetCookie().join('\n')).toMatch(
      /dev_idp_login=[^;]+; path=\/dev-idp\/interaction\//,
    );
  });

  it('knows the clients of the config', async () => {
    const client = {
      clientId: 'other',
      clientSecret: 's3cret',
      redirectUris: ['http://localhost:9999/back'],
    };
    await using backend = await start({ enabled: true, clients: [client] });
    const query = new URLSearchParams([...authorization]);
    query.set('client_id', 'other');
    query.set('redirect_uri', 'http://localhost:9999/back');
    const answer = await fetch(`${backend.url}/dev-idp/authorize?${query}`, { redirect: 'manual' });
    expect(answer.status).toBe(303);
  });

  it.each([undefined, {}, { enabled: false }])('serves nothing with devIdp %j', async (devIdp) => {
    await using backend = await start(devIdp);
    expect((await fetch(`${backend.url}/dev-idp/.well-known/openid-configuration`)).status).toBe(404);
  });

  it('keeps the backend from starting in production', async () => {
    await expect(start({ enabled: true }, true)).rejects.toThrow(/anyone could sign in as anyone/);
  });

  it('does no harm in production where it is not enabled', async () => {
    await using backend = await start({ enabled: false }, true);
    expect((await fetch(`${backend.url}/dev-idp/authorize`)).status).toBe(404);
  });

  it('names an unknown key of its config', async () => {
    await expect(start({ enabled: true, client: [] })).rejects.toThrow(/devIdp\.client/);
  });
});
