/** Who calls, without keys: tokens are words that say whose they are. */
import {
  AuthenticationError,
  NotAllowedError,
  NotFoundError,
  systemClock,
  type AuthService,
  type BackstageCredentials,
  type HttpAuthService,
  type PrincipalTypes,
  type UserInfo,
  type UserInfoService,
} from '@vestibule/backend-plugin-api';
import { mockCredentials } from './mockCredentials.ts';

/** @param options - `pluginId`: whose service it is. Default: `test`. */
export function createMockAuth({ pluginId = 'test' }: { pluginId?: string } = {}): AuthService {
  return {
    async authenticate(token) {
      const [, type, name] = /^mock-(user|service|limited-user):(.+)$/.exec(token) ?? [];
      if (name === undefined) throw new AuthenticationError('ERR_TOKEN_INVALID', 'Illegal token');
      return Promise.resolve(type === 'service' ? mockCredentials.service(name) : mockCredentials.user(name));
    },
    isPrincipal<TType extends keyof PrincipalTypes>(
      credentials: BackstageCredentials,
      type: TType,
    ): credentials is BackstageCredentials<PrincipalTypes[TType]> {
      return type === 'unknown' || (credentials.principal as { type?: string }).type === type;
    },
    getNoneCredentials: async () => Promise.resolve(mockCredentials.none()),
    getOwnServiceCredentials: async () => Promise.resolve(mockCredentials.service(`plugin:${pluginId}`)),
    async getPluginRequestToken({ onBehalfOf }) {
      const { type, userEntityRef } = onBehalfOf.principal as { type: string; userEntityRef?: string };
      const token = type === 'user' ? `mock-user:${userEntityRef}` : `mock-service:plugin:${pluginId}`;
      return Promise.resolve({ token: type === 'none' ? '' : token });
    },
    async getLimitedUserToken({ principal }) {
      const token = `mock-limited-user:${principal.userEntityRef}`;
      return Promise.resolve({ token, expiresAt: new Date(systemClock.now() + 3_600_000) });
    },
    listPublicServiceKeys: async () => Promise.resolve({ keys: [] }),
  };
}

/** @param options - `defaultCredentials`: of a request without a token. Default: Jane's, as in Backstage's mock. */
export function createMockHttpAuth(
  options: { pluginId?: string; defaultCredentials?: BackstageCredentials } = {},
): HttpAuthService {
  const { defaultCredentials = mockCredentials.user() } = options;
  const auth = createMockAuth(options);
  return {
    async credentials<TAllowed extends keyof PrincipalTypes = 'unknown'>(
      request: Parameters<HttpAuthService['credentials']>[0],
      { allow }: { allow?: TAllowed[] } = {},
    ) {
      const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
      const found = token === undefined ? defaultCredentials : await auth.authenticate(token);
      const allowed: readonly (keyof PrincipalTypes)[] = allow ?? ['user', 'service'];
      if (!allowed.some((type) => auth.isPrincipal(found, type))) {
        if (auth.isPrincipal(found, 'none'))
          throw new AuthenticationError('ERR_CREDENTIALS_MISSING', 'Missing credentials');
        throw new NotAllowedError(
          'ERR_PRINCIPAL_NOT_ALLOWED',
          'This endpoint does not allow these credentials',
        );
      }
      return found as BackstageCredentials<PrincipalTypes[TAllowed]>;
    },
    async issueUserCookie(response) {
      response.appendHeader('Set-Cookie', 'backstage-auth=mock; Path=/; HttpOnly');
      return Promise.resolve({ expiresAt: new Date(systemClock.now() + 3_600_000) });
    },
  };
}

/** @param users - What each user owns. Default: Jane, who owns what is hers. */
export function createMockUserInfo(
  users: readonly UserInfo[] = [
    { userEntityRef: 'user:default/jane', ownershipEntityRefs: ['user:default/jane'] },
  ],
): UserInfoService {
  return {
    async getUserInfo({ principal }) {
      const { userEntityRef } = principal as { userEntityRef?: string };
      const known = users.find((user) => user.userEntityRef === userEntityRef);
      if (!known) throw new NotFoundError('ERR_USER_INFO_NOT_FOUND', 'User info not found');
      return Promise.resolve(structuredClone(known));
    },
  };
}
