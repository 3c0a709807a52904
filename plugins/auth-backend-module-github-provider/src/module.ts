/** Wiring only. */
import { createAuthProviderFeature, createOAuthProviderFactory } from '@vestibule/plugin-auth-node';
import { createGitHubProvider, type GitHubResult } from './authenticator.ts';
import { githubConfigSchema, type GitHubSettings } from './config.ts';
import { gitHubFromBackstage } from './fromBackstage.ts';
import { githubSignInResolvers } from './resolvers.ts';

/** The type of provider behind the id `github`, for `registerProvider`. @public */
export const githubProviderFactory = createOAuthProviderFactory<GitHubSettings, GitHubResult>({
  title: 'GitHub',
  icon: 'github',
  fromBackstage: gitHubFromBackstage,
  configSchema: githubConfigSchema,
  requiredScopes: ['read:user'],
  persistsScopes: true,
  resolvers: githubSignInResolvers,
  gates: {
    users: { scopes: [] },
    githubOrganizations: { scopes: ['read:org'] },
    githubTeams: { scopes: ['read:org'] },
  },
  // https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
  refreshTokenAdvice: () =>
    "In the GitHub App's settings, opt out of expiring user access tokens, or register an OAuth app, whose tokens do not expire.",
  claimsOf: ({ fullProfile }) => fullProfile._json,
  // Name, company, blog, place and public address are what somebody wants them to be.
  identifyingClaims: ['id', 'node_id', 'login'],
  create: createGitHubProvider,
});

/** Installs GitHub sign-in under provider id `github`. @public */
export const authModuleGithubProvider = createAuthProviderFeature({
  providerId: 'github',
  factory: githubProviderFactory,
});
