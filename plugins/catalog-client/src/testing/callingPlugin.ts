/** The services of a plugin that calls the catalog: where it is, who calls, and with which token. */
import type { AuthService, BackstageCredentials, DiscoveryService } from '@vestibule/backend-plugin-api';

export const serviceCredentials: BackstageCredentials = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'service', subject: 'plugin:auth' },
};

export function userCredentials(userEntityRef: string): BackstageCredentials {
  return { $$type: '@backstage/BackstageCredentials', principal: { type: 'user', userEntityRef } };
}

export function discoveryOf(baseUrl: string): DiscoveryService {
  return { getBaseUrl: async () => baseUrl, getExternalBaseUrl: async () => baseUrl };
}

/** Issues one token for each principal. */
export function callingAuth(
  tokenOf: (credentials: BackstageCredentials) => string = ({ principal }) =>
    Buffer.from(JSON.stringify(principal)).toString('base64url'),
): AuthService {
  const auth: Pick<AuthService, 'getPluginRequestToken' | 'isPrincipal'> = {
    async getPluginRequestToken({ onBehalfOf, targetPluginId }) {
      if (targetPluginId !== 'catalog') throw new Error(`no token for ${targetPluginId}`);
      return { token: tokenOf(onBehalfOf) };
    },
    isPrincipal: ((credentials: BackstageCredentials, type: string) =>
      (credentials.principal as { type: string }).type === type) as AuthService['isPrincipal'],
  };
  return auth as AuthService;
}
