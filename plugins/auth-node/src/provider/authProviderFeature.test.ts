import { describe, expect, it } from '@jest/globals';
import type { RegistrationsFeature, ServiceFactory } from '@vestibule/backend-plugin-api';
import { authProvidersExtensionPoint } from '../extensionPoints/authProviders.ts';
import { createAuthProviderFeature } from './authProviderFeature.ts';
import { authProviderServiceRef } from './authProviderService.ts';
import { createProxyProviderFactory } from './providerFactory.ts';

const provider = {
  providerId: 'acme',
  factory: createProxyProviderFactory({
    title: 'Acme',
    configSchema: { '~standard': { version: 1, vendor: 'acme', validate: (value) => ({ value }) } },
    create: () => ({ authenticate: () => Promise.reject(new Error('nobody')) }),
  }),
};

describe('createAuthProviderFeature', () => {
  it('is one feature, with the provider that it installs, and says so where it is named', () => {
    const feature = createAuthProviderFeature(provider);
    expect(feature).toMatchObject({
      $$type: '@backstage/BackendFeature',
      featureType: 'loader',
      description: "sign-in provider 'acme'",
    });
    expect(feature.authProvider).toBe(provider);
  });

  it('brings a module of the auth plugin that registers the provider', async () => {
    const [module] = (await createAuthProviderFeature(provider).loader({})) as [RegistrationsFeature];
    const [registration] = module.getRegistrations();
    expect(registration).toMatchObject({ pluginId: 'auth', moduleId: 'acme-provider' });
    expect(Object.values(registration!.init.deps)).toEqual([authProvidersExtensionPoint]);
    const registered: unknown[] = [];
    await registration!.init.func({
      providers: { registerProvider: (one: unknown) => void registered.push(one) },
    });
    expect(registered).toEqual([provider]);
  });

  it('brings the same provider as a service', async () => {
    const [, service] = (await createAuthProviderFeature(provider).loader({})) as [unknown, ServiceFactory];
    expect(service.service).toBe(authProviderServiceRef);
    expect(await service.factory({}, undefined)).toBe(provider);
  });
});
