import { describe, expect, it } from '@jest/globals';
import { providerDefinitionOf } from '@vestibule/plugin-auth-node';
import defaultExport, { oidcProviderFactory } from './index.ts';

describe('the module', () => {
  it('registers OpenID Connect under the id oidc', () => {
    expect(defaultExport.authProvider).toEqual({ providerId: 'oidc', factory: oidcProviderFactory });
  });

  it('asks for openid, profile and email, and persists scopes', () => {
    expect(providerDefinitionOf(oidcProviderFactory)).toMatchObject({
      kind: 'oauth',
      title: 'OpenID Connect',
      requiredScopes: ['openid', 'profile', 'email'],
      persistsScopes: true,
    });
  });
});
