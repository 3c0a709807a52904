/** Which paths of a plugin may be called without ordinary credentials. */
import { InputError, type HttpRouterAuthPolicy } from '@vestibule/backend-plugin-api';

/** What a path demands: `credentials` unless a policy says otherwise. */
export type AuthDemand = 'credentials' | HttpRouterAuthPolicy['allow'];

/** The policies of one plugin. */
export interface AuthPolicies {
  add(policy: HttpRouterAuthPolicy): void;
  /** The mildest demand among the policies whose path is a prefix of this one, segment by segment. */
  demandFor(path: string): AuthDemand;
}

/**
 * Makes an empty set of policies.
 *
 * Paths are compared as they were sent, case and percent encodings included: a path that a router would read in another
 * way matches no policy and so demands credentials. A segment that begins with `:` stands for any one segment.
 */
export function createAuthPolicies(): AuthPolicies {
  const policies: { segments: string[]; allow: HttpRouterAuthPolicy['allow'] }[] = [];
  let isOpen = false;
  return {
    add({ path, allow }) {
      if (!path.startsWith('/')) {
        throw new InputError(
          'ERR_HTTP_POLICY_PATH_INVALID',
          `the auth policy path '${path}' does not begin with /`,
        );
      }
      const segments = path.split('/').filter(Boolean);
      if (segments.length === 0 && allow === 'unauthenticated') isOpen = true;
      policies.push({ segments, allow });
    },
    demandFor(path) {
      if (isOpen) return 'unauthenticated';
      const segments = path.split('/').slice(1);
      const fitting = policies.filter((policy) => isPrefix(policy.segments, segments));
      if (fitting.some(({ allow }) => allow === 'unauthenticated')) return 'unauthenticated';
      return fitting.length > 0 ? 'user-cookie' : 'credentials';
    },
  };
}

function isPrefix(prefix: readonly string[], segments: readonly string[]): boolean {
  if (prefix.length > segments.length) return false;
  return prefix.every((name, index) =>
    name.startsWith(':') ? segments[index] !== '' : name === segments[index],
  );
}
