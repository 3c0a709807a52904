/**
 * Credentials objects. The token they were made from is needed for calls on behalf of a user; it is kept under a symbol
 * that is not enumerable, so that it appears in no JSON, no copy and no log.
 */
import type {
  BackstageCredentials,
  ServicePrincipal,
  UserPrincipal,
  NonePrincipal,
} from '@vestibule/backend-plugin-api';
import type { AccessRestrictions } from './external/accessRestrictions.ts';

const tokenKey = Symbol('token');
const restrictionsKey = Symbol('restrictions');

export function noneCredentials(): BackstageCredentials<NonePrincipal> {
  return { $$type: '@backstage/BackstageCredentials', principal: { type: 'none' } };
}

/** @param subject - `plugin:<id>`, or that of an external caller. */
export function serviceCredentials(subject: string): BackstageCredentials<ServicePrincipal> {
  return { $$type: '@backstage/BackstageCredentials', principal: { type: 'service', subject } };
}

/** Credentials of an external caller whose access is restricted. All its restrictions are kept, for calls to others. */
export function restrictedCredentials(
  principal: ServicePrincipal,
  restrictions: AccessRestrictions,
): BackstageCredentials<ServicePrincipal> {
  const credentials = { $$type: '@backstage/BackstageCredentials' as const, principal };
  return Object.defineProperty(credentials, restrictionsKey, { value: restrictions, enumerable: false });
}

/** The restrictions behind restricted credentials; `undefined` for other credentials, and for copies. */
export function restrictionsOf(credentials: BackstageCredentials): AccessRestrictions | undefined {
  return (credentials as { [restrictionsKey]?: AccessRestrictions })[restrictionsKey];
}

/** @param actor - The plugin that calls on behalf of the user, where one does. */
export function userCredentials(
  userEntityRef: string,
  token: string,
  expiresAtEpochSeconds: number,
  actor?: ServicePrincipal,
): BackstageCredentials<UserPrincipal> {
  const credentials: BackstageCredentials<UserPrincipal> = {
    $$type: '@backstage/BackstageCredentials',
    expiresAt: new Date(expiresAtEpochSeconds * 1000),
    principal: { type: 'user', userEntityRef, ...(actor && { actor }) },
  };
  return Object.defineProperty(credentials, tokenKey, { value: token, enumerable: false });
}

/** The token behind a user's credentials; `undefined` for other credentials, and for copies. */
export function tokenOf(credentials: BackstageCredentials): string | undefined {
  return (credentials as { [tokenKey]?: string })[tokenKey];
}
