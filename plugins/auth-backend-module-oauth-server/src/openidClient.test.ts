/** A real client of OpenID Connect: it finds everything by discovery, and checks what it is given. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { issuer, startOAuthPortal, type OAuthPortal } from './testing/oauthPortal.ts';

let portal: OAuthPortal;
beforeAll(async () => {
  portal = await startOAuthPortal();
});
afterAll(async () => portal.stop());

const redirectUri = 'http://127.0.0.1:9000/callback';

/** Finds the backend under the address that it calls itself. */
const customFetch: client.CustomFetch = async (url, options) =>
  fetch(url.replace(issuer, portal.base), options);

const plainHttp = [client.allowInsecureRequests];

it.each([
  ['client_secret_basic', client.ClientSecretBasic],
  ['client_secret_post', client.ClientSecretPost],
  ['none', client.None],
] as const)('signs in, refreshes and revokes as a client of method %s', async (method, authentication) => {
  const config = await client.dynamicClientRegistration(
    new URL(issuer),
    { client_name: 'Acme notes', redirect_uris: [redirectUri], token_endpoint_auth_method: method },
    authentication(),
    { execute: plainHttp, [client.customFetch]: customFetch },
  );
  expect(config.clientMetadata().token_endpoint_auth_method).toBe(method);
  expect(config.serverMetadata().supportsPKCE()).toBe(true);

  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  });
  const begun = await customFetch(url.href, { redirect: 'manual' } as never);
  const handle = begun.headers.get('location')?.split('/').at(-1) ?? '';
  const { body } = await portal.decide(handle, await portal.userToken());

  const tokens = await client.authorizationCodeGrant(config, new URL(String(body['redirectUrl'])), {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  });
  expect(tokens.claims()).toMatchObject({ iss: issuer, sub: 'user:default/jane', nonce: expectedNonce });
  expect(tokens.expiresIn()).toEqual(expect.closeTo(3600, -1));

  const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(next.access_token).not.toBe(tokens.access_token);
  await client.tokenRevocation(config, next.refresh_token ?? '');
  await expect(client.refreshTokenGrant(config, next.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

it('is told when the user says no, and believes it since the answer names the issuer', async () => {
  const config = await client.discovery(new URL(issuer), 'x', undefined, client.None(), {
    execute: plainHttp,
    [client.customFetch]: customFetch,
  });
  const { body } = await portal.decide(
    await portal.begin(await portal.register()),
    await portal.userToken(),
    'reject',
  );
  const answer = new URL(String(body['redirectUrl']));
  const finish = async (at: URL) =>
    client.authorizationCodeGrant(config, at, { expectedState: 'a state & more' });
  await expect(finish(answer)).rejects.toMatchObject({ error: 'access_denied' });
  answer.searchParams.set('iss', 'https://another.example');
  await expect(finish(answer)).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
});
