import { describe, expect, it } from '@jest/globals';
import { authProvidersExtensionPoint, providerDefinitionOf } from '@vestibule/plugin-auth-node';
import defaultExport, {
  authModuleGoogleProvider,
  googleProviderServiceFactory,
  createGoogleProviderFactory,
  googleEndpoints,
  googleProviderFactory,
} from './index.ts';

describe('the module', () => {
  it('comes with the provider as a service in the default export, and is a module of the auth plugin', async () => {
    expect(await defaultExport.loader({})).toEqual([authModuleGoogleProvider, googleProviderServiceFactory]);
    expect(authModuleGoogleProvider.getRegistrations()).toEqual([
      expect.objectContaining({ pluginId: 'auth', moduleId: 'google-provider' }),
    ]);
  });

  it('registers Google under the id google', async () => {
    const registered: unknown[] = [];
    const [registration] = authModuleGoogleProvider.getRegistrations();
    const providers = { registerProvider: (options: unknown) => void registered.push(options) };
    expect(Object.values(registration!.init.deps)).toEqual([authProvidersExtensionPoint]);
    await registration!.init.func({ providers });
    expect(registered).toEqual([{ providerId: 'google', factory: googleProviderFactory }]);
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
