/**
 * What resolvers and profile transforms see as `info.result` after a login at a vendor that Backstage reaches by Passport
 * (Google, GitHub): the vendor's profile in Passport's form, and the session. Plain JSON throughout.
 *
 * Values are the vendor's. What counts as vouched for stands in `info.profile`.
 */

/** A profile as Passport normalises it (https://www.passportjs.org/reference/normalized-profile/). @public */
export interface PassportProfile {
  /** The vendor's own id of the account: stable, never given to another. */
  id: string;
  /** The vendor, for example `google`. */
  provider: string;
  /** The full name; empty where the vendor tells none. */
  displayName: string;
  /** The name by which the account signs in, where there is one; it can change hands. */
  username?: string;
  name?: { familyName?: string; givenName?: string; middleName?: string };
  /** The first is the one that matters most. */
  emails?: { value: string; verified?: boolean }[];
  photos?: { value: string }[];
  /** The page of the account at the vendor. */
  profileUrl?: string;
  /** The vendor's document as it came. */
  _json: Readonly<Record<string, unknown>>;
}

/** The tokens that a resolver may use for calls of its own. The refresh token is never among them. @public */
export interface OAuthSession {
  accessToken: string;
  tokenType: string;
  /** A verified one; there where the vendor is an OpenID Provider. */
  idToken?: string;
  /** Separated by spaces. */
  scope: string;
  /** Seconds from the answer; absent for a token without end. */
  expiresInSeconds?: number;
}

/** `info.result` of Google and GitHub. @public */
export interface OAuthResult {
  fullProfile: PassportProfile;
  session: OAuthSession;
}
