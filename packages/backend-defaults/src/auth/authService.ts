/** `core.auth`: puts together how tokens are verified and issued. */
import {
  AuthenticationError,
  type AuthService,
  type BackstageCredentials,
  type PrincipalTypes,
} from '@vestibule/backend-plugin-api';
import {
  noneCredentials,
  restrictedCredentials,
  restrictionsOf,
  serviceCredentials,
  tokenOf,
  userCredentials,
} from './credentials.ts';
import { credentialsMissing, tokenInvalid } from './errors.ts';
import { checkDelegation, restrictionsFor } from './external/accessRestrictions.ts';
import type { ExternalAccess } from './external/externalAccess.ts';
import type { PluginTokens } from './pluginTokens.ts';
import type { ServiceKeys } from './serviceKeys.ts';
import type { ServiceTokens } from './serviceTokens.ts';
import { limitedTokenOf, tokenHash } from './tokens.ts';
import type { UserTokens } from './userTokens.ts';

/** One for each plugin. */
export function createAuthService(parts: {
  pluginId: string;
  userTokens: UserTokens;
  pluginTokens: PluginTokens;
  externalAccess: ExternalAccess;
  serviceTokens: ServiceTokens;
  serviceKeys: ServiceKeys;
  /** Where callers need no credentials, calls on behalf of nobody go out without a token. */
  forwardsNobody: boolean;
}): AuthService {
  const { pluginId, userTokens, pluginTokens, externalAccess, serviceTokens, serviceKeys, forwardsNobody } =
    parts;
  return {
    async authenticate(token, { allowLimitedAccess = false } = {}) {
      const hash = tokenHash(token);
      // Callers come again with the same token: it is not taken apart before it is looked up.
      const knownUser = userTokens.known(hash);
      const plugin = knownUser ? undefined : (pluginTokens.known(hash) ?? (await pluginTokens.verify(token)));
      if (plugin) {
        const caller = serviceCredentials(`plugin:${plugin.pluginId}`);
        if (plugin.userToken === undefined) return caller;
        const user = await userTokens.verify(plugin.userToken);
        if (!user) throw tokenInvalid('Invalid user token in plugin token obo claim');
        const { userEntityRef, expiresAtEpochSeconds } = user;
        return userCredentials(userEntityRef, plugin.userToken, expiresAtEpochSeconds, caller.principal);
      }

      const user = knownUser ?? (await userTokens.verify(token));
      if (user) {
        if (user.isLimited && !allowLimitedAccess) throw tokenInvalid('Illegal limited user token');
        return userCredentials(user.userEntityRef, token, user.expiresAtEpochSeconds);
      }

      const external = await externalAccess.verify(token);
      if (!external) throw tokenInvalid('Illegal token');
      const { subject, restrictions } = external;
      if (!restrictions) return serviceCredentials(subject);
      const accessRestrictions = restrictionsFor(pluginId, restrictions);
      return restrictedCredentials({ type: 'service', subject, accessRestrictions }, restrictions);
    },
    isPrincipal<TType extends keyof PrincipalTypes>(
      credentials: BackstageCredentials,
      type: TType,
    ): credentials is BackstageCredentials<PrincipalTypes[TType]> {
      return type === 'unknown' || typeOf(credentials) === type;
    },
    getNoneCredentials: async () => noneCredentials(),
    getOwnServiceCredentials: async () => serviceCredentials(`plugin:${pluginId}`),
    async getPluginRequestToken({ onBehalfOf, targetPluginId }) {
      const type = typeOf(onBehalfOf);
      if (type === 'service') {
        checkDelegation(onBehalfOf, restrictionsOf(onBehalfOf), targetPluginId);
        return serviceTokens.issue({ targetPluginId });
      }
      if (type === 'user') {
        const { token, expiresAt } = limitedTokenOf(userTokenOf(onBehalfOf));
        return serviceTokens.issue({ targetPluginId, onBehalfOf: { limitedToken: token, expiresAt } });
      }
      if (type === 'none' && forwardsNobody) return { token: '' };
      throw new AuthenticationError(
        'ERR_CREDENTIALS_MISSING',
        `Refused to issue service token for credential type '${type}'`,
      );
    },
    getLimitedUserToken: async (credentials) => limitedTokenOf(userTokenOf(credentials)),
    listPublicServiceKeys: async () => ({ keys: await serviceKeys.publicKeys() }),
  };
}

function typeOf(credentials: BackstageCredentials): string {
  return String((credentials.principal as { type?: unknown } | undefined)?.type);
}

function userTokenOf(credentials: BackstageCredentials): string {
  const token = tokenOf(credentials);
  // Credentials that were copied, or made elsewhere, cannot be used to act as the user.
  if (token === undefined) throw credentialsMissing();
  return token;
}
