/**
 * Backstage user tokens: issuing and verifying. The default of `tokenIssuerServiceRef`.
 *
 * The user identity proof (`uip`) is a second signature, over the header and claims of the limited token, so that
 * whoever holds the full token can make the limited one without asking us. Its JSON is exact to the byte.
 */
import { hash, type KeyObject } from 'node:crypto';
import {
  clockServiceRef,
  coreServices,
  createExpiringMap,
  createServiceFactory,
  withDeadline,
  type ClockService,
} from '@vestibule/backend-plugin-api';
import { decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import {
  RefusalError,
  bytesOfBase64Url,
  isSignedBy,
  type ActiveSigningKey,
  type SigningKeysService,
  type TokenIssuerService,
  type VerificationKey,
  signingKeysServiceRef,
  tokenIssuerServiceRef,
} from '@vestibule/plugin-auth-node';
import { longestTokenMilliseconds } from '../keys/keySchedule.ts';
import { authSettingsServiceRef } from '../settings.ts';

/** `auth.backstageTokenExpiration`, within Backstage's bounds. */
const defaultMilliseconds = 3_600_000;
const shortestMilliseconds = 600_000;

const userTokenType = 'vnd.backstage.user';
const limitedUserTokenType = 'vnd.backstage.limited-user';

/** Compact length in characters; Backstage's bound. */
const maximumTokenLength = 32_768;

/** A key management service is asked over a network. */
const signMilliseconds = 5000;
const rememberedMilliseconds = 5 * 60_000;
const mostRemembered = 2000;
const mostHeaders = 100;

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
  const signed = createExpiringMap<KeyObject>({ clock, maxEntries: mostRemembered });
  /** Those under which a signature held: one for each key and kind of token. */
  const knownHeaders = new Map<string, ProtectedHeaderParameters>();

  /** Remembered of the same bytes under the same key. Whether that key counts still, and the claims, are looked at each time. */
  function isSigned(token: string, key: VerificationKey): boolean {
    const digest = hash('sha256', token, 'base64');
    if (signed.get(digest) === key.publicKey) return true;
    const end = token.lastIndexOf('.');
    const signature = bytesOfBase64Url(token.slice(end + 1));
    const holds = signature !== undefined && isSignedBy(key, token.slice(0, end), signature);
    if (holds) signed.set(digest, key.publicKey, clock.now() + rememberedMilliseconds);
    return holds;
  }

  return {
    async issue({ sub, ent, additional, client }, { lifetimeSeconds: lifetime = lifetimeSeconds } = {}) {
      const key = keys.active();
      const { kid, algorithm } = key;
      const iat = nowInSeconds();
      const exp = iat + lifetime;
      const limited = `${encode({ typ: limitedUserTokenType, alg: algorithm, kid })}.${encode({ sub, iat, exp })}`;
      const claims = {
        iss: issuer,
        sub,
        aud: client ? ['backstage', client.id] : 'backstage',
        iat,
        exp,
        uip: await signatureOf(key, limited),
        ...(!omitOwnership && { ent }),
        ...(client && { azp: client.id, ...(client.nonce !== undefined && { nonce: client.nonce }) }),
      };
      const payload = encode(Object.assign({}, additional, claims));
      const input = `${encode({ typ: userTokenType, alg: algorithm, kid })}.${payload}`;
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
        const headerText = token.slice(0, token.indexOf('.'));
        const header = knownHeaders.get(headerText) ?? decodeProtectedHeader(token);
        const { kid, typ, alg, crit } = header;
        if (!kid || crit !== undefined || (typ !== userTokenType && typ !== limitedUserTokenType))
          return undefined;
        const key = await keys.find(kid);
        if (!key || key.algorithm !== alg || !isSigned(token, key)) return undefined;
        if (knownHeaders.size < mostHeaders) knownHeaders.set(headerText, header);
        const { sub, iss, aud, azp, iat, exp, nbf } = claimsOf(token);
        const [isLimited, now] = [typ === limitedUserTokenType, nowInSeconds()];
        const isForUs = isLimited || (iss === issuer && [aud].flat().includes('backstage'));
        const isOfNow = typeof iat === 'number' && typeof exp === 'number' && exp > now;
        const isYet = nbf === undefined || (typeof nbf === 'number' && nbf <= now);
        if (typeof sub !== 'string' || sub === '' || !isForUs || !isOfNow || !isYet) return undefined;
        // A resolver may have put an azp of its own into the token of a sign-in, whose audience is one.
        const isOfClient = Array.isArray(aud) && typeof azp === 'string';
        return { sub, isLimited, ...(isOfClient && { clientId: azp }) };
      } catch {
        return undefined;
      }
    },
  };
}

/** Of a token whose signature holds, so that it is one of ours to the letter. */
function claimsOf(token: string): JWTPayload {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
}

/** In base64url. @throws `ERR_AUTH_UNAVAILABLE` where the key cannot sign now. */
async function signatureOf(key: ActiveSigningKey, input: string): Promise<string> {
  try {
    const late = () => new Error(`the signing key did not answer within ${signMilliseconds / 1000} s`);
    const limits = { milliseconds: signMilliseconds, late };
    return Buffer.from(await withDeadline(limits, async () => key.sign(Buffer.from(input)))).toString(
      'base64url',
    );
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
