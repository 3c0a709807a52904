/**
 * What stands in the sealed columns of a session, read and written so that releases before the union of vendor sessions
 * read it too: replicas of both run side by side during a rollout. There the cookies of a Backstage module stand among the
 * tokens, the nonce of an ID token beside the identity, and an empty text for what is absent.
 */
import type { Session, SessionIdentity, VendorSession, VendorTokens } from './session.ts';

type StoredTokens = VendorTokens & { hostedCookies?: Readonly<Record<string, string>> };
type StoredIdentity = SessionIdentity & { nonce?: string };

/** The text of the column `sealed_tokens`. */
export function tokensText(tokens: VendorTokens, vendor: VendorSession): string {
  const stored: StoredTokens = {
    ...tokens,
    ...(vendor.kind === 'backstage' && { hostedCookies: vendor.cookies }),
  };
  return JSON.stringify(stored);
}

/** The text of the column `sealed_identity`. */
export function identityText(identity: SessionIdentity, vendor: VendorSession): string {
  const stored: StoredIdentity = {
    ...identity,
    ...(vendor.kind === 'oauth' && vendor.nonce !== undefined && { nonce: vendor.nonce }),
  };
  return JSON.stringify(stored);
}

/** Reads both columns. */
export function readSession(
  tokensColumn: string,
  identityColumn: string,
): Pick<Session, 'tokens' | 'vendor' | 'identity'> {
  const { hostedCookies, accessToken, ...tokens } = JSON.parse(tokensColumn) as StoredTokens;
  const { nonce, subject, issuer, ...identity } = JSON.parse(identityColumn) as StoredIdentity;
  return {
    tokens: { ...tokens, ...(accessToken && { accessToken }) },
    vendor: hostedCookies
      ? { version: 1, kind: 'backstage', cookies: hostedCookies }
      : { version: 1, kind: 'oauth', ...(nonce && { nonce }) },
    identity: { ...identity, ...(subject && { subject }), ...(issuer && { issuer }) },
  };
}
