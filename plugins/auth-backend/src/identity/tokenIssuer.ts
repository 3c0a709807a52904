/**
 * Backstage user tokens: issuing and verifying. The default of `tokenIssuerServiceRef`.
 *
 * The user identity proof (`uip`) is a second signature, over the header and claims of the limited token, so that
 * whoever holds the full token can make the limited one without asking us. Its JSON is exact to the byte.
 */
import {
  clockServiceRef,
  coreServices,
  createServiceFactory,
  type ClockService,
} from '@vestibule/backend-plugin-api';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import {
  RefusalError,
  type ActiveSigningKey,
  type SigningKeysService,
  type TokenIssuerService,
  signingKeysServiceRef,
  tokenIssuerServiceRef,
} from '@vestibule/plugin-auth-node';
import { longestTokenMilliseconds } from '../keys/signingKeys.ts';
import { authSettingsServiceRef } from '../settings.ts';

/** `auth.backstageTokenExpiration`, within Backstage's bounds. */
const defaultMilliseconds = 3_600_000;
const shortestMilliseconds = 600_000;

const userTokenType = 'vnd.backstage.user';
const limitedUserTokenType = 'vnd.backstage.limited-user';

/** Compact length in characters; Backstage's bound. */
const maximumTokenLength = 32_768;

export function createTokenIssuer(options: {
  keys: Pick<SigningKeysService, 'active' | 'find'>;
  issuer: string;
  lifetimeSeconds: number;
  /** Leave `ent` out of the token; it is served by userinfo. */
  omitOwnership: boolean;
  clock: ClockService;
}): TokenIssuerService {
  const { keys, issuer, lifetimeSeconds, omitOwnership, clock } = options;
  const nowInSeconds = () => Math.floor(clock.now() / 1000);

  return {
    async issue({ sub, ent, additional, client }, { lifetimeSeconds: lifetime = lifetimeSeconds } = {}) {
      const key = keys.active();
      const { kid, algorithm } = key;
      const iat = nowInSeconds();
      const exp = iat + lifetime;
      const limited = `${encode({ typ: limitedUserTokenType, alg: algorithm, kid })}.${encode({ sub, iat, exp })}`;
      const input = `${encode({ typ: userTokenType, alg: algorithm, kid })}.${encode({
        ...additional,
        iss: issuer,
        sub,
        ...(!omitOwnership && { ent }),
        aud: client ? ['backstage', client.id] : 'backstage',
        ...(client && { azp: client.id, ...(client.nonce !== undefined && { nonce: client.nonce }) }),
        iat,
        exp,
        uip: await signatureOf(key, limited),
      })}`;
      const token = `${input}.${await signatureOf(key, input)}`;
      if (token.length > maximumTokenLength) {
        throw new RefusalError('ERR_TOKEN_TOO_LARGE', {
          hint: `The token of ${sub} has ${token.length} characters with ${ent.length} ownership references; the limit is ${maximumTokenLength}.`,
        });
      }
      return { token, expiresAtEpochSeconds: exp };
    },

    async verify(token) {
      try {
        const { kid, typ } = decodeProtectedHeader(token);
        if (!kid || (typ !== userTokenType && typ !== limitedUserTokenType)) return undefined;
        const key = await keys.find(kid);
        if (!key) return undefined;
        const full = typ === userTokenType;
        const { payload } = await jwtVerify(token, key.publicKey, {
          algorithms: [key.algorithm],
          typ,
          requiredClaims: ['sub', 'iat', 'exp'],
          currentDate: new Date(clock.now()),
          ...(full && { issuer, audience: 'backstage' }),
        });
        const { sub, aud, azp } = payload;
        if (!sub) return undefined;
        // A resolver may have put an azp of its own into the token of a sign-in, whose audience is one.
        const isOfClient = Array.isArray(aud) && typeof azp === 'string';
        return { sub, isLimited: !full, ...(isOfClient && { clientId: azp }) };
      } catch {
        return undefined;
      }
    },
  };
}

/** In base64url. @throws `ERR_AUTH_UNAVAILABLE` where the key cannot sign now. */
async function signatureOf({ sign }: ActiveSigningKey, input: string): Promise<string> {
  try {
    return Buffer.from(await sign(Buffer.from(input))).toString('base64url');
  } catch (error) {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', {
      cause: error,
      hint: 'The signing key cannot sign now.',
    });
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** @see tokenIssuerServiceRef */
export const tokenIssuerServiceFactory = createServiceFactory({
  service: tokenIssuerServiceRef,
  deps: {
    settings: authSettingsServiceRef,
    discovery: coreServices.discovery,
    keys: signingKeysServiceRef,
    clock: clockServiceRef,
  },
  async factory({ settings, discovery, keys, clock }) {
    const milliseconds = settings.backstageTokenExpiration ?? defaultMilliseconds;
    return createTokenIssuer({
      keys,
      issuer: await discovery.getExternalBaseUrl('auth'),
      lifetimeSeconds:
        Math.min(longestTokenMilliseconds, Math.max(shortestMilliseconds, milliseconds)) / 1000,
      omitOwnership: settings.omitIdentityTokenOwnershipClaim ?? true,
      clock,
    });
  },
});
