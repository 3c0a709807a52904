/** What is kept of a sign-in. The browser holds an opaque ticket; everything else is in the database, sealed. */
import type { GateQuestions, ProfileInfo } from '@vestibule/plugin-auth-node';
import type { UserTokenClaims } from '../identity/userTokens.ts';
import type { ProvenLogin } from '../policy/resolveIdentity.ts';

/** The provider's tokens. Times are milliseconds since the epoch. */
export interface VendorTokens {
  accessToken: string;
  tokenType: string;
  idToken?: string;
  refreshToken?: string;
  /** What the provider says the access token covers, or what was asked for where it does not say. */
  scopes: readonly string[];
  /** Absent for a token without end. */
  expiresAt?: number;
  /** When the provider last vouched for it. */
  checkedAt: number;
  /** The refresh and scope cookies of a hosted Backstage module, which a browser never sees. */
  hostedCookies?: Readonly<Record<string, string>>;
}

/** Who it is: what the provider proved, and what the resolvers made of it last. */
export interface SessionIdentity extends ProvenLogin {
  /** At the provider. */
  subject: string;
  issuer: string;
  /** Of the sign-in: a refreshed ID token that carries one must carry this (OpenID Connect Core 12.2). */
  nonce?: string;
  /** The questions of gates that `evidence` answers. Absent where nothing was asked. */
  asked?: GateQuestions;
  /** What the person saw of themself last: the profile after the transforms. Absent where that is the provider's. */
  shown?: ProfileInfo;
  /** Absent for a provider that only delegates access. */
  claims?: UserTokenClaims;
}

/** A session, opened with its ticket. */
export interface Session {
  readonly sessionToken: string;
  readonly sessionTokenHash: string;
  readonly providerId: string;
  readonly environment: string;
  /** The scopes asked for at sign-in. */
  readonly scopes: readonly string[];
  readonly tokens: VendorTokens;
  readonly tokensVersion: number;
  readonly identity: SessionIdentity;
  readonly identityVersion: number;
  readonly endsAt: number;
  /** When the provider or the catalog began to be away, and when that was last seen. */
  readonly outage?: { since: number; seenAt: number };
}
