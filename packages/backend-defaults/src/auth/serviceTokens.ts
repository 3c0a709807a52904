/**
 * Issues the tokens with which one plugin calls others: `typ` `vnd.backstage.plugin`, claims `sub` (the caller),
 * `aud` (the called), `iat`, `exp` and, for a user, `obo` (the limited token). One hour, or the user's rest if shorter. A
 * token is used again until its last minute.
 */
import { createExpiringMap, type ClockService } from '@vestibule/backend-plugin-api';
import { CompactSign } from 'jose';
import type { ServiceKeys } from './serviceKeys.ts';
import { tokenHash, tokenTypes } from './tokens.ts';

const lifetimeSeconds = 60 * 60;
const lastMilliseconds = 60 * 1000;
const maxRemembered = 1000;

export interface ServiceTokens {
  issue(options: {
    targetPluginId: string;
    onBehalfOf?: { limitedToken: string; expiresAt: Date };
  }): Promise<{ token: string }>;
}

export function createServiceTokens(pluginId: string, keys: ServiceKeys, clock: ClockService): ServiceTokens {
  const issued = createExpiringMap<string>({ clock, maxEntries: maxRemembered });
  return {
    async issue({ targetPluginId, onBehalfOf }) {
      // No plugin id contains a space.
      const cacheKey = `${targetPluginId} ${onBehalfOf ? tokenHash(onBehalfOf.limitedToken) : ''}`;
      const known = issued.get(cacheKey);
      if (known !== undefined) return { token: known };

      const { kid, privateKey, algorithm } = await keys.signingKey();
      const iat = Math.floor(clock.now() / 1000);
      const userExp = onBehalfOf ? Math.floor(onBehalfOf.expiresAt.getTime() / 1000) : Infinity;
      const exp = Math.min(iat + lifetimeSeconds, userExp);
      const claims = {
        sub: pluginId,
        aud: targetPluginId,
        iat,
        exp,
        ...(onBehalfOf && { obo: onBehalfOf.limitedToken }),
      };
      const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ typ: tokenTypes.plugin, alg: algorithm, kid })
        .sign(privateKey);
      issued.set(cacheKey, token, exp * 1000 - lastMilliseconds);
      return { token };
    },
  };
}
