import { describe, expect, it } from '@jest/globals';
import { providerDefinitionOf, type OAuthProviderDefinition } from '@vestibule/plugin-auth-node';
import defaultExport, { githubProviderFactory, githubSignInResolvers } from './index.ts';

describe('the module', () => {
  it('registers GitHub under the id github', () => {
    expect(defaultExport.authProvider).toEqual({ providerId: 'github', factory: githubProviderFactory });
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
