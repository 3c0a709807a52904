import { describe, expect, it } from '@jest/globals';
import {
  authProvidersExtensionPoint,
  providerDefinitionOf,
  type OAuthProviderDefinition,
} from '@vestibule/plugin-auth-node';
import defaultExport, {
  authModuleGithubProvider,
  githubProviderServiceFactory,
  githubProviderFactory,
  githubSignInResolvers,
} from './index.ts';

describe('the module', () => {
  it('comes with the provider as a service in the default export, and is a module of the auth plugin', async () => {
    expect(await defaultExport.loader({})).toEqual([authModuleGithubProvider, githubProviderServiceFactory]);
    expect(authModuleGithubProvider.getRegistrations()).toEqual([
      expect.objectContaining({ pluginId: 'auth', moduleId: 'github-provider' }),
    ]);
  });

  it('registers GitHub under the id github', async () => {
    const registered: unknown[] = [];
    const [registration] = authModuleGithubProvider.getRegistrations();
    const providers = { registerProvider: (options: unknown) => void registered.push(options) };
    expect(Object.values(registration!.init.deps)).toEqual([authProvidersExtensionPoint]);
    await registration!.init.func({ providers });
    expect(registered).toEqual([{ providerId: 'github', factory: githubProviderFactory }]);
  });

  it('asks for read:user, persists scopes, and answers for users, organizations and teams', () => {
    expect(providerDefinitionOf(githubProviderFactory)).toMatchObject({
      kind: 'oauth',
      title: 'GitHub',
      requiredScopes: ['read:user'],
      persistsScopes: true,
      resolvers: githubSignInResolvers,
      gates: {
        users: { scopes: [] },
        githubOrganizations: { scopes: ['read:org'] },
        githubTeams: { scopes: ['read:org'] },
      },
    });
    const definition = providerDefinitionOf(githubProviderFactory) as OAuthProviderDefinition;
    expect(definition.claimsOf?.({ fullProfile: { _json: { company: 'Acme' } } })).toEqual({
      company: 'Acme',
    });
    expect(Object.keys(githubSignInResolvers)).toEqual([
      'usernameMatchingUserEntityName',
      'userIdMatchingUserEntityAnnotation',
    ]);
  });
});
