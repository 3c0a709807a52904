/**
 * Sign-in with GitHub and GitHub Enterprise, as a module of the auth plugin.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/plugin-auth-backend-module-github-provider'));
 * ```
 * @packageDocumentation
 */
export { createGitHubProvider, type GitHubProvider, type GitHubResult } from './authenticator.ts';
export { githubConfigSchema, type GitHubSettings } from './config.ts';
export {
  authModuleGithubProvider,
  githubProviderFactory,
  authModuleGithubProvider as default,
} from './module.ts';
export { githubSignInResolvers } from './resolvers.ts';
