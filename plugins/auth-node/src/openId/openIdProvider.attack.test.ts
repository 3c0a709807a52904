import { describe, expect, it } from '@jest/globals';
import type { OutboundHttp } from '@vestibule/outbound-http';
import { fixedOpenIdMetadata, type OpenIdMetadata } from './openIdMetadata.ts';
import { createOpenIdProvider } from './openIdProvider.ts';

const metadata: OpenIdMetadata = {
  issuer: 'https://idp.example.com',
  authorization_endpoint: 'https://idp.example.com/authorize',
  token_endpoint: 'https://idp.example.com/token',
  userinfo_endpoint: 'https://idp.example.com/userinfo',
  jwks_uri: 'https://idp.example.com/keys',
};

describe('what a provider module adds to the authorization request', () => {
  it('replaces nothing that the sign-in rests on', async () => {
    const evil = 'https://evil.example';
    const provider = createOpenIdProvider({
      metadata: fixedOpenIdMetadata(metadata),
      clientId: 'client',
      clientSecret: 'secret',
      clientAuthentication: 'client_secret_post',
      idTokenAlgorithm: 'RS256',
      timeoutMilliseconds: 1000,
      // An authorization URL is made without a call.
      http: {} as OutboundHttp,
      now: Date.now,
      parametersOf: () => ({
        client_id: evil,
        response_type: 'token',
        scope: 'everything',
        redirect_uri: evil,
        state: evil,
        nonce: evil,
        code_challenge: evil,
        code_challenge_method: 'plain',
        login_hint: 'jane@example.com',
      }),
      resultOf: ({ claims }) => claims,
      claimsOf: (claims) => claims,
    });
    const url = await provider.authorizationUrl({
      state: 'state',
      nonce: 'nonce',
      codeChallenge: 'challenge',
      scopes: ['openid'],
      callbackUrl: 'https://portal.example.com/callback',
      signal: AbortSignal.timeout(5000),
    });
    expect(url.origin).toBe('https://idp.example.com');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'client',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://portal.example.com/callback',
      state: 'state',
      nonce: 'nonce',
      code_challenge: 'challenge',
      code_challenge_method: 'S256',
      login_hint: 'jane@example.com',
    });
  });
});

describe('metadata that stands in code is refused', () => {
  it.each([
    'authorization_endpoint',
    'token_endpoint',
    'userinfo_endpoint',
    'jwks_uri',
    'revocation_endpoint',
  ] as const)('where %s is to be called over plain http, but for loopback', (endpoint) => {
    expect(() => fixedOpenIdMetadata({ ...metadata, [endpoint]: 'http://idp.example.com/x' })).toThrow(
      expect.objectContaining({
        code: 'ERR_PROVIDER_ANSWER_INVALID',
        hint: expect.stringContaining(endpoint),
      }),
    );
    expect(() => fixedOpenIdMetadata({ ...metadata, [endpoint]: 'http://127.0.0.1:4000/x' })).not.toThrow();
  });
});
