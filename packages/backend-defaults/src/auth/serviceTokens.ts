/**
 * Issues the tokens with which one plugin calls others: `typ` `vnd.backstage.plugin`, ES256, claims `sub` (the caller),
 * `aud` (the called), `iat`, `exp` and, for a user, `obo` (the limited token). One hour, or the user's rest if shorter. A
 * token is used again until its last minute.
 */
import { sign } from 'node:crypto';
import { createBoundedCache } from './boundedCache.ts';
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

export function createServiceTokens(pluginId: string, keys: ServiceKeys, now: () => number): ServiceTokens {
  const issued = createBoundedCache<string>(maxRemembered, now);
  return {
    async issue({ targetPluginId, onBehalfOf }) {
      // No plugin id contains a space.
      const cacheKey = `${targetPluginId} ${onBehalfOf ? tokenHash(onBehalfOf.limitedToken) : ''}`;
      const known = issued.get(cacheKey);
      if (known !== undefined) return { token: known };

      const { kid, privateKey } = await keys.signingKey();
      const iat = Math.floor(now() / 1000);
      const userExp = onBehalfOf ? Math.floor(onBehalfOf.expiresAt.getTime() / 1000) : Infinity;
      const exp = Math.min(iat + lifetimeSeconds, userExp);
      const header = encode({ typ: tokenTypes.plugin, alg: 'ES256', kid });
      const payload = encode({
        sub: pluginId,
        aud: targetPluginId,
        iat,
        exp,
        ...(onBehalfOf && { obo: onBehalfOf.limitedToken }),
      });
      const content = `${header}.${payload}`;
      // JWS wants the two numbers side by side, not DER (RFC 7518 section 3.4).
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const token = `${content}.${signature.toString('base64url')}`;
      issued.set(cacheKey, token, exp * 1000 - lastMilliseconds);
      return { token };
    },
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
