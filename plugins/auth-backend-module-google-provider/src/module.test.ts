import { describe, expect, it } from '@jest/globals';
import { providerDefinitionOf } from '@vestibule/plugin-auth-node';
import defaultExport, {
  createGoogleProviderFactory,
  googleEndpoints,
  googleProviderFactory,
} from './index.ts';

describe('the module', () => {
  it('registers Google under the id google', () => {
    expect(defaultExport.authProvider).toEqual({ providerId: 'google', factory: googleProviderFactory });
  });

  it("asks for Backstage's scopes, needs a secret, and answers for users and hosted domains", () => {
    const definition = providerDefinitionOf(googleProviderFactory);
    expect(definition).toMatchObject({
      kind: 'oauth',
      title: 'Google',
      requiredScopes: [
        'openid',
        'https://www.googleapis.com/auth/userinfo.email',
        'https://www.googleapis.com/auth/userinfo.profile',
      ],
      gates: { users: { scopes: [] }, hostedDomains: { scopes: [] } },
    });
    expect(definition).not.toHaveProperty('clientSecret');
    expect(Object.keys(definition?.resolvers ?? {})).toEqual(['emailMatchingUserEntityAnnotation']);
  });

  it('takes no endpoint over plain http but on loopback', () => {
    const endpoints = { ...googleEndpoints, token_endpoint: 'http://oauth2.googleapis.com/token' };
    const definition = providerDefinitionOf(createGoogleProviderFactory({ endpoints }));
    const create = definition?.create as (options: unknown) => unknown;
    expect(() => create({ settings: {} })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('token_endpoint') }),
    );
  });
});
