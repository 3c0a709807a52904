/** What the kinds of tokens have in common, and how the limited token of a user is cut out of the full one. */
import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { tokenInvalid } from './errors.ts';

/** The `typ` of each kind; a token of one kind is never taken for another (RFC 8725 section 3.11). */
export const tokenTypes = {
  user: 'vnd.backstage.user',
  limitedUser: 'vnd.backstage.limited-user',
  plugin: 'vnd.backstage.plugin',
} as const;

/** What signatures may be made with: key pairs only. The key set decides among them. */
export const signatureAlgorithms = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
];

// Far beyond what fits into a request's headers.
const maxTokenLength = 64 * 1024;

/** The kind that a token says it is, unverified; `undefined` when it is no token at all. */
export function claimedType(token: string): string | undefined {
  if (token.length > maxTokenLength) return undefined;
  try {
    return decodeProtectedHeader(token).typ;
  } catch {
    return undefined;
  }
}

/** Under what a token is remembered: never the token itself. */
export function tokenHash(token: string): string {
  return hash('sha256', token, 'base64');
}

/**
 * The limited token: header and payload in exactly this order of keys, without spaces, and the identity proof `uip` that
 * the auth plugin put into the full token, which is the signature over them. A limited token is given back as it is.
 *
 * @param token - Verified before.
 * @throws AuthenticationError `ERR_TOKEN_INVALID`.
 */
export function limitedTokenOf(token: string): { token: string; expiresAt: Date } {
  const { typ, alg, kid } = decodeProtectedHeader(token);
  const { sub, iat, exp, uip } = decodeJwt(token);
  const expiresAt = new Date((exp ?? 0) * 1000);
  if (typ === tokenTypes.limitedUser) return { token, expiresAt };
  if (typ !== tokenTypes.user) throw tokenInvalid('Failed to create limited user token, invalid token type');
  if (typeof uip !== 'string') {
    throw tokenInvalid('Failed to create limited user token, missing user identity proof');
  }
  const header = encode({ typ: tokenTypes.limitedUser, alg, kid });
  return { token: `${header}.${encode({ sub, iat, exp })}.${uip}`, expiresAt };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
