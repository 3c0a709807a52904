/**
 * Verifies the tokens with which plugins call each other: signed by the calling plugin, whose keys are read at
 * `<plugin>/.backstage/auth/v1/jwks.json`, and made for the plugin that verifies. `sub` is used to find the keys before
 * anything is verified, so its form is checked first and the number of plugins asked for is bounded.
 */
import {
  CodedError,
  createExpiringMap,
  statusOfError,
  type ClockService,
} from '@vestibule/backend-plugin-api';
import { decodeJwt, jwtVerify } from 'jose';
import { tokenInvalid } from './errors.ts';
import type { RemoteKeySet } from './remoteKeySet.ts';
import { claimedType, signatureAlgorithms, tokenHash, tokenTypes } from './tokens.ts';

const pluginIdPattern = /^[a-z0-9_-]{1,64}$/i;
const rememberMilliseconds = 5 * 60 * 1000;
const maxRemembered = 2000;

export interface VerifiedPlugin {
  /** The id of the plugin that calls. */
  pluginId: string;
  /** The user on whose behalf it calls; itself still to be verified. */
  userToken?: string;
}

export interface PluginTokens {
  /** What was verified a moment ago, by the hash of the token. */
  known(hash: string): VerifiedPlugin | undefined;
  /**
   * @returns `undefined` when the token does not say that it is a plugin's.
   * @throws AuthenticationError `ERR_TOKEN_INVALID`: a check failed, nothing in the token may be believed.
   */
  verify(token: string): Promise<VerifiedPlugin | undefined>;
}

export function createPluginTokens(options: {
  ownPluginId: string;
  /** Gives `undefined` when too many plugins were asked for lately. */
  keySetOf(pluginId: string): RemoteKeySet | undefined;
  clock: ClockService;
}): PluginTokens {
  const { ownPluginId, keySetOf, clock } = options;
  const verified = createExpiringMap<VerifiedPlugin>({ clock, maxEntries: maxRemembered });
  return {
    known: (hash) => verified.get(hash),
    async verify(token) {
      if (claimedType(token) !== tokenTypes.plugin) return undefined;
      const key = tokenHash(token);
      const known = verified.get(key);
      if (known) return known;

      try {
        const pluginId = claimedPlugin(token);
        const keySet = keySetOf(pluginId);
        if (!keySet) throw new Error('too many unknown plugins were named lately');
        const { payload } = await jwtVerify(token, async (header) => keySet.getKey(header), {
          algorithms: signatureAlgorithms,
          typ: tokenTypes.plugin,
          audience: ownPluginId,
          requiredClaims: ['iat', 'exp', 'sub', 'aud'],
          currentDate: new Date(clock.now()),
        });
        const { exp = 0, obo } = payload;
        if (obo !== undefined && typeof obo !== 'string') throw new Error('obo is no token');
        const plugin: VerifiedPlugin = { pluginId, ...(obo !== undefined && { userToken: obo }) };
        verified.set(key, plugin, Math.min(exp * 1000, clock.now() + rememberMilliseconds));
        return plugin;
      } catch (error) {
        if (error instanceof CodedError && statusOfError(error) === 503) throw error;
        throw tokenInvalid('Failed plugin token verification', error);
      }
    },
  };
}

function claimedPlugin(token: string): string {
  const { sub } = decodeJwt(token);
  if (typeof sub !== 'string' || !pluginIdPattern.test(sub)) throw new Error('sub is not the id of a plugin');
  return sub;
}
