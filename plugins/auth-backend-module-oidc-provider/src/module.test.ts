import { describe, expect, it } from '@jest/globals';
import { authProvidersExtensionPoint, providerDefinitionOf } from '@vestibule/plugin-auth-node';
import defaultExport, {
  authModuleOidcProvider,
  oidcProviderServiceFactory,
  oidcProviderFactory,
} from './index.ts';

describe('the module', () => {
  it('comes with the provider as a service in the default export, and is a module of the auth plugin', async () => {
    expect(await defaultExport.loader({})).toEqual([authModuleOidcProvider, oidcProviderServiceFactory]);
    expect(authModuleOidcProvider.getRegistrations()).toEqual([
      expect.objectContaining({ pluginId: 'auth', moduleId: 'oidc-provider' }),
    ]);
  });

  it('registers OpenID Connect under the id oidc', async () => {
    const registered: unknown[] = [];
    const [registration] = authModuleOidcProvider.getRegistrations();
    const providers = { registerProvider: (options: unknown) => void registered.push(options) };
    expect(Object.values(registration!.init.deps)).toEqual([authProvidersExtensionPoint]);
    await registration!.init.func({ providers });
    expect(registered).toEqual([{ providerId: 'oidc', factory: oidcProviderFactory }]);
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
