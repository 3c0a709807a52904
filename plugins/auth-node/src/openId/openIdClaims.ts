/**
 * What is known of a person out of two documents: where userinfo lacks a claim and the verified ID token has it, it counts
 * (OpenID Connect Core 1.0 sections 5.1 and 5.4 leave it to the provider where a claim stands). Claims that speak of one
 * another are always of one document.
 */
import type { IdTokenClaims } from '../provider/verifyIdToken.ts';

/** The document that a claim came from. @public */
export type ClaimSource = 'userinfo' | 'ID token';

/** By claim, the document that gave it. @public */
export type ClaimSources = Readonly<Record<string, ClaimSource>>;

/** Claims, and where each came from. */
export interface SourcedClaims {
  claims: Record<string, unknown>;
  sources: Record<string, ClaimSource>;
}

/** Of the token itself and of the login, not of the person. */
const tokenClaims: ReadonlySet<string> = new Set([
  'iss',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'nonce',
  'azp',
  'at_hash',
  'c_hash',
  's_hash',
  'sid',
  'auth_time',
  'typ',
]);

/** The second says something of the first. */
const pairs = [
  ['email', 'email_verified'],
  ['phone_number', 'phone_number_verified'],
] as const;

/**
 * @param userinfo - The userinfo document; without one the ID token is all there is, and counts whole.
 * @param idToken - The claims of the verified ID token; at a refresh those of an earlier one, where none is new.
 */
export function mergeClaims(
  userinfo: Readonly<Record<string, unknown>> | undefined,
  idToken: Partial<IdTokenClaims> | undefined,
): SourcedClaims {
  const [first, second] = [{ ...userinfo }, { ...idToken } as Record<string, unknown>];
  if (userinfo) {
    for (const name of Object.keys(second)) if (tokenClaims.has(name)) delete second[name];
    for (const [told, verification] of pairs) {
      if (Object.hasOwn(first, told)) delete second[verification];
      else if (Object.hasOwn(second, told)) delete first[verification];
      // Without what it speaks of, a verification is only in the way.
      if (!Object.hasOwn(second, told)) delete second[verification];
    }
  }
  const namesOf = (claims: object, source: ClaimSource) =>
    Object.keys(claims).map((name) => [name, source] as const);
  return {
    claims: { ...second, ...first },
    sources: Object.fromEntries([...namesOf(second, 'ID token'), ...namesOf(first, 'userinfo')]),
  };
}

/** What an earlier ID token had said, out of what is kept of a login. */
export function earlierIdToken(
  claims: Readonly<Record<string, unknown>>,
  sources: ClaimSources = {},
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => sources[name] === 'ID token'));
}
