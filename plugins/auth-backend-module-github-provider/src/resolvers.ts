/** Resolvers that config can name, besides the common ones. Their names and options are Backstage's. */
import { createExactAnnotationResolver, createNameResolver } from '@vestibule/plugin-auth-node';
import type { GitHubResult } from './authenticator.ts';

/**
 * The user whose name is the login. A login can be given up and taken by somebody else, who then is this user: prefer
 * `userIdMatchingUserEntityAnnotation`, or gate by organization.
 */
const usernameMatchingUserEntityName = createNameResolver<GitHubResult>({
  what: 'GitHub login',
  nameOf: ({ result }) => result.fullProfile.username,
});

/** The user whose annotation `github.com/user-id` is the `node_id` of the account, byte for byte. */
const userIdMatchingUserEntityAnnotation = createExactAnnotationResolver<GitHubResult>({
  annotation: 'github.com/user-id',
  what: 'GitHub node id',
  valueOf: ({ result }) => {
    const { node_id: nodeId } = result.fullProfile._json;
    return typeof nodeId === 'string' ? nodeId : undefined;
  },
  allowsMissingUser: true,
});

/** GitHub's resolvers, by their names in config. @public */
export const githubSignInResolvers = {
  usernameMatchingUserEntityName,
  userIdMatchingUserEntityAnnotation,
} as const;
