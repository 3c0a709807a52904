/** Credentials for tests: nobody verified them. */
import type {
  BackstageCredentials,
  NonePrincipal,
  ServicePrincipal,
  UserPrincipal,
} from '@vestibule/backend-plugin-api';

const $$type = '@backstage/BackstageCredentials';

/**
 * Credentials, and the header with which a request carries them to `mockServices.httpAuth`.
 *
 * @example
 * ```ts
 * await catalog.getEntities({}, { credentials: mockCredentials.service() });
 * await fetch(url, { headers: { authorization: mockCredentials.user.header('user:default/jane') } });
 * ```
 * @public
 */
export const mockCredentials = {
  /** Nobody. */
  none: (): BackstageCredentials<NonePrincipal> => ({ $$type, principal: { type: 'none' } }),
  /** @param userEntityRef - Default: `user:default/jane`. */
  user: Object.assign(
    (userEntityRef = 'user:default/jane'): BackstageCredentials<UserPrincipal> => ({
      $$type,
      principal: { type: 'user', userEntityRef },
    }),
    { header: (userEntityRef = 'user:default/jane') => `Bearer mock-user:${userEntityRef}` },
  ),
  /** @param subject - Default: `plugin:test`. */
  service: Object.assign(
    (subject = 'plugin:test'): BackstageCredentials<ServicePrincipal> => ({
      $$type,
      principal: { type: 'service', subject },
    }),
    { header: (subject = 'plugin:test') => `Bearer mock-service:${subject}` },
  ),
};
