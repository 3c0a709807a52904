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

const tokenKey = Symbol('token');

export function noneCredentials(): BackstageCredentials<NonePrincipal> {
  return { $$type: '@backstage/BackstageCredentials', principal: { type: 'none' } };
}

/** @param subject - `plugin:<id>`. */
export function serviceCredentials(subject: string): BackstageCredentials<ServicePrincipal> {
  return { $$type: '@backstage/BackstageCredentials', principal: { type: 'service', subject } };
}

export function userCredentials(
  userEntityRef: string,
  token: string,
  expiresAtEpochSeconds: number,
): BackstageCredentials<UserPrincipal> {
  const credentials: BackstageCredentials<UserPrincipal> = {
    $$type: '@backstage/BackstageCredentials',
    expiresAt: new Date(expiresAtEpochSeconds * 1000),
    principal: { type: 'user', userEntityRef },
  };
  return Object.defineProperty(credentials, tokenKey, { value: token, enumerable: false });
}

/** The token behind a user's credentials; `undefined` for other credentials, and for copies. */
export function tokenOf(credentials: BackstageCredentials): string | undefined {
  return (credentials as { [tokenKey]?: string })[tokenKey];
}
